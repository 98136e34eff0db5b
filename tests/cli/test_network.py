"""`dcai network`: chains by name, whose numbers are checked, and whose secrets aren't shown."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from dcai import configuration
from dcai.cli import app

ADDRESS = "0x52908400098527886E0F7030069857D2E4169EE7"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def network(*arguments):
    return CliRunner().invoke(app, ["network", *map(str, arguments)])


def test_the_first_network_is_used_and_its_number_is_what_the_node_says(node):
    result = network("add", "local", "--url", node.replace("://", "://somebody:secret@"))

    assert result.exit_code == 0, result.output
    (row,) = json.loads(network("list", "--json").stdout)
    assert (row["name"], row["chain_id"], row["used"]) == ("local", 31337, True)
    assert "secret" not in result.output + network("list").output + network("list", "--json").output


def test_a_node_of_another_chain_is_refused_and_nothing_is_kept(node):
    result = network("add", "mainnet", "--url", node, "--chain-id", 1)

    assert result.exit_code == 1
    assert "chain 31337, not 1" in result.stderr
    assert not configuration.file().exists()


def test_a_network_is_added_chosen_named_and_forgotten(node):
    network("add", "first", "--url", node)
    network("add", "second", "--url", node)

    assert network("use", "second").exit_code == 0
    assert network("trainer", "films", ADDRESS).exit_code == 0
    assert network("add", "second", "--url", node).exit_code == 0  # again: its trainers stay
    assert configuration.load().find("second").trainers == {"films": ADDRESS}
    assert network("remove", "second").exit_code == 0
    assert configuration.load().network is None
    assert set(configuration.load().networks) == {"first"}


def test_a_network_that_becomes_another_chain_loses_its_trainers(node):
    with configuration.edited() as document:
        document["networks"] = {"x": {"url": node, "chain_id": 1, "trainers": {"films": ADDRESS}}}

    network("add", "x", "--url", node)

    assert configuration.load().find("x").trainers == {}
    assert configuration.load().find("x").chain_id == 31337


@pytest.mark.parametrize(
    "arguments",
    [
        ["add", "x"],
        ["add", "x", "--url", "ftp://a"],
        ["add", "x", "--url", "http://a", "--url-variable", "A"],
        ["add", "", "--url", "http://a"],
        ["add", "x", "--url-variable", "DCAI_NOT_SET"],
        ["add", "x", "--url", "http://a", "--chain-id", "-1"],
        ["use", "x"],
        ["remove", "x"],
        ["trainer", "films", "0x5"],
        ["trainer", "films", ADDRESS],
        ["trainer", "films", ADDRESS, "--network", "x"],
    ],
)
def test_what_is_malformed_is_one_sentence_and_nothing_is_kept(arguments):
    result = network(*arguments)

    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1
    assert not configuration.file().exists()
