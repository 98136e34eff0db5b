"""What a node's error answer means: a contract's own error, or another."""

from __future__ import annotations

import ast
import re

from dcai import artifacts
from dcai.chain.codec import Codec, codec
from dcai.errors import ContractReverted, DcaiError, NodeError, contract_error

_REVERT_TEXT = re.compile(r"execution reverted: (b'.*'|b\".*\")$", re.DOTALL)


def decode_error(data: bytes, prepared: Codec) -> ContractReverted | None:
    """Return the exception for what a contract reverted with, or None where it isn't an error of the contract's own."""
    entry = prepared.errors.get(data[:4])
    return contract_error(entry.name, entry.names, entry.types, data[4:]) if entry else None


def explained(message: str, data: str | None) -> DcaiError:
    """Return the exception for an error that a node answered with."""
    reverted = _revert_data(message, data)
    if reverted is None:
        return NodeError(f"The node refuses: {message}")
    for contract in artifacts.names():
        error = decode_error(reverted, codec(contract))
        if error is not None:
            return error
    return ContractReverted(f"The contract refuses, with {('0x' + reverted.hex()) if reverted else 'no reason'}.")


def _revert_data(message: str, data: str | None) -> bytes | None:
    """Return what a contract reverted with; None where the failure is of another kind."""
    if data is not None:
        return bytes.fromhex(data.removeprefix("0x"))
    match = _REVERT_TEXT.search(message)
    if match:  # eth-tester tells the bytes as Python would print them
        literal = ast.literal_eval(match[1])
        return literal if isinstance(literal, bytes) else None
    return b"" if "revert" in message else None
