"""A plugin that is broken is one sentence, and breaks nothing of ours."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from dcai.cli import app
from scripts.compile import ROOT


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (None, "The plugin 'mine' can't be imported: ModuleNotFoundError: No module named 'mine'. "),
        ("1 / 0", "The plugin 'mine' can't be imported: ZeroDivisionError: division by zero. "),
    ],
)
def test_a_plugin_that_cannot_be_imported_is_one_sentence(tmp_path, monkeypatch, source, words):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    if source is not None:
        (tmp_path / "mine.py").write_text(source)

    result = CliRunner().invoke(app, ["--plugin", "mine", "data", "list"])

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(words)
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("source", ["1 / 0", "raise SystemExit(3)", "import no_such_module"])
def test_a_broken_package_breaks_nothing_of_ours(tmp_path, source):
    (tmp_path / "broken.py").write_text(source)
    told = tmp_path / "broken-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text("[dcai.plugins]\nbroken = broken\n")
    path = os.pathsep.join([str(ROOT), str(tmp_path)])
    for arguments in (["--help"], ["deploy", "--help"], ["fit", "--help"]):
        done = subprocess.run(
            [sys.executable, "-m", "dcai", *arguments],
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert "Usage" in done.stdout
        assert done.stderr.startswith("The plugin 'broken' of the installed package 'broken' can't be imported: ")
        assert done.stderr.count("\n") == 1
