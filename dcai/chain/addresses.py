"""Addresses, with their checksum."""

from __future__ import annotations

import re
from functools import lru_cache

from eth_utils.address import to_checksum_address

from dcai.errors import InvalidInput
from dcai.untrusted import shortened

ADDRESS = re.compile(r"(?:0[xX])?([0-9a-fA-F]{40})")

# a checksum is a hash, and the same few addresses stand in logs again and again
checksummed = lru_cache(maxsize=4_096)(to_checksum_address)

_KEY = re.compile("[0-9a-fA-F]{64}")


def checked_address(address: object) -> str:
    """Return an address with its checksum; one in letters of both cases has it already (EIP-55), and it must fit.

    Raises
    ------
    InvalidInput
        If it is malformed, or its checksum doesn't fit.
    """
    match = ADDRESS.fullmatch(address) if isinstance(address, str) else None
    if match is None:
        if isinstance(address, str) and _KEY.search(address):  # it would stay in logs
            raise InvalidInput("A private key is not an address, which is 0x and 40 hexadecimal digits.")
        raise InvalidInput(f"{shortened(address)} is not an address: an address is 0x and 40 hexadecimal digits.")
    digits = match[1]
    checked = str(checksummed("0x" + digits.lower()))
    if digits not in (checked[2:], digits.lower(), digits.upper()):
        # which digit is wrong isn't known: what would fit these digits may be nobody's address
        raise InvalidInput(
            f"{address!r} is not an address: its capital letters are a checksum, which doesn't fit, so that a "
            "character is wrong; copy it once more."
        )
    return checked
