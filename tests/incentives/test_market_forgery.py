"""A market pays what its records say is open, even to somebody who had found another contribution with their digest."""

from __future__ import annotations

import pytest
from eth_utils.crypto import keccak

import dcai
from dcai import errors
from dcai.incentives.prediction_market.course import Phase
from dcai.incentives.prediction_market.log import MarketEntry
from dcai.samples import BATCH, pack_batch, pack_sparse
from tests.conftest import MARKET
from tests.support.market_stage import PARTICIPATE, REVEAL, Stage

RECORDS = 4_100
"""The storage slot of the records: after the packed state."""


@pytest.fixture(scope="module")
def anvil_chain(anvil):
    with dcai.local_chain("anvil") as chain:
        yield chain


def forged(market):
    """Make the record of the first contribution one of a batch of 256, as a collision would; return that one."""
    chain, first = market.chain, next(iter(market.market.history().entries.values()))
    batch = pack_batch(market.samples[:1] * 256, [1] * 256)
    forgery = MarketEntry(first.id, first.author, first.time, 1_031 * market.stake, BATCH, batch, first.slot)
    word = forgery.record(market.market.address) >> 96 << 96 | first.open
    place = keccak(first.slot.to_bytes(32, "big") + RECORDS.to_bytes(32, "big"))
    chain.request("anvil_setStorageAt", [market.market.address, "0x" + place.hex(), f"0x{word:064x}"])
    assert market.market.contract.read("record", first.slot) == word
    return forgery


def test_a_forged_contribution_gets_back_what_its_record_has(anvil_chain):
    market = Stage(anvil_chain).to(Phase.PARTICIPATION)
    anvil_chain.travel(PARTICIPATE + REVEAL)
    forgery = forged(market)

    receipt = market.send("reclaim", forgery.claim(), forgery.slot)

    assert market.market.contract.only(receipt, "Reclaimed").args["amount"] == market.stake


def test_a_forged_contribution_stakes_no_more_than_its_record_has(anvil_chain, refused):
    market = Stage(anvil_chain).to(Phase.EVALUATION)
    forgery = forged(market)
    call = market.replay().next(1)

    with pytest.raises(errors.UnknownContribution):
        market.send("evaluate", call._replace(contributions=[forgery.claim()], slots=[forgery.slot]))


def test_equal_contributions_to_two_trainers_have_different_records(chain, people, new_wallet):
    wallet = new_wallet(chain, people[5])
    one, other = (Stage(chain, seed=seed).to(Phase.PARTICIPATION, contribute=False).market for seed in (1, 2))
    price = one.price((1,), elapsed=0)
    data = one.contract.codec.call("contribute", pack_sparse([1]), 1, 0)

    wallet.execute((one.address, price, data), (other.address, price, data), value=2 * price)

    (mine,), (same,) = one.history().entries.values(), other.history().entries.values()
    assert mine.claim() == same.claim()
    records = [chain.read(MARKET, trainer.address, "record", mine.slot) for trainer in (one, other)]
    assert records == [mine.record(one.address), mine.record(other.address)]
    assert records[0] >> 96 != records[1] >> 96
