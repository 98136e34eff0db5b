"""The numbers (nonces) of an account's transactions: each is given once."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Lock
from typing import TYPE_CHECKING, Any

from dcai.chain.lag import until_there
from dcai.chain.rpc import Request, RpcFailure, field, listed, to_address, to_int
from dcai.errors import AccountBusy, NodeError

if TYPE_CHECKING:
    from filelock import BaseFileLock

    from dcai.chain.chain import Chain

_locks: dict[tuple[int, str], Lock] = {}

if hasattr(os, "register_at_fork"):
    # a thread that held one of them doesn't exist in the child
    os.register_at_fork(after_in_child=_locks.clear)

# As many of one account as geth keeps; a number far beyond would be a cheque that somebody can cash much later.
_MOST_WAITING = 64

# How many of its latest states any node keeps.
_STATES_KEPT = 127


@contextmanager
def numbering(chain: Chain, address: str) -> Iterator[None]:
    """Hold an account's next number, from asking for it until the node has the transaction.

    One thread of one process of this machine and user holds it at a time.

    Raises
    ------
    AccountBusy
        If another process holds it for longer than the chain's patience.
    """
    from filelock import Timeout

    with _locks.setdefault((chain.chain_id, address), Lock()):
        lock = _lock_of_machine(chain.chain_id, address)
        if lock is None:
            yield
            return
        try:
            lock.acquire(timeout=chain.patience)
        except Timeout:
            raise AccountBusy(
                f"Another process has been sending from {address} for {chain.patience:g} s; nothing was sent. Try "
                "again when it is done."
            ) from None
        except (OSError, NotImplementedError):  # a file system without locks: others are noticed by the node alone
            yield
            return
        try:
            yield
        finally:
            lock.release()


def next_number(request: Request, address: str) -> int:
    """Return the number of an account's next transaction.

    Raises
    ------
    NodeError
        If the node's answers don't go together.
    """
    mined = to_int(request("eth_getTransactionCount", [address, "latest"]))
    pending = to_int(request("eth_getTransactionCount", [address, "pending"]))
    if pending > mined + _MOST_WAITING:
        raise NodeError(
            f"The node says that {pending - mined:,} transactions of {address} wait for a block, where {_MOST_WAITING} "
            "can; nothing was signed. Wait, or ask another node."
        )
    # of two nodes behind one address, one may lag
    return max(mined, pending)


def is_mined(request: Request, address: str, number: int) -> bool:
    """Tell whether a transaction of this number is in a block."""
    return to_int(request("eth_getTransactionCount", [address, "latest"])) > number


def holder(request: Request, address: str, number: int) -> Mapping[str, Any] | None:
    """Return the transaction in a block that has a number of an account, as the node answers it.

    None where the node doesn't know so old a state any more, or none is in a block.
    """
    latest = to_int(request("eth_blockNumber", []))
    blocks = range(max(latest - _STATES_KEPT, 0), latest + 1)

    def count(block: int) -> int:
        return to_int(request("eth_getTransactionCount", [address, hex(block)]))

    with suppress(RpcFailure):
        at = bisect_right(blocks, number, key=count)
        if at < len(blocks):
            found = request("eth_getBlockByNumber", [hex(blocks[at]), True])
            for one in listed(field(found, "transactions")):
                if to_address(field(one, "from")) == address and to_int(field(one, "nonce")) == number:
                    return dict(one)
    return None


def wait_for_holder(chain: Chain, address: str, number: int) -> Mapping[str, Any] | None:
    """Wait until a transaction with a number of an account is in a block, and return it; None if it isn't in time."""

    def known() -> Mapping[str, Any] | None:
        with suppress(RpcFailure, NodeError):
            if is_mined(chain.request, address, number):
                return holder(chain.request, address, number)
        return None

    return until_there(known, chain.patience)


def is_number_taken(failure: RpcFailure) -> bool:
    """Tell whether a node refuses a transaction since there is another one of its number."""
    message = failure.message.lower()
    return is_known(failure) or any(words in message for words in ("nonce", "replacement", "underpriced"))


def is_known(failure: RpcFailure) -> bool:
    """Tell whether a node refuses a transaction since it has this very one."""
    message = failure.message.lower()
    return any(words in message for words in ("already known", "already imported", "known transaction"))


def _lock_of_machine(chain_id: int, address: str) -> BaseFileLock | None:
    from filelock import FileLock
    from platformdirs import user_state_path

    try:
        folder = user_state_path("dcai") / "sending"
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:  # read-only: others are noticed by the node alone
        return None
    return FileLock(folder / f"{chain_id}-{address}.lock")
