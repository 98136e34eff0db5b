"""Simulations of prediction markets: settled on chain, to the wei, whatever the provider does."""

from __future__ import annotations

from functools import cache

import pytest

from dcai.errors import InvalidInput
from dcai.simulation import simulate
from dcai.simulation.agents import Contributor
from tests.support.simulation import HONEST, played, scenario

pytestmark = pytest.mark.usefixtures("anvil")

STAKE = 9 * 10**14
BOUNTY = 500
TERMS = {
    "kind": "PredictionMarket",
    "stake": STAKE,
    "bounty": BOUNTY,
    "portion_size": 10,
    "participate": "1 day",
    "draw_after": 2,
    "reveal_within": "1 hour",
}
GOOD = {**HONEST, "eagerness": 1}
BAD = {"kind": "LabelFlipper", "name": "bad", "every": "30 minutes"}
PROVIDER = {"kind": "Provider", "name": "provider"}


class Generous(Contributor):
    """Sends two stakes."""

    sends: int = 2 * STAKE

    def act(self, rng, view):
        sample = view.sample()
        if sample is not None:
            yield from (one._replace(deposit_wei=self.sends) for one in self.contribution(rng, view, *sample))


class Stingy(Generous):
    """Sends a stake, and not the fee."""

    sends: int = STAKE


def market(*agents, **terms):
    return scenario(*agents, **{**TERMS, **terms})


@cache
def run():
    return played(market(PROVIDER, GOOD, BAD))


def burnt(samples):
    """Return what so many samples burn together."""
    return BOUNTY * STAKE * samples**2 // 10_000**2


def kept(played, name):
    """Return what an agent sent less the fees."""
    return sum(entry.kept_wei for entry in played.by(name))


def test_a_market_is_settled_and_every_wei_of_it_finds_an_owner_or_is_burnt():
    result = run().result

    assert (result.stopped, result.problems, result.open, result.contributed) == (None, (), 0, 40)
    assert sum(one.gain_wei + one.fee_wei for one in result.outcomes) == -burnt(40)


def test_each_sample_costs_a_stake_and_a_fee_and_payments_are_what_is_left_and_scores():
    for name in ("honest", "bad"):
        one = run().outcome(name)
        samples = one.earned["samples"]
        assert samples == one.done["contribute"] > 5
        assert samples * STAKE < kept(run(), name) < one.deposited_wei < 1.01 * samples * STAKE
        assert one.received_wei == pytest.approx(kept(run(), name) + one.earned["score"] * STAKE)
        assert one.gain_wei == one.received_wei - one.deposited_wei - one.fee_wei


def test_the_provider_pays_the_bounty_and_the_gas_of_the_settlement_and_gets_the_remainder():
    provider = run().outcome("provider")
    others = sum(run().outcome(name).earned["score"] for name in ("honest", "bad"))

    assert provider.deposited_wei == BOUNTY * STAKE
    assert provider.received_wei == pytest.approx((BOUNTY - others) * STAKE)
    assert provider.done == {
        "commit": 1,
        "draw": 1,
        "reveal": 10,
        "evaluate": 1,
        "collect": 2,
        "withdraw": 1,
        "forfeit": 1,
    }
    assert provider.gas > 10**6
    assert provider.gain_wei == provider.received_wei - provider.deposited_wei - provider.fee_wei


def test_the_settlement_comes_after_participation():
    actions = run().result.actions

    made = actions[actions["function"] == "contribute"]["time"]
    evaluated = actions[actions["function"] == "evaluate"]["time"]
    assert made.max() < 86_400 <= evaluated.min()


def test_nobody_contributes_when_participation_is_over():
    short = played(market(PROVIDER, GOOD, participate="2 hours"))

    assert 10 <= short.result.contributed <= 12
    assert short.outcome("honest").refused == {}
    assert short.outcome("provider").done["evaluate"] == 1
    assert short.result.problems == ()


def test_a_market_needs_no_agent_that_provides():
    without = played(market(GOOD))

    assert without.result.problems == ()
    assert without.outcome("honest").done["paid"] == 1


@pytest.mark.parametrize(("kind", "accepted"), [("Stingy", False), ("Generous", True)])
def test_whoever_sends_less_than_stake_and_fee_is_refused_and_what_is_more_comes_back(kind, accepted):
    one = played(market(GOOD, {"kind": kind, "name": "it", "every": "1 hour"}))

    sent = one.actions("it", "contribute")
    assert len(sent) > 3
    assert (sent["ok"] == accepted).all()
    assert one.result.problems == ()
    if accepted:
        assert one.outcome("it").received_wei == pytest.approx(
            kept(one, "it") + one.outcome("it").earned["score"] * STAKE
        )


def test_contributors_get_their_stakes_and_nobody_the_bounty_of_one_who_never_reveals():
    failed = played(market({"kind": "Withholder", "name": "it"}, GOOD, BAD))

    for name in ("honest", "bad"):
        count = failed.outcome(name).earned["samples"]
        assert count > 5
        assert failed.outcome(name).received_wei == kept(failed, name) >= count * STAKE
        assert failed.outcome(name).done["reclaim"] == count
    assert failed.outcome("it").gain_wei == -BOUNTY * STAKE - failed.outcome("it").fee_wei
    assert (failed.result.problems, failed.result.open) == ((), 0)


def test_contributors_pay_the_gas_of_reclaiming_their_own_from_a_failed_market():
    failed = played(market({"kind": "Withholder", "name": "it"}, GOOD, BAD))

    for name in ("honest", "bad"):
        one, reclaims = failed.outcome(name), failed.actions(name, "reclaim")
        assert 40_000 < reclaims["gas"].min() <= reclaims["gas"].max() < 100_000
        assert set(reclaims["id"]) == {entry.id for entry in failed.by(name)}
        assert one.gain_wei == one.received_wei - one.deposited_wei - one.fee_wei
    assert failed.result.problems == ()  # their balances on the chain among what is audited


def test_the_sybil_ring_repairs_at_once_with_one_address_what_another_has_spoilt():
    ring = played(market(PROVIDER, GOOD, {"kind": "SybilRing", "name": "ring", "members": 3, "every": "30 minutes"}))

    made = ring.by("ring")
    spoilt, repaired = made[::2], made[1::2]
    assert len(spoilt) == len(repaired) > 5
    for one, other in zip(spoilt, repaired, strict=True):
        assert (one.sample, one.time) == (other.sample, other.time)
        assert one.label != other.label
        assert one.author != other.author
    assert ring.result.problems == ()


@pytest.mark.parametrize("kind", ["FlipReportUnflip", "Sniper"])
def test_who_lives_on_claims_finds_none_in_a_market(kind):
    one = played(market(PROVIDER, GOOD, {"kind": kind, "name": "it", "every": "30 minutes"})).outcome("it")

    assert set(one.done) <= {"contribute", "paid"}
    assert one.done["contribute"] == 1


def test_one_who_never_opens_loses_the_bounty_and_takes_no_stakes():
    unopened = played(market({"kind": "Withholder", "name": "it", "withholds": "opening"}, GOOD))

    assert unopened.result.contributed == 0
    assert unopened.outcome("honest").gain_wei == 0
    assert unopened.outcome("it").gain_wei == -BOUNTY * STAKE - unopened.outcome("it").fee_wei
    assert unopened.result.problems == ()


def test_the_same_seed_draws_the_same_portion_and_pays_the_same():
    given = market(PROVIDER, GOOD, BAD)

    first, again = simulate(given), simulate(given)

    assert first.digest == again.digest
    assert first.outcomes == again.outcomes


def test_more_test_samples_than_there_are_are_refused():
    with pytest.raises(InvalidInput, match=r"10 portions of 100 samples needs 1,000 test samples.*has 171"):
        simulate(market(GOOD, portion_size=100))


def test_dense_models_play_too():
    result = simulate(scenario(GOOD, BAD, model="DensePerceptron", **TERMS))

    assert (result.stopped, result.problems) == (None, ())


def test_agents_contribute_in_turns_and_what_is_not_enough_for_one_is_left():
    played_in_turns = played(market(PROVIDER, GOOD, BAD, turn_samples=5))
    result = played_in_turns.result

    assert (result.problems, result.open) == ((), 0)
    assert sum(one.gain_wei + one.fee_wei for one in result.outcomes) == -burnt(result.contributed)
    for name in ("honest", "bad"):
        entries = played_in_turns.by(name)
        assert {len(entry.samples()) for entry in entries} == {5}
        one = played_in_turns.outcome(name)
        assert one.earned["samples"] == one.done["contribute"] == 5 * len(entries)
        assert one.received_wei == pytest.approx(kept(played_in_turns, name) + one.earned["score"] * STAKE)
        assert one.refused.get("TurnTooSmall", 0) < 5
    # each sample of a turn has its part of the gas
    made = result.actions.query("function == 'contribute' and ok")
    assert made["gas"].groupby(made["id"]).agg(lambda gas: gas.max() - gas.min()).max() <= 1
