"""JSON-RPC as every node speaks it: one request, its result or its error, and the values in between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol


class Request(Protocol):
    """Sends one JSON-RPC request and returns its result; raises `RpcFailure` where the node answers with an error."""

    def __call__(self, method: str, params: Sequence[object]) -> Any:
        """Send it."""


class RpcFailure(Exception):
    """A node's error answer, before its meaning is known."""

    def __init__(self, message: str, data: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.data = data


def result_of(answer: dict[str, Any]) -> Any:
    """Return the result of an answer.

    Raises
    ------
    RpcFailure
        If the answer is an error.
    """
    if "error" in answer:
        raise RpcFailure(answer["error"]["message"], answer["error"].get("data"))
    return answer["result"]


# py-evm answers with integers and bytes where nodes answer with hexadecimal text


def to_int(value: int | str) -> int:
    """Return a quantity as an int."""
    return value if isinstance(value, int) else int(value, 16)


def to_bytes(value: bytes | str) -> bytes:
    """Return data as bytes."""
    return bytes(value) if isinstance(value, bytes) else bytes.fromhex(value.removeprefix("0x"))


def to_hex(value: bytes | str) -> str:
    """Return data as hexadecimal text with 0x."""
    return value if isinstance(value, str) else "0x" + value.hex()
