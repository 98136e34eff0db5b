"""Which backend a chain on this machine has, and what keeps anvil from being it."""

from __future__ import annotations

import platform
import tempfile
from pathlib import Path

import pytest

import dcai
from dcai import errors
from dcai.chain.nodes import place
from dcai.chain.nodes.anvil import _check_version, find_anvil, forked_chain
from dcai.chain.rpc import RpcFailure

ROOT = Path(__file__).resolve().parents[2]


def executable(path, script=""):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_without_anvil_the_chain_is_py_evm(nowhere):
    with dcai.local_chain() as chain:
        assert chain.backend == "py-evm"
        assert len(chain.accounts) == 10


def test_where_anvil_is_asked_for_and_not_found_the_way_out_is_reported(nowhere):
    with pytest.raises(errors.InvalidInput, match=r"DCAI_ANVIL.*py-evm"):
        dcai.local_chain("anvil")
    with pytest.raises(errors.InvalidInput, match="py-evm only has the rules of prague"):
        dcai.local_chain(hardfork="osaka")


@pytest.mark.parametrize("kind", ["missing", "not executable", "a folder"])
def test_a_wrong_dcai_anvil_is_named(nowhere, monkeypatch, kind):
    named = nowhere / "wrong"
    if kind == "not executable":
        named.write_text("")
    elif kind == "a folder":
        named.mkdir()
    monkeypatch.setenv("DCAI_ANVIL", str(named))

    with pytest.raises(errors.InvalidInput) as caught:
        dcai.local_chain()

    assert f"DCAI_ANVIL names {named}" in str(caught.value)


def test_an_anvil_that_does_not_start_is_named_at_once(monkeypatch, tmp_path):
    named = executable(tmp_path / "anvil")
    monkeypatch.setenv("DCAI_ANVIL", str(named))

    with pytest.raises(dcai.DcaiError) as caught:
        dcai.local_chain()

    assert str(named) in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTP_PROXY", "http://127.0.0.1:9"),
        ("http_proxy", "http://127.0.0.1:9"),
        ("ALL_PROXY", "http://127.0.0.1:9"),
        ("all_proxy", "socks5://127.0.0.1:9"),
        ("ANVIL_IP_ADDR", "127.0.0.2"),
        ("TMPDIR", "/dev/null"),
    ],
)
def test_the_environment_does_not_keep_anvil_from_starting(anvil, monkeypatch, name, value):
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("NO_PROXY", "example.org")

    with dcai.local_chain() as chain:
        assert (chain.backend, chain.block_number()) == ("anvil", 0)


def test_a_node_on_this_machine_and_a_fork_of_it_are_asked_without_a_proxy(node, monkeypatch):
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    with forked_chain(node) as chain:
        assert chain.block_number() == 0


def test_a_long_folder_for_temporary_files_is_not_used_for_sockets(anvil, temporary, monkeypatch):
    long = temporary / ("long" * 30)
    long.mkdir()
    monkeypatch.setenv("TMPDIR", str(long))

    with dcai.local_chain() as chain:
        assert chain.backend == "anvil"
        assert list(long.iterdir()) == []


def no_folder(monkeypatch, tmp_path):
    """Leave no folder in which a socket could be."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    monkeypatch.setattr(place, "_parents", lambda: [None])
    return "No such file or directory"


def no_start(monkeypatch, tmp_path):
    """Leave an anvil on the PATH that ends at once."""
    executable(tmp_path / "anvil", "echo 'error: no such \\033[31moption\\033[0m' >&2; exit 3")
    monkeypatch.setenv("PATH", str(tmp_path))
    return "it ended with status 3 and says 'error: no such option'"


def no_program(monkeypatch, tmp_path):
    """Leave an anvil on the PATH that this machine can't execute."""
    executable(tmp_path / "anvil").write_bytes(b"\x7fELF of another machine")
    monkeypatch.setenv("PATH", str(tmp_path))
    return "anvil doesn't start as anvil does: it ended with status 12"


def no_answer(monkeypatch, tmp_path):
    """Leave an anvil on the PATH that does nothing."""
    executable(tmp_path / "anvil", "exec /bin/sleep 60")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("dcai.chain.nodes.anvil._START_SECONDS", 0.3)
    return "it doesn't answer within 0.3 s"


@pytest.mark.parametrize("fault", [no_folder, no_start, no_program, no_answer])
def test_where_anvil_cannot_be_used_py_evm_is_and_the_reason_is_told(anvil, monkeypatch, tmp_path, fault):
    reason = fault(monkeypatch, tmp_path)

    with pytest.warns(errors.AnvilUnusable) as told, dcai.local_chain() as chain:
        assert chain.backend == "py-evm"

    assert reason in str(told[0].message)
    with pytest.raises(errors.InvalidInput) as caught:
        dcai.local_chain("anvil")
    assert reason in str(caught.value)


def test_an_anvil_that_is_too_old_is_named_with_its_version():
    class Old:
        def request(self, method, params):
            if method == "web3_clientVersion":
                return "anvil/v0.2.0"
            raise RpcFailure("data did not match any variant of untagged enum EthRpcCall")

    with pytest.raises(errors.InvalidInput, match=r"anvil/v0\.2\.0.*install a newer one"):
        _check_version(Old(), Path("anvil"))


def test_anvil_is_found_by_its_variable_then_on_the_path_then_in_node_modules_of_the_checkout(nowhere, monkeypatch):
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    in_modules = executable(
        nowhere / "checkout" / "node_modules" / "@foundry-rs" / "anvil-linux-amd64" / "bin" / "anvil"
    )
    assert find_anvil() == in_modules

    on_path = executable(nowhere / "anvil")
    assert find_anvil() == on_path

    named = executable(nowhere / "elsewhere" / "my-anvil")
    monkeypatch.setenv("DCAI_ANVIL", str(named))
    assert find_anvil() == named
