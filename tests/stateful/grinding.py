"""What long grinding might find: a contribution whose digest is all ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from eth_utils.crypto import keccak

from dcai import Chain

ONES = 2**160 - 1

_RECORDS = 4_100
"""The storage slot of a trainer's records: after the packed state."""


@contextmanager
def ground(chain: Chain, trainer: str, slot: int) -> Iterator[None]:
    """Give the record at a slot a digest of ones meanwhile, on anvil: no claim may stand for it.

    Higher bits of a claim's deposit that got into its digest could make it this one.
    """
    place = [trainer, "0x" + keccak(slot.to_bytes(32, "big") + _RECORDS.to_bytes(32, "big")).hex()]
    before = chain.request("eth_getStorageAt", [*place, "latest"])
    word = ONES << 96 | int(before, 16) % 2**96
    chain.request("anvil_setStorageAt", [*place, f"0x{word:064x}"])
    yield
    chain.request("anvil_setStorageAt", [*place, before])
