"""A chain on this machine: anvil as a child process if it is installed, else py-evm in this process."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import socket
import subprocess
import warnings
import weakref
from pathlib import Path

from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from dcai.accounts.unlocked import Unlocked
from dcai.chain.addresses import checksummed
from dcai.chain.chain import Chain
from dcai.chain.nodes import place
from dcai.chain.nodes.ipc import Connection
from dcai.chain.nodes.place import NoPlace
from dcai.chain.nodes.remote import connect
from dcai.chain.receipts import RawReceipt
from dcai.chain.rpc import RpcFailure
from dcai.errors import AnvilUnusable, InvalidInput, NodeError

GAS_PRICE = {"maxFeePerGas": hex(2 * 10**9), "maxPriorityFeePerGas": hex(0)}
"""The fees of local transactions: the base fee of a local chain starts at 1 gwei and falls."""

# A shell that ends with its child, and ends it when standard input ends, as it does when this process ends, however it
# does.
_CHILD = 'exec 3<&0; "$@" & child=$!; (read -r _ <&3; kill $child) & wait $child'

_CHECKOUT = Path(__file__).resolve().parents[3]

_START_SECONDS = 20
_ANSWER_SECONDS = 60

# what anvil colours its errors with, and how much of them a sentence holds
_STYLES = re.compile(r"\x1b\[[0-9;]*m")
_MOST_WORDS = 300

# Anvil's settings, and the name that a node's URL has there.
_SETTINGS = "foundry.toml"
_ORIGIN = "origin"


def local_chain(backend: str | None = None, *, hardfork: str = "prague") -> Chain:
    """Start a chain with ten funded accounts on this machine.

    Time on it passes by one second a block, and with `Chain.travel`.

    Parameters
    ----------
    backend
        "anvil", "py-evm", or None: anvil where it is found (the variable DCAI_ANVIL, the PATH, `node_modules` of a
        checkout of this package), else py-evm, which needs nothing but this package. Where an anvil that nobody named
        can't be used, py-evm is taken too, and the warning `AnvilUnusable` says why.
    hardfork
        The rules, for anvil: "cancun", "prague", "osaka"; py-evm has those of Prague.

    Raises
    ------
    InvalidInput
        If anvil is asked for and isn't there or can't be used, or the backend or the rules are unknown.
    """
    if backend not in (None, "anvil", "py-evm"):
        raise InvalidInput(f'There is no backend {backend!r}; choose "anvil" or "py-evm".')
    if hardfork not in ("cancun", "prague", "osaka"):
        raise InvalidInput(f'{hardfork!r} is not a known hard fork; choose "cancun", "prague" or "osaka".')
    anvil = None if backend == "py-evm" else find_anvil()
    if anvil is not None:
        try:
            return _anvil_chain(anvil, hardfork)
        except (AnvilFails, NoPlace) as error:
            asked = isinstance(error, AnvilFails) and os.environ.get("DCAI_ANVIL")
            if backend == "anvil" or hardfork != "prague" or asked:
                raise
            warnings.warn(f"{error} py-evm is used instead, which is slower.", AnvilUnusable, stacklevel=2)
    elif backend == "anvil":
        raise InvalidInput('anvil isn\'t found on the PATH; set DCAI_ANVIL to it, or use "py-evm".')
    if hardfork != "prague":
        raise InvalidInput(f"py-evm only has the rules of prague; install anvil for those of {hardfork}.")
    from dcai.chain.nodes.py_evm import tester_chain  # web3.py and py-evm take seconds to import

    return tester_chain()


def forked_chain(url: str, block: int | None = None) -> Chain:
    """Start a chain on this machine that begins in a state of another one, which it doesn't change.

    Parameters
    ----------
    url
        JSON-RPC address of the other chain's node.
    block
        After which block; the latest if left out.

    Raises
    ------
    InvalidInput
        If anvil isn't there, or the URL is malformed.
    NodeError
        If no node answers there.
    """
    connect(url).close()
    anvil = find_anvil()
    if anvil is None:
        raise InvalidInput("A chain is forked with anvil, which isn't found; install it, or set DCAI_ANVIL to it.")
    children: list[subprocess.Popen[bytes]] = []
    folder = place.folder()
    socket_ = folder / "chain.ipc"
    # an argument could be read by everybody on this machine: anvil finds the URL under a name in this file
    (folder / _SETTINGS).write_text(f"[rpc_endpoints]\n{_ORIGIN} = {json.dumps(url)}\n", encoding="utf-8")
    try:
        arguments = ["--port", "0", "--prune-history", "--fork-url", _ORIGIN]
        if block is not None:
            arguments += ["--fork-block-number", str(block)]
        children.append(_start(anvil, socket_, arguments, place.environment(proxies=True)))
        connection = _connected(socket_, children[0], anvil)
    except BaseException:
        _stop(children, folder, os.getpid())
        raise
    return _chain(connection, socket_, children, folder)


def find_anvil() -> Path | None:
    """Return anvil's executable, or None where there is none.

    Raises
    ------
    InvalidInput
        If DCAI_ANVIL names something that isn't an executable file.
    """
    if os.name == "nt":  # the child is started by a POSIX shell, and spoken to over a Unix socket
        return None
    named = os.environ.get("DCAI_ANVIL")
    if named:
        found = shutil.which(named)
        if found is None:
            raise InvalidInput(f"DCAI_ANVIL names {named}, which isn't an executable file; correct it, or unset it.")
        return Path(found).absolute()  # it is started in a folder of its own
    on_path = shutil.which("anvil")
    if on_path:
        return Path(on_path).absolute()
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    package = f"anvil-{platform.system().lower()}-{machine}"
    # not of the folder that somebody happens to be in: anybody may have put something there
    ours = _CHECKOUT / "node_modules" / "@foundry-rs" / package / "bin" / "anvil"
    return ours if ours.is_file() else None


def _anvil_chain(anvil: Path, hardfork: str) -> Chain:
    # Forked from an idle second one, anvil stays as fast as it starts: it keeps less of its own history.
    children: list[subprocess.Popen[bytes]] = []
    folder, port, direct = place.folder(), _free_port(), place.environment(proxies=False)
    forked = ["--port", "0", "--hardfork", hardfork, "--prune-history", "--fork-url", f"http://127.0.0.1:{port}"]
    try:
        children.append(_start(anvil, folder / "origin.ipc", ["--port", str(port), "--hardfork", hardfork], direct))
        _connected(folder / "origin.ipc", children[0], anvil)
        children.append(_start(anvil, folder / "chain.ipc", forked, direct))
        connection = _connected(folder / "chain.ipc", children[1], anvil)
        _check_version(connection, anvil)
    except BaseException:
        _stop(children, folder, os.getpid())
        raise
    return _chain(connection, folder / "chain.ipc", children, folder)


def _chain(
    connection: Connection,
    path: Path,
    children: list[subprocess.Popen[bytes]],
    folder: Path,
) -> Chain:
    request = connection.request
    finalizer = weakref.finalize(connection, _stop, children, folder, os.getpid())

    def close() -> None:
        connection.close()
        finalizer()

    def submit(transaction: dict[str, str]) -> RawReceipt:
        receipt: RawReceipt = request("eth_sendTransactionSync", [{**transaction, **GAS_PRICE}])
        return receipt

    def travel(timestamp: int) -> None:
        request("evm_setNextBlockTimestamp", [timestamp])
        request("evm_mine", [])

    request("anvil_setBlockTimestampInterval", [1])
    return Chain(
        request,
        backend="anvil",
        accounts=[checksummed(account) for account in request("eth_accounts", [])],
        account_of=lambda chain, address: Unlocked(chain, address, submit),
        travel=travel,
        close=close,
        socket=path,
    )


def _start(anvil: Path, ipc: Path, arguments: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    # requests come one at a time: of several threads all but one only wake each other up
    command = ["/bin/sh", "-c", _CHILD, "sh", str(anvil), "--silent", "--threads", "1", "--ipc", str(ipc)]
    try:
        with _log_of(ipc).open("wb") as log:
            return subprocess.Popen(
                [*command, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd=ipc.parent,  # where a stranger's settings don't lie
                env=environment | {"FOUNDRY_CONFIG": str(ipc.parent / _SETTINGS)},
                process_group=0,  # Ctrl-C in a terminal is for us: the results of a run are still to be read
            )
    except OSError as error:
        raise AnvilFails(f"{anvil} can't be started: {error}.") from error


def _log_of(ipc: Path) -> Path:
    """Return the file with what a child says on standard error."""
    return ipc.with_suffix(".log")


def _stop(children: list[subprocess.Popen[bytes]], folder: Path, owner: int) -> None:
    if os.getpid() != owner:  # forked off by whoever needs them
        return
    for child in children:
        if child.stdin is not None:
            child.stdin.close()
        child.wait()
    shutil.rmtree(folder, ignore_errors=True)


def _connected(ipc: Path, child: subprocess.Popen[bytes], anvil: Path) -> Connection:
    def failed(_: object) -> Connection:
        ended = child.poll()
        how = f"doesn't answer within {_START_SECONDS} s" if ended is None else f"ended with status {ended}"
        said = _last_words(_log_of(ipc))
        raise AnvilFails(
            f"{anvil} doesn't start as anvil does: it {how}{f' and says {said!r}' if said else ''}; correct DCAI_ANVIL "
            'or the PATH, or use the backend "py-evm".'
        )

    def connect_to_it() -> Connection:
        if child.poll() is not None:
            failed(None)
        try:
            connection = Connection(str(ipc), _ANSWER_SECONDS)
            connection.request("eth_chainId", [])
        except (OSError, NodeError) as error:
            raise _NotYet from error
        return connection

    starting = Retrying(
        stop=stop_after_delay(_START_SECONDS),
        wait=wait_fixed(0.02),
        retry=retry_if_exception_type(_NotYet),
        retry_error_callback=failed,
    )
    return starting(connect_to_it)


def _last_words(log: Path) -> str:
    """Return the end of what a child said, without what would steer a terminal."""
    text = _STYLES.sub("", log.read_text(encoding="utf-8", errors="replace"))
    return " ".join(text.split())[-_MOST_WORDS:]


def _check_version(connection: Connection, anvil: Path) -> None:
    """Refuse an anvil that is too old to answer with a receipt at once."""
    try:
        connection.request("eth_sendTransactionSync", [{"from": "0x" + 40 * "0"}])
    except RpcFailure as failure:  # it has no such account
        if "did not match" in failure.message or "not found" in failure.message.lower():
            version = connection.request("web3_clientVersion", [])
            raise AnvilFails(
                f"{anvil} is {version}, which has no eth_sendTransactionSync; install a newer one."
            ) from None


class AnvilFails(InvalidInput):
    """There is an anvil that can't be used."""


class _NotYet(Exception):
    """The child isn't ready."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
