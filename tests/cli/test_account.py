"""`dcai account`: keys in files, none of which is ever shown."""

from __future__ import annotations

import json

import pytest
from eth_account import Account
from typer.testing import CliRunner

from dcai.cli import app

KEY = "0x" + "22" * 32
ADDRESS = Account.from_key(KEY).address


@pytest.fixture(autouse=True)
def _own_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("DCAI_KEYSTORE", str(tmp_path / "keystore"))
    monkeypatch.setenv("DCAI_PASSWORD", "correct horse")
    # what opening takes is the library's to choose
    monkeypatch.setattr(Account, "_default_kdf", "pbkdf2")


def account(*arguments, given=None):
    return CliRunner().invoke(app, ["account", *arguments], input=given)


def test_the_first_account_signs_by_default_and_the_second_one_when_it_is_chosen():
    assert account("new", "alice").exit_code == 0
    assert account("import", "bob", given=KEY).stdout.strip() == ADDRESS

    chosen = {row["name"]: row["default"] for row in json.loads(account("list", "--json").stdout)}
    assert chosen == {"alice": True, "bob": False}
    assert account("default", "bob").exit_code == 0
    chosen = {row["name"]: row["default"] for row in json.loads(account("list", "--json").stdout)}
    assert chosen == {"alice": False, "bob": True}


def test_neither_the_key_nor_the_password_is_printed(tmp_path):
    results = [account("import", "bob", given=KEY), account("list"), account("import", "bob", given=KEY)]
    results += [account("import", "carol", given=KEY[:-1]), account("import", KEY[2:], given=KEY)]

    printed = "".join(result.output for result in results)
    assert KEY[2:-1] not in printed
    assert "horse" not in printed
    assert [result.exit_code for result in results] == [0, 0, 2, 2, 2]


def test_a_password_comes_from_the_first_line_of_a_file(tmp_path, monkeypatch):
    monkeypatch.delenv("DCAI_PASSWORD")
    (tmp_path / "password").write_text("from a file\nand more\n")

    assert account("new", "alice", "--password-file", tmp_path / "password").exit_code == 0

    content = json.loads((tmp_path / "keystore" / "alice").read_text())
    assert Account.decrypt(content, "from a file")


def test_where_nobody_can_be_asked_the_sentence_names_the_other_ways(monkeypatch, tmp_path):
    monkeypatch.delenv("DCAI_PASSWORD")

    result = account("new", "alice")

    assert result.exit_code == 2
    assert "--password-file" in result.stderr
    assert "DCAI_PASSWORD" in result.stderr
    assert not (tmp_path / "keystore").exists()


@pytest.mark.parametrize("content", [None, "", "\n", "\xff"])
def test_a_password_file_without_a_password_is_one_sentence(tmp_path, content):
    if content is not None:
        (tmp_path / "password").write_bytes(content.encode("latin-1"))

    result = account("new", "alice", "--password-file", tmp_path / "password")

    assert result.exit_code == 2
    assert "--password-file" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_file_of_something_else_is_listed_as_such(tmp_path):
    account("new", "alice")
    (tmp_path / "keystore" / "README").write_text("keys")

    rows = json.loads(account("list", "--json").stdout)

    assert [(row["name"], row["fault"]) for row in rows] == [("README", "not a keystore file"), ("alice", None)]


def test_an_account_is_named_though_the_configuration_is_malformed(tmp_path):
    (tmp_path / "config" / "dcai").mkdir(parents=True)
    (tmp_path / "config" / "dcai" / "config.toml").write_text("network = ")

    result = account("import", "bob", given=KEY)

    assert (result.exit_code, result.stdout.strip()) == (2, ADDRESS)


def test_an_account_that_is_not_there_does_not_become_the_default():
    result = account("default", "nobody")

    assert result.exit_code == 2
    assert "dcai account new" in result.stderr
    assert account("list", "--json").stdout.strip() == "[]"
