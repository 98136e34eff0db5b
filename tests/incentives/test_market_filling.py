"""What it costs to fill a market, and that nobody gains by one that is filled or fails."""

from __future__ import annotations

import pytest

import dcai
from dcai.incentives.prediction_market.course import Phase
from dcai.incentives.prediction_market.errors import MarketFull
from dcai.samples import pack_batch
from tests.support.market_stage import PARTICIPATE, REVEAL, ROUNDS, Stage

DEAD = "0x000000000000000000000000000000000000dEaD"
MOST = 1_000


@pytest.fixture(scope="module")
def anvil_chain(anvil):
    with dcai.local_chain("anvil", hardfork="osaka") as chain:
        yield chain


@pytest.fixture
def market(anvil_chain):
    """Return a market to which nobody has contributed yet."""
    snapshot = anvil_chain.snapshot()
    yield Stage(anvil_chain, most_samples=MOST).to(Phase.PARTICIPATION, contribute=False)
    anvil_chain.revert(snapshot)


def fill(market, who, samples=MOST):
    """Fill a market, by the largest batches; return what they cost in all, fees of gas left out, and the gas."""
    batch, cost, gas = market.samples[:1] * 256, 0, 0
    label = market.market.model().label_of(batch[0])  # from which nothing is learnt, so that no stake is at risk
    while samples:
        count = min(samples, 256)
        price = market.price(count)
        call = pack_batch(batch[:count], [label] * count)
        gas += market.send("contributeBatch", call, 0, sender=who, value=price).gas_used
        cost, samples = cost + price, samples - count
    return cost, gas


def test_filling_a_market_burns_its_bounty_and_then_nobody_else_gets_in(market, refused):
    bounty = ROUNDS * market.stake
    cost, gas = fill(market, market.bob)

    with refused(MarketFull, MOST):
        market.contribute(market.carol)
    print(f"\nfilling with {MOST:,} samples: {gas:,} gas and {(cost - MOST * market.stake) / bounty:.2f} bounties")
    assert cost == MOST * market.stake + bounty
    history = market.market.history()
    assert history.fees_wei == bounty
    assert sum(entry.open for entry in history.entries.values()) == MOST * market.stake


def test_a_provider_who_fills_its_market_and_withholds_the_test_set_loses_two_bounties(market, anvil_chain):
    bounty, other = ROUNDS * market.stake, market.bob
    cost, _ = fill(market, other)
    anvil_chain.travel(PARTICIPATE + REVEAL)

    paid = market.market.settle(sender=market.carol, progress=False)

    print(f"\nwithheld: pays {(cost + bounty) / bounty:.2f} bounties, gets {sum(paid.values()) / bounty:.2f} back")
    assert paid == {other: cost - bounty}
    assert anvil_chain.balance(DEAD) == 2 * bounty


def test_a_provider_who_fills_its_market_and_settles_it_loses_a_bounty(market, anvil_chain):
    bounty, other = ROUNDS * market.stake, market.bob
    cost, _ = fill(market, other)
    anvil_chain.travel(PARTICIPATE)

    paid = market.market.settle(market.hidden, sender=market.carol, progress=False)

    # the bounty comes back, and the fees were as much
    assert sum(paid.values()) == cost
    assert set(paid) == {market.provider, other}
    assert anvil_chain.balance(DEAD) == bounty


def test_filling_costs_the_same_in_any_batches_and_under_any_names(market, anvil_chain):
    bounty = ROUNDS * market.stake
    cost = 0
    for number in range(40):
        count = 1 + number % 4
        price = market.price(count)
        market.contribute(anvil_chain.accounts[number % 5], count)
        cost += price - count * market.stake

    assert cost == bounty * 100**2 // MOST**2 == market.market.incentive.fee(bounty, 0, 100)


@pytest.mark.parametrize("part", [0.1, 0.5])
def test_a_part_of_a_market_costs_its_square_of_the_bounty(market, part):
    bounty, samples = ROUNDS * market.stake, int(part * MOST)
    cost, _ = fill(market, market.bob, samples)

    assert cost - samples * market.stake == pytest.approx(part**2 * bounty, abs=1)


def test_what_is_quoted_suffices_whoever_contributes_before(stage):
    market = stage(Phase.PARTICIPATION, most_samples=2_000)
    quoted = market.market.quote().deposit_wei
    for _ in range(5):
        market.send("contributeBatch", pack_batch(market.samples[:1] * 256, [1] * 256), 0, value=market.price(256))

    assert market.price() <= quoted
    market.send("contribute", market.samples[0], 1, 0, value=quoted)
