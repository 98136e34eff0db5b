"""Which node a command asks, and who signs: what is named, else what is set, else what is there."""

from __future__ import annotations

import pytest
from eth_account import Account
from typer.testing import CliRunner

import dcai
from dcai import configuration
from dcai.accounts.keystore import Keystore
from dcai.cli import app

PASSWORD = "correct horse"


@pytest.fixture(autouse=True)
def _own_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("DCAI_KEYSTORE", str(tmp_path / "keystore"))
    monkeypatch.setenv("DCAI_PASSWORD", PASSWORD)
    monkeypatch.delenv("DCAI_PRIVATE_KEY", raising=False)
    monkeypatch.setattr(Account, "_default_kdf", "pbkdf2")


@pytest.fixture
def alice(node_chain):
    """Return the address of an account in the keystore that has money."""
    address = Keystore().make("alice", PASSWORD).address
    node_chain.request("anvil_setBalance", [address, hex(10**19)])
    return address


@pytest.fixture
def network(node):
    """Name the node's chain."""
    with configuration.edited() as document:
        document["networks"] = {"here": {"url": node, "chain_id": 31337}}


def creator(node_chain, result):
    assert result.exit_code == 0, result.output
    return dcai.attach(node_chain, result.stdout.strip()).creator


def test_the_account_that_is_named_signs_before_the_key_in_the_environment(node_chain, run, spam, alice, monkeypatch):
    other = Account.from_key("0x" + "33" * 32)
    node_chain.request("anvil_setBalance", [other.address, hex(10**19)])
    monkeypatch.setenv("DCAI_PRIVATE_KEY", "0x" + "33" * 32)

    assert creator(node_chain, run("deploy", spam, "--yes", "--account", "alice")) == alice
    assert creator(node_chain, run("deploy", spam, "--yes")) == other.address


def test_the_default_account_signs_where_none_is_named_unless_the_node_shall(node_chain, run, spam, alice):
    with configuration.edited() as document:
        document["account"] = "alice"

    assert creator(node_chain, run("deploy", spam, "--yes")) == alice
    assert creator(node_chain, run("deploy", spam, "--yes", "--unlocked")) == node_chain.accounts[0]


@pytest.mark.usefixtures("network")
def test_a_network_and_a_nickname_stand_for_a_url_and_an_address(node_chain, run, spam):
    address = run("deploy", spam, "--yes").stdout.strip()
    assert CliRunner().invoke(app, ["network", "trainer", "films", address, "--network", "here"]).exit_code == 0

    for words in (["--network", "here", "predict", "films"], ["predict", "films", "--network", "here"]):
        result = CliRunner().invoke(app, [*words, "win a prize"])
        assert (result.exit_code, result.stdout) == (0, "spam\n"), result.output


@pytest.mark.usefixtures("network")
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--network", "there"], "There is no network 'there': the known ones are here"),
        (["--network", "here", "--url", "http://127.0.0.1:1"], "--url and --network both name a node"),
        (["--network", "here", "--chain-id", "1"], "The network here is chain 31337, not 1"),
        (["--network", "here", "--account", "bob"], "There is no account bob in "),
        (["--network", ""], "There is no network ''"),
        (["--network", "here", "--account", ""], "An account has a name of"),
        (["--network", "here", "--account", "bob", "--unlocked"], "--unlocked lets the node sign"),
        (["--network", "here", "--password-file", "x"], "--keystore and --password-file are for an account"),
    ],
)
def test_what_does_not_go_together_is_one_sentence(node_chain, spam, options, words):
    result = CliRunner().invoke(app, ["deploy", str(spam), "--yes", *options])

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(words)
    assert result.stderr.count("\n") == 1


def test_a_wrong_password_sends_nothing_and_says_so(node_chain, run, spam, alice, monkeypatch):
    monkeypatch.setenv("DCAI_PASSWORD", "wrong")

    result = run("deploy", spam, "--yes", "--account", "alice")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("The password doesn't open the account alice in ")
    assert node_chain.request("eth_getTransactionCount", [alice, "latest"]) == "0x0"
