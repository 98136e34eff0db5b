"""JSON-RPC as every node speaks it: one request, its result or its error, and the values in between."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from dcai.chain.addresses import checksummed
from dcai.chain.nodes.url import hidden
from dcai.errors import NodeError
from dcai.untrusted import shortened

# 256 bits: a node answers with nothing larger
_QUANTITY = re.compile("0x[0-9a-fA-F]{1,64}")
_ADDRESS = re.compile("0x[0-9a-fA-F]{40}")


class Request(Protocol):
    """Sends one JSON-RPC request and returns its result; raises `RpcFailure` where the node answers with an error."""

    def __call__(self, method: str, params: Sequence[object]) -> Any:
        """Send it."""


class RpcFailure(Exception):
    """A node's error answer, before its meaning is known.

    Attributes
    ----------
    message : str
    data : object
        What stands beside it: text, or whatever else JSON can hold.
    code : int or None
    repeated : bool
        Whether the answer to the same request was lost before: what is refused now may have been done then.
    """

    def __init__(self, message: str, data: object = None, code: int | None = None) -> None:
        self.message = hidden.hide(message)
        super().__init__(self.message)
        self.data = data
        self.code = code
        self.repeated = False


def failure_in(answer: object) -> RpcFailure | None:
    """Return the error that an answer holds, in whatever form, or None."""
    error = answer.get("error") if isinstance(answer, Mapping) else None
    if isinstance(error, str) and error:
        return RpcFailure(error)
    if not isinstance(error, Mapping):
        return None
    message, code = error.get("message"), error.get("code")
    told = "" if code is None else f", of code {shortened(code)}"
    return RpcFailure(
        message if isinstance(message, str) and message else f"an error without a message{told}.",
        error.get("data"),
        code if isinstance(code, int) else None,
    )


def result_of(answer: object) -> Any:
    """Return the result of an answer.

    Raises
    ------
    RpcFailure
        If the answer is an error.
    NodeError
        If it is neither.
    """
    failure = failure_in(answer)
    if failure is not None:
        raise failure
    return field(answer, "result")


# py-evm answers with integers and bytes where nodes answer with hexadecimal text


def to_int(value: object) -> int:
    """Return a quantity as an int; raise `NodeError` for anything else."""
    if isinstance(value, int) and value >= 0:
        return value
    if not isinstance(value, str) or not _QUANTITY.fullmatch(value):
        raise nonsense(value, "a number")
    return int(value, 16)


def to_bytes(value: Any) -> bytes:
    """Return data as bytes; raise `NodeError` for anything else."""
    if isinstance(value, bytes):
        return bytes(value)
    try:
        return bytes.fromhex(value.removeprefix("0x"))
    except (AttributeError, ValueError):
        raise nonsense(value, "hexadecimal data") from None


def to_hex(value: object) -> str:
    """Return data as hexadecimal text with 0x; raise `NodeError` for anything else."""
    return "0x" + to_bytes(value).hex()


def to_address(value: object) -> str:
    """Return an address with its checksum; raise `NodeError` for anything else."""
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        raise nonsense(value, "an address")
    return checksummed(value)


def field(answer: object, name: str) -> Any:
    """Return a field of an object that a node answered with; raise `NodeError` if it is missing."""
    if not isinstance(answer, Mapping):
        raise nonsense(answer, f"an object with {name!r}")
    if name not in answer:
        raise NodeError(f"The node's answer lacks {name!r}: ask another node.")
    return answer[name]


def listed(answer: object) -> list[Any]:
    """Return a list that a node answered with; raise `NodeError` for anything else."""
    if not isinstance(answer, list | tuple):
        raise nonsense(answer, "a list")
    return list(answer)


def block_tag(block: int | None) -> str:
    """Return how requests name a block; None: the latest."""
    return "latest" if block is None else hex(block)


def nonsense(value: object, wanted: str) -> NodeError:
    """Return the error of a value in a node's answer that isn't what is expected there."""
    return NodeError(f"The node answers {shortened(value)} where {wanted} is expected: ask another node.")
