"""The numbers (nonces) of an account's transactions: each is given once."""

from __future__ import annotations

from threading import Lock

from dcai.chain.rpc import RpcFailure

_locks: dict[tuple[int, str], Lock] = {}


def numbering(chain_id: int, address: str) -> Lock:
    """Return what a thread holds from asking for an account's next number until the node has the transaction."""
    return _locks.setdefault((chain_id, address), Lock())


def is_number_taken(failure: RpcFailure) -> bool:
    """Tell whether a node refuses a transaction since there is another one of its number."""
    message = failure.message.lower()
    return is_known(failure) or any(words in message for words in ("nonce", "replacement transaction"))


def is_known(failure: RpcFailure) -> bool:
    """Tell whether a node refuses a transaction since it has this very one."""
    return "already known" in failure.message.lower()
