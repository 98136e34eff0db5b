"""The types that our hot calls and events are made of, encoded and decoded by hand.

A simulation sends and reads some 100,000 of them, and eth-abi takes 10 to 50 microseconds for each, several times what
this does. Whatever isn't plain, types as well as values, is left to eth-abi, which also says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

_WORD = 32


def encode(kinds: Sequence[str], values: Sequence[Any]) -> bytes | None:
    """Return unsigned integers, addresses, bytes and tuples of them as the ABI encodes them; None: ask eth-abi."""
    if len(kinds) != len(values):
        return None
    head: list[bytes] = []
    tail: list[bytes] = []
    offset = _WORD * len(kinds)
    for kind, value in zip(kinds, values, strict=True):
        if kind == "uint256" and type(value) is int and 0 <= value < 2**256:
            head.append(value.to_bytes(_WORD, "big"))
            continue
        if kind == "address" and type(value) is str and len(value) == 42:
            head.append(bytes.fromhex(value[2:]).rjust(_WORD, b"\0"))
            continue
        if kind == "bytes" and type(value) is bytes:
            part = len(value).to_bytes(_WORD, "big") + value + bytes(-len(value) % _WORD)
        elif kind.startswith("(") and kind.endswith(",bytes)") and (inner := encode(_parts(kind), value)) is not None:
            part = inner  # with bytes in it, a tuple is dynamic
        else:
            return None
        head.append(offset.to_bytes(_WORD, "big"))
        tail.append(part)
        offset += len(part)
    return b"".join(head) + b"".join(tail)


def decode(kinds: Sequence[str], data: bytes) -> list[Any] | None:
    """Return unsigned integers, addresses and bytes that the ABI has encoded; None: ask eth-abi."""
    values: list[Any] = []
    for at, kind in enumerate(kinds):
        word = data[_WORD * at : _WORD * (at + 1)]
        if len(word) < _WORD:
            return None
        number = int.from_bytes(word, "big")
        if kind == "uint256":
            values.append(number)
        elif kind == "address" and number < 2**160:
            values.append("0x" + word[12:].hex())
        elif kind == "bytes" and number + _WORD <= len(data):
            start = number + _WORD
            end = start + int.from_bytes(data[number:start], "big")
            if end > len(data):
                return None
            values.append(data[start:end])
        else:
            return None
    return values


@cache
def _parts(kind: str) -> tuple[str, ...]:
    """Return the types in a tuple that holds no other."""
    return tuple(kind[1:-1].split(","))
