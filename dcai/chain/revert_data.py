"""Where nodes put the bytes that a contract reverted with: each in another place."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice

_WHOLE = re.compile("0x((?:[0-9a-fA-F]{2})*)|((?:[0-9a-fA-F]{2}){4,})")
_PREFIXED = re.compile("0x((?:[0-9a-fA-F]{2})+)")

# "Reverted 0x…" of Parity and its heirs, "return data: 0x…" of Hardhat; "custom error 0x12345678:…" of foundry;
# Python's bytes of eth-tester
_REVERTED = re.compile(r"(?:reverted|return data|revert reason)\W{1,3}0x((?:[0-9a-fA-F]{2})*)", re.IGNORECASE)
_FOUNDRY = re.compile("custom error 0x([0-9a-fA-F]{8}):? ?((?:[0-9a-fA-F]{2})*)")

# one literal of bytes, and no other expression; a match is never given back, which would take quadratic time
_PYTHON = re.compile(r"execution reverted: (b'(?:[^'\\]|\\.)*+'|b\"(?:[^\"\\]|\\.)*+\")$", re.DOTALL)

# Under such a name stands what was asked, not what the contract answered.
_QUESTION = re.compile("transaction|^tx$|input|request|params|stack", re.IGNORECASE)

# More isn't looked through.
_DEPTH = 6
_VALUES = 200
_LONGEST = 1_000_000


def revert_data(message: str, data: object, is_known: Callable[[bytes], bool]) -> bytes | None:
    """Return what a contract reverted with, wherever it stands in a node's error; None if the error is of another kind.

    Whatever a node answers, this does not fail.

    Parameters
    ----------
    message, data
        Of the error.
    is_known
        Tells whether some contract has an error with such a selector. Of several candidates the one with such a
        selector counts; among words, where hashes and addresses stand too, no other does.
    """
    message = message[:_LONGEST]
    found = [*islice(_in_data(data, _DEPTH), _VALUES), *islice(_in_text(message), _VALUES)]
    surely = [value for value, sure in found if sure]
    for value in (*surely, *(value for value, sure in found if not sure)):
        if is_known(value[:4]):
            return value
    if surely:
        return max(surely, key=bool)
    told = message + (data if isinstance(data, str) else "")
    return b"" if "revert" in told.lower() else None


def _in_data(data: object, depth: int) -> Iterator[tuple[bytes, bool]]:
    """Yield what may have been reverted with, and whether it stands alone."""
    if isinstance(data, str):
        whole = _WHOLE.fullmatch(data)
        if whole:
            value = bytes.fromhex(whole[1] or whole[2] or "")
            # hashes and addresses stand among other values, too: a selector and words have another length
            yield value, depth == _DEPTH or not value or len(value) % 32 == 4
        else:
            yield from _in_text(data[:_LONGEST])
    elif depth and isinstance(data, Mapping):
        for name, value in data.items():
            if not _QUESTION.search(str(name)):
                yield from _in_data(value, depth - 1)
    elif depth and isinstance(data, Sequence):
        if len(data) >= 4 and all(isinstance(one, int) and 0 <= one < 256 for one in data):
            yield bytes(data), True
        else:
            for value in data[:_VALUES]:
                yield from _in_data(value, depth - 1)


def _in_text(text: str) -> Iterator[tuple[bytes, bool]]:
    for match in (*_FOUNDRY.finditer(text), *_REVERTED.finditer(text)):
        yield bytes.fromhex("".join(match.groups())), True
    python = _PYTHON.search(text)
    if python:
        with suppress(ValueError, SyntaxError, MemoryError, RecursionError):
            literal = ast.literal_eval(python[1])
            if isinstance(literal, bytes):
                yield literal, True
    for match in _PREFIXED.finditer(text):
        yield bytes.fromhex(match[1]), False
