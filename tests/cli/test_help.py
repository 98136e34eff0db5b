"""The command line before any command runs: what it shows, and how little it imports for that."""

from __future__ import annotations

import importlib.metadata
import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import dcai
from dcai.cli import app

FOLDERS = [Path(dcai.__path__[0]) / "cli/commands", *Path(dcai.__path__[0]).glob("incentives/*/commands")]
COMMANDS = sorted(one.name for one in pkgutil.iter_modules(map(str, FOLDERS)))

HEAVY = {"eth_abi", "eth_account", "matplotlib", "numpy", "pandas", "plotly", "pyarrow", "pydantic", "requests", "rich"}
HEAVY |= {"scipy", "sklearn", "urllib3", "web3"}


def imported(code):
    """Return which of the heavy packages a program has imported in the end."""
    told = f"{code}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    return HEAVY & set(json.loads(done.stdout.splitlines()[-1]))


def test_the_help_lists_every_command_with_what_it_does():
    shown = CliRunner().invoke(app, ["--help"], terminal_width=120).stdout

    listed = dict(line.split(maxsplit=1) for line in shown.partition("Commands:")[2].strip().splitlines())
    assert sorted(listed) == COMMANDS
    assert {"deploy", "market", "leaderboard", "predict"} <= set(COMMANDS)
    assert all(text.endswith(".") for text in listed.values())


@pytest.mark.parametrize(
    "code",
    [
        "import dcai",
        "import dcai; dcai.__version__",
        "from dcai.cli import app; app(['--help'], standalone_mode=False)",
        "from dcai.cli import app; app(['--version'], standalone_mode=False)",
    ],
)
def test_nothing_heavy_is_imported_before_it_is_used(code):
    assert imported(code) == set()


def test_what_is_used_is_imported():
    assert "numpy" in imported("import dcai; dcai.NaiveBayes")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    result = CliRunner().invoke(app, [command, "--help"])

    assert (result.exit_code, result.stderr) == (0, "")
    assert f"{command} [OPTIONS]" in result.stdout


def test_an_unknown_command_is_reported():
    result = CliRunner().invoke(app, ["improve"])

    assert result.exit_code == 2
    assert "No such command 'improve'" in result.stderr


def test_the_version_is_that_of_the_installed_package():
    expected = importlib.metadata.version("dcai")

    assert dcai.__version__ == expected
    assert CliRunner().invoke(app, ["--version"]).stdout == f"dcai {expected}\n"


def test_python_runs_it_as_a_module():
    done = subprocess.run([sys.executable, "-m", "dcai", "--version"], capture_output=True, text=True, check=True)

    assert done.stdout == f"dcai {dcai.__version__}\n"


def test_a_setting_that_incentives_have_in_common_is_reported_with_each_default(monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    shown = " ".join(CliRunner().invoke(app, ["deploy", "--help"]).stdout.split())

    assert "A contribution costs this * 3600 / √(seconds since the last one). [1000000000000]" in shown
    for text in (
        "deposit-refund-take: How many features of a sample one price covers. [100]",
        "gamified: The most features of a sample. [100]",
        "prediction-market: The most features of a sample; a dense sample counts as one. [250]",
    ):
        assert text in shown
