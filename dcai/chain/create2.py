"""Addresses that follow from code alone, the same on every chain (EIP-1014, CREATE2)."""

from __future__ import annotations

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

PROXY = "0x4e59b44847b379578588920cA78FbF26c0B4956C"
"""The deterministic deployment proxy (github.com/Arachnid/deterministic-deployment-proxy), which most chains have."""

SALT = bytes(32)
"""With which our contracts are deployed through it."""


def created_address(creator: str, salt: bytes, init_code: bytes) -> str:
    """Return where a contract's CREATE2 puts a contract with this creation code."""
    parts = b"\xff" + bytes.fromhex(creator[2:]) + salt + keccak(init_code)
    return str(to_checksum_address(keccak(parts)[12:]))


CLONE_HEAD = bytes.fromhex("363d3d373d3d3d363d73")
"""The code of an EIP-1167 clone before the address of the contract that it runs."""

CLONE_TAIL = bytes.fromhex("5af43d82803e903d91602b57fd5bf3")
"""Its code after that address; its immutable arguments follow."""


def clone_address(factory: str, salt: bytes, implementation: str, arguments: bytes) -> str:
    """Return where a factory puts a clone with immutable arguments (OpenZeppelin's `Clones`)."""
    code = CLONE_HEAD + bytes.fromhex(implementation[2:]) + CLONE_TAIL + arguments
    creation = b"\x61" + len(code).to_bytes(2, "big") + bytes.fromhex("3d81600a3d39f3")
    return created_address(factory, salt, creation + code)
