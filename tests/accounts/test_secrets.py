"""Secrets stay where they are: keys, and the parts of a node's URL that providers put keys into."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from pathlib import Path

import pytest
from typer.testing import CliRunner

import dcai
from dcai import errors
from dcai.chain.nodes.anvil import forked_chain
from dcai.chain.nodes.url import shown
from dcai.cli import app
from dcai.simulation.sweep import backends
from tests.support.lines import lying
from tests.support.node import KEYS, PEOPLE, free_port

SECRETS = ("alice", "pa55word", "0123abcdefKEY", "t0ken")
HEAD, TAIL = "http://alice:pa55word@", "/v3/0123abcdefKEY?auth=t0ken"
KEY = "DCAI_PRIVATE_KEY"
PASSWORD = "DCAI_PASSWORD"
ON_LINUX = Path("/proc/self/environ").exists()


def secret(url):
    """Return the URL of a node as a provider gives it, with a key in its path."""
    return f"{HEAD}{url.removeprefix('http://')}{TAIL}"


def assert_no_secret(*texts):
    for text in texts:
        assert not [one for one in SECRETS if one in text], text


@pytest.fixture
def gateway(node, node_chain):
    """Return the secret URL of a node behind a provider's gateway."""
    with lying(node, {}) as url:
        yield secret(url)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://alice:pa55word@host/v3/0123abcdefKEY", "https://host"),
        ("https://host:8545/?auth=t0ken", "https://host:8545"),
        ("https://host?auth=t0ken", "https://host"),
        ("https://host#t0ken", "https://host"),
        ("https://[::1]:8545/v3/0123abcdefKEY", "https://[::1]:8545"),
        ("https://alice:pa55word/t0ken@host/", "https://…"),
        ("https://alice:pa55word@t0ken@host/", "https://host"),
        ("https://alice:pa55word", "https://…"),
        ("alice:pa55word@host/v3", "host"),
        ("wss://alice@host/v3/0123abcdefKEY", "wss://host"),
        ("https://host\\v3\\0123abcdefKEY", "https://host"),
        (KEYS[0], "…"),
        (KEYS[0][2:], "…"),
        ("", ""),
        (None, "None"),
    ],
)
def test_of_a_url_only_scheme_and_host_are_shown(url, told):
    assert shown(url) == told


def test_a_chain_and_its_errors_show_no_secret_of_its_url(node, gateway, caplog):
    caplog.set_level(logging.DEBUG)
    echo = b'{"error": {"code": -32000, "message": "no project 0123abcdefKEY of alice"}}'
    with lying(node, {"eth_blockNumber": echo}) as url:
        chain = dcai.connect(secret(url), account=KEYS[0])
        texts = [repr(chain), repr(chain.account()), chain.backend]
        with pytest.raises(errors.NodeError) as refused:
            chain.block_number()
    with pytest.raises(errors.NodeError) as gone:
        chain.now()
    with pytest.raises(errors.NoTrainer) as nothing:
        dcai.attach(dcai.connect(gateway), PEOPLE[1])
    with pytest.raises(errors.InvalidInput) as malformed:
        dcai.connect(secret("http://127.0.0.1:99999"))

    for caught in (refused, gone, nothing, malformed):
        texts += traceback.format_exception(caught.value)
        texts.append(repr(caught.value.__cause__))
    assert_no_secret(*texts, caplog.text)
    assert url in texts[0]
    assert "urllib3" in caplog.text


@pytest.mark.skipif(not ON_LINUX, reason="arguments and environments of processes are read from /proc")
def test_a_child_process_gets_neither_the_url_as_an_argument_nor_the_key(gateway, monkeypatch):
    monkeypatch.setenv(KEY, KEYS[3])
    monkeypatch.setenv(PASSWORD, "correct horse")

    def arguments():
        found = []
        for folder in Path("/proc").iterdir():
            try:
                if folder.name.isdigit() and folder.name != str(os.getpid()):
                    told, known = ((folder / name).read_bytes().decode() for name in ("cmdline", "environ"))
                    if f"/{chain.socket.parent.name}/" in told:
                        found.append((told, known))
            except (OSError, UnicodeDecodeError):  # it has ended, or is somebody else's
                continue
        return found

    with forked_chain(gateway) as chain:
        assert chain.chain_id == 31337
        children = arguments()

    assert children
    for told, known in children:
        assert_no_secret(told, known)
        assert KEYS[3] not in known
        assert "horse" not in known


@pytest.mark.parametrize("name", [KEY, PASSWORD])
def test_what_starts_the_workers_of_a_sweep_has_no_secret_in_its_environment(monkeypatch, name):
    monkeypatch.setenv(name, KEYS[3])

    assert list(backends.here(lambda _: os.environ.get(name), [1], 1)) == [(1, None)]

    assert os.environ[name] == KEYS[3]


@pytest.mark.parametrize(
    "key",
    ["", " ", "\n", KEYS[0][:-1], KEYS[0][2:-1], KEYS[0] + "\n", " " + KEYS[0], KEYS[0][:-1] + "\n", KEYS[0] + "0",
     "0X" + KEYS[0][2:-2], "0x" + "0" * 64, "0x" + "f" * 64],
    ids=repr,
)  # fmt: skip
def test_what_is_no_key_in_the_environment_is_one_sentence_and_nobody_else_sends(
    gateway, node_chain, monkeypatch, key, tmp_path
):
    monkeypatch.setenv(KEY, key)
    model = tmp_path / "model.json"
    dcai.save(model, dcai.SparsePerceptron(classes=("no", "yes")).fit([[1, 0], [0, 1]], [0, 1]))
    block = node_chain.block_number()

    for command in (["deploy", str(model), "--yes"], ["market", "settle", PEOPLE[1]]):
        result = CliRunner().invoke(app, [*command, "--url", gateway])

        assert result.exit_code == 2
        assert result.stderr.startswith(KEY)
        assert result.stderr.count("\n") == 1
        assert not key.strip() or key.strip() not in result.output
        assert_no_secret(result.output)
    assert node_chain.block_number() == block


@pytest.mark.parametrize("key", ["0x" + "0" * 64, "f" * 64], ids=["zeros", "too large"])
def test_a_number_that_is_no_key_though_it_looks_like_one_is_reported_as_such(node, monkeypatch, key, tmp_path):
    monkeypatch.setenv(KEY, key)
    model = tmp_path / "model.json"
    dcai.save(model, dcai.SparsePerceptron(classes=("no", "yes")).fit([[1, 0], [0, 1]], [0, 1]))

    result = CliRunner().invoke(app, ["deploy", str(model), "--yes", "--url", node])

    assert "no account has the key that it holds: it is 0, or beyond the last" in result.stderr
    with pytest.raises(errors.InvalidInput, match="No account has this private key: it is 0, or beyond the last"):
        dcai.connect(node, account=key)


def test_a_key_that_stands_where_an_address_belongs_is_not_repeated(node, node_chain):
    chain = dcai.connect(node)

    for ask in (
        lambda: chain.balance(KEYS[0]),
        lambda: chain.account(KEYS[0]),
        lambda: chain.send(KEYS[0], sender=PEOPLE[0]),
        lambda: dcai.attach(chain, KEYS[0]),
        lambda: dcai.connect(KEYS[0]),
        lambda: dcai.connect(node, account=KEYS[0] + "0"),
    ):
        with pytest.raises(dcai.DcaiError) as caught:
            ask()
        assert KEYS[0][2:] not in "".join(traceback.format_exception(caught.value, limit=0))


@pytest.mark.parametrize("arguments", [["predict", PEOPLE[0], "hello"], ["deploy", "nothing.json"]])
def test_a_command_prints_no_secret(gateway, monkeypatch, arguments):
    monkeypatch.setenv(KEY, KEYS[3])
    for url in (gateway, secret(f"http://127.0.0.1:{free_port()}")):
        result = CliRunner().invoke(app, [*arguments, "--url", url])

        assert result.exit_code != 0
        assert_no_secret(result.output)
        assert KEYS[3][2:] not in result.output


def test_anvil_is_not_taken_from_where_somebody_else_may_have_put_it(nowhere):
    package = f"anvil-{sys.platform}-amd64"
    for folder in (nowhere, *nowhere.parents[:1]):
        theirs = folder / "node_modules" / "@foundry-rs" / package / "bin" / "anvil"
        theirs.parent.mkdir(parents=True, exist_ok=True)
        theirs.write_text("#!/bin/sh\n")
        theirs.chmod(0o755)

    with dcai.local_chain() as chain:
        assert chain.backend == "py-evm"
