"""What a node's error answer means: a contract's own error, or another one."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError, ParseError
from eth_utils.crypto import keccak

from dcai import artifacts, plugins
from dcai.chain.addresses import checksummed
from dcai.chain.codec import ErrorType, codec
from dcai.chain.revert_data import revert_data
from dcai.errors import ContractError, ContractReverted, DcaiError, NodeError
from dcai.untrusted import one_line

_UNDECODABLE = (DecodingError, ParseError, ValueError, OverflowError)

_SOLIDITY = {bytes.fromhex("08c379a0"): ("string", ""), bytes.fromhex("4e487b71"): ("uint256", "panic ")}
"""The errors that the language has: of `require` and `revert` with a text, and of arithmetic and the like."""

# Longer figures of a contract that is not ours are cut in a sentence.
_LONGEST = 80
_LONGEST_MESSAGE = 1_000


def decode_error(data: bytes) -> ContractReverted | None:
    """Return the exception for what a contract reverted with; None if no contract that is known here has the error.

    The first four bytes, the selector, say which error it is: names may be the same in contracts of different people.
    Whatever bytes come, this does not fail.
    """
    selector = data[:4]
    if selector in _SOLIDITY:
        return _solidity(selector, data[4:])
    kind = _kinds().get(selector)
    entry = _declared(kind) if kind else _in_artifacts(selector)
    if entry is None:
        return None
    try:
        values = decode(entry.types, data[4:])
    except _UNDECODABLE:
        return ContractReverted(
            f"The contract refuses with {entry.name}, whose figures can't be decoded: {_readable(data[4:])}."
        )
    figures = {name: _value(type_, value) for name, type_, value in zip(entry.names, entry.types, values, strict=True)}
    if kind is not None:
        # a class of somebody else's may have a sentence that its figures don't fit
        with suppress(Exception):
            return kind(**figures)
    told = ", ".join(f"{name} {_readable(figures[name])}".strip() for name in entry.names)
    return ContractReverted(f"The contract refuses: {entry.name}{f' ({told})' if told else ''}.")


def explained(message: str, data: object) -> DcaiError:
    """Return the exception for an error that a node answered with, in whatever form; this does not fail."""
    reverted = revert_data(message, data, _is_known)
    if reverted is None:
        return NodeError(f"The node refuses: {one_line(_cut(message, _LONGEST_MESSAGE))}")
    error = decode_error(reverted)
    if error is not None:
        return error
    return ContractReverted(
        f"The contract refuses, with {_cut('0x' + reverted.hex(), _LONGEST_MESSAGE) if reverted else 'no reason'}."
    )


def _is_known(selector: bytes) -> bool:
    return selector in _kinds() or selector in _SOLIDITY or _in_artifacts(selector) is not None


def _kinds() -> Mapping[bytes, type[ContractError]]:
    """Return the exceptions by their selectors; of two classes for one error the first counts, ours before others'."""
    for incentive in plugins.incentives().values():
        plugins.room(incentive, "errors")
    found: dict[bytes, type[ContractError]] = {}
    for kind in plugins.subclasses(ContractError):
        # a class whose definition was refused has none
        with suppress(ValueError):
            found.setdefault(_selector(kind.__name__, kind.declaration), kind)
    return found


def _declared(kind: type[ContractError]) -> ErrorType:
    """Return what a class declares: its name, and the types and names of its figures."""
    return _entry(kind.__name__, kind.declaration)


def _solidity(selector: bytes, figures: bytes) -> ContractReverted | None:
    """Return the exception for an error of Solidity's own: a sentence, or the number of a panic."""
    type_, told = _SOLIDITY[selector]
    try:
        (value,) = decode([type_], figures)
    except _UNDECODABLE:
        return None
    return ContractReverted(f"The contract refuses: {told}{_readable(value)}.")


@cache
def _entry(name: str, declaration: str) -> ErrorType:
    figures = [one.split() for one in declaration.split(", ") if one]
    return ErrorType(name, tuple(name for _, name in figures), tuple(type_ for type_, _ in figures))


@cache
def _selector(name: str, declaration: str) -> bytes:
    return bytes(keccak(text=f"{name}({','.join(_entry(name, declaration).types)})")[:4])


def _in_artifacts(selector: bytes) -> ErrorType | None:
    """Return the error that a compiled contract has, though there is no exception for it."""
    declared = (codec(contract).errors.get(selector) for contract in artifacts.names())
    return next((entry for entry in declared if entry is not None), None)


def _value(type_: str, value: Any) -> Any:
    if type_ == "address":
        return checksummed(bytes.fromhex(value[2:]))
    if type_ == "bytes32":  # a short text
        return one_line(value.rstrip(b"\0").decode(errors="replace"))
    return value


def _readable(value: object) -> str:
    """Return a figure as text that can't steer a terminal."""
    text = f"0x{value.hex()}" if isinstance(value, bytes) else repr(value).strip("'")
    return _cut(text, _LONGEST)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"
