"""`dcai data`: its output and its failures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dcai import datasets
from dcai.cli.commands.data import app
from dcai.datasets import DownloadFailed, download, store


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Start with an empty cache and without a user's folder."""
    monkeypatch.setattr(store, "user_cache_path", lambda _: tmp_path / "cache")
    monkeypatch.delenv("DCAI_DATA_DIR", raising=False)
    return tmp_path / "cache"


def test_list_shows_every_set() -> None:
    result = CliRunner().invoke(app, ["list"])
    assert result.exit_code == 0
    for name in datasets.names():
        assert name in result.stdout
    assert "203.4 kB" in result.stdout


def test_list_as_json_has_checksums_and_what_is_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "weight_lifting_har.csv.gz").touch()
    monkeypatch.setenv("DCAI_DATA_DIR", str(tmp_path))
    rows = {row["name"]: row for row in json.loads(CliRunner().invoke(app, ["list", "--json"]).stdout)}
    assert list(rows) == list(datasets.names())
    assert rows["sms"]["sha256"] == "1587ea43e58e82b14ff1f5425c88e17f8496bfcdb67a583dbff9eefaf9963ce3"
    assert rows["sms"]["size_bytes"] == 203_415
    assert rows["imdb"]["files"][1]["checksum"] == "md5:bfafd718b763782e994055a2d397834f"
    assert {name for name, row in rows.items() if row["here"]} == {
        "breast-cancer",
        "digits",
        "iris",
        "wine",
        "weight-lifting",
    }


@pytest.mark.parametrize("command", ["get", "path"])
def test_an_unknown_name_is_one_sentence_with_the_known_names(command: str) -> None:
    result = CliRunner().invoke(app, [command, "mnist"])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == f"There is no data set 'mnist': choose one of {', '.join(datasets.names())}.\n"


def test_path_of_a_missing_set_says_how_to_get_it() -> None:
    result = CliRunner().invoke(app, ["path", "imdb"])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == "The data set 'imdb' is not on this machine: `dcai data get imdb` downloads it.\n"


def test_get_prints_the_folder_and_nothing_else() -> None:
    result = CliRunner().invoke(app, ["get", "iris"])
    assert result.exit_code == 0
    assert Path(result.stdout.removesuffix("\n")).is_dir()


def test_a_failed_download_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Path:
        raise DownloadFailed("The connection failed.")

    monkeypatch.setattr(download, "fetch", fail)
    result = CliRunner().invoke(app, ["get", "sms"])
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "The connection failed.\n")
