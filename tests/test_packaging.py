"""The wheel, in an environment of nothing but what it declares to need, is a working `dcai`."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.support import environment

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    # a copy of what git tracks for the package: setuptools would pick up leftovers of older builds from the tree itself
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "dcai", source / "dcai", ignore=shutil.ignore_patterns("__pycache__"))
    output = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", output, source])
    (built,) = output.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def dcai(wheel, tmp_path_factory):
    """Return a function that runs the installed command in a folder unrelated to the checkout."""
    folder = tmp_path_factory.mktemp("environment")
    environment.create(folder, requirements(wheel))
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python"]
    run([*pip, "install", "--quiet", "--no-compile", "--no-deps", "--no-index", wheel])
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    variables = {name: os.environ[name] for name in ("HOME", "TMPDIR", "LANG") if name in os.environ}
    return lambda *arguments: run([folder / "bin" / "dcai", *arguments], cwd=elsewhere, env=variables)


def requirements(wheel):
    """Return what the wheel says that it needs."""
    with zipfile.ZipFile(wheel) as archive:
        (told,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(archive.read(told)).get_all("Requires-Dist")


def run(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_wheel_ships_every_artifact_every_stub_and_the_type_marker(wheel):
    folder = ROOT / "dcai"
    shipped = (folder / "py.typed", *(folder / "artifacts").glob("*.json"), *folder.rglob("__init__.pyi"))

    assert {path.relative_to(ROOT).as_posix() for path in shipped} <= set(zipfile.ZipFile(wheel).namelist())


def test_the_installed_command_explains_itself(dcai):
    assert "demo" in dcai("--help")


def test_the_installed_demo_runs_without_node_compiler_or_anvil(dcai):
    result = json.loads(dcai("demo", "--samples", "40", "--json"))

    assert result["accuracy"].keys() >= {"initial", "final", "baseline"}
    assert result["contract_balance_wei"] >= result["owed_wei"]
