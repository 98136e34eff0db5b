"""Addresses, with their checksum."""

from __future__ import annotations

import re
from functools import lru_cache

from eth_utils.address import is_hex_address, to_checksum_address

from dcai.errors import InvalidInput

# a checksum is a hash, and the same few addresses stand in logs again and again
checksummed = lru_cache(maxsize=4_096)(to_checksum_address)

_KEY = re.compile("[0-9a-fA-F]{64}")


def checked_address(address: object) -> str:
    """Return an address with its checksum.

    Raises
    ------
    InvalidInput
        If it is malformed.
    """
    if not isinstance(address, str) or not is_hex_address(address):
        if isinstance(address, str) and _KEY.search(address):  # it would stay in logs
            raise InvalidInput("A private key is not an address, which is 0x and 40 hexadecimal digits.")
        raise InvalidInput(f"{address!r} is not an address: an address is 0x and 40 hexadecimal digits.")
    return checksummed(address)
