"""What a claim names as deposit can't stand for the digest of a record."""

from __future__ import annotations

import pytest
from eth_utils.crypto import keccak

import dcai
from dcai.errors import UnknownContribution
from tests.support import binary

RECORDS = 4_100
"""The storage slot of the records: after the packed state."""

ONES = (1 << 160) - 1


def test_the_high_bits_of_a_claimed_deposit_match_no_digest(anvil):
    with dcai.local_chain("anvil") as chain:
        trainer = dcai.deploy(chain, binary.perceptron(bytes(42), ("no", "yes")).estimator(), dcai.DepositRefundTake())
        entry = trainer.contribute([1], "yes").entry
        place = keccak(entry.slot.to_bytes(32, "big") + RECORDS.to_bytes(32, "big"))
        # stands for a digest with few zeros, which takes some grinding
        chain.request("anvil_setStorageAt", [trainer.address, "0x" + place.hex(), f"0x{ONES << 96 | entry.open:064x}"])
        claim = (entry.id, chain.accounts[3], 0, ONES << 96 | entry.deposit_wei, 0, b"\0\0")

        # it would be due for anybody to take: its time is 0
        with pytest.raises(UnknownContribution):
            trainer.contract.read("take", claim, entry.slot)
