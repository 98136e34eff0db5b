"""Whole markets on every model's contract: payments to the wei, and a replay that equals the live model."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dcai
from dcai.incentives.prediction_market.course import Phase
from dcai.incentives.prediction_market.errors import WrongParameters
from dcai.trainer import products
from tests.support.market_play import MODELS, Replay, fitted, opened, reveal, terms

EXAMPLES = 8
"""Markets of each model."""

each_model = pytest.mark.parametrize("contract", MODELS)


@pytest.fixture(scope="module")
def anvil_chain(anvil):
    with dcai.local_chain("anvil", hardfork="osaka") as chain:
        yield chain


def test_every_product_with_a_market_is_here():
    found = {one.contract for one in products.known() if one.incentive is dcai.PredictionMarket}

    assert found == set(MODELS)


@st.composite
def settings_of_markets(draw):
    portions = draw(st.integers(2, 6))
    per_pass = draw(st.none() | st.integers(1, portions - 1))
    return terms(portions, draw(st.integers(1, 5)), per_pass=per_pass, turn_samples=draw(st.sampled_from([1, 1, 2, 3])))


people = st.integers(0, 4)
contributions = st.lists(st.tuples(people, st.sampled_from([1, 1, 1, 2, 3, 7])), min_size=1, max_size=9)
# how many samples at once, how many contributions too many, and by whom, again and again
pushes = st.lists(st.tuples(st.sampled_from([1, 1, 2, 3, 5, 100]), st.integers(0, 2), people), min_size=1, max_size=6)


@each_model
def test_markets_pay_what_the_rule_says_to_the_wei(anvil_chain, contract):
    paid_beyond_the_stakes = 0

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None)
    @given(settings_of_markets(), contributions, pushes, st.sampled_from([1, 2, 7, 40]), st.integers(0, 2**32 - 1))
    def check(incentive, contributions, pushes, rounds, seed):
        nonlocal paid_beyond_the_stakes
        chain, random = anvil_chain, np.random.default_rng(seed)
        model, samples = fitted(contract, random)
        market, test_set = opened(chain, model, incentive, samples, random, rounds=rounds)
        for person, size in contributions:
            labels = random.integers(len(model.classes), size=max(size, incentive.turn_samples)).tolist()
            data = [samples.features() for _ in labels]
            market.contribute_many(data, labels, sender=chain.accounts[person], progress=False)
        chain.travel(incentive.participate)
        reveal(market, test_set)

        replay = Replay(market, test_set)
        while not replay.over:
            most, surplus, person = pushes[0]
            pushes = [*pushes[1:], pushes[0]]
            replay.push(most, surplus=surplus, sender=chain.accounts[person])

        owed, stakes = replay.owed(), sum(entry.kept_wei for entry in replay.entries)
        bounty = rounds * incentive.stake_wei
        assert {person: market.owed(person) for person in owed} == owed
        assert market.course().remainder_wei == stakes + bounty - owed.total() >= 0
        assert market.audit().ok
        payments = market.settle(progress=False)
        remainder = stakes + bounty - owed.total()
        owed[market.creator] += remainder
        assert payments == +owed
        assert chain.balance(market.address) == 0
        assert market.audit().ok
        paid_beyond_the_stakes += remainder != bounty

    check()

    assert paid_beyond_the_stakes, "nobody ever gained or lost anything"


@each_model
def test_the_replay_passes_through_every_state_that_the_live_model_had(anvil_chain, contract):
    @settings(max_examples=3, deadline=None, derandomize=True, database=None)
    @given(st.lists(st.sampled_from([1, 1, 4]), min_size=2, max_size=10), st.integers(0, 2**32 - 1))
    def check(sizes, seed):
        chain, random = anvil_chain, np.random.default_rng(seed)
        model, samples = fitted(contract, random)
        market, test_set = opened(chain, model, terms(3, 3), samples, random)
        states = [market.model().parameters()]
        for size in sizes:
            labels = random.integers(len(model.classes), size=size).tolist()
            market.contribute_many([samples.features() for _ in labels], labels, progress=False)
            states.append(market.model().parameters())
        chain.travel(market.incentive.participate)
        reveal(market, test_set)
        replay = Replay(market, test_set)

        for at, (entry, live) in enumerate(zip(replay.entries, states[:-1], strict=True)):
            # what storage held then is what the contract has by its own replay: it takes no other parameters
            call = replay.next(1)._replace(parameters=live)
            if at == 1:
                with pytest.raises(WrongParameters):
                    market.send(market.prepare.evaluate(call._replace(parameters=altered(live))))
            replay.push(1, call=call)
            for _ in entry.samples()[1:]:
                replay.push(1)

        assert market.course().phase == Phase.PAYMENT
        assert replay_of(market, replay).parameters() == states[-1] == market.model().parameters()

    check()


def test_a_class_added_while_people_contribute_counts_from_then_on(anvil_chain):
    random = np.random.default_rng(5)
    for contract in ("SparseMulticlassPerceptronPM", "NearestCentroidPM"):
        model, samples = fitted(contract, random)
        market, test_set = opened(anvil_chain, model, terms(3, 3), samples, random)
        market.contribute(samples.features(), 0)
        market.add_class("new")
        market.contribute_many([samples.features() for _ in range(4)], [3, 3, 0, 1], sender=anvil_chain.accounts[1])
        anvil_chain.travel(market.incentive.participate)
        reveal(market, test_set)

        replay = Replay(market, test_set)
        replay.push(3)
        replay.push(2)

        assert {person: market.owed(person) for person in replay.owed()} == replay.owed()
        assert market.audit().ok


def altered(parameters):
    return parameters[:-1] + bytes([parameters[-1] ^ 1])


def replay_of(market, replay):
    """Return the twin after all contributions."""
    model = market.history().start()
    for _, sample, label in replay.steps:
        model.learn(sample, label)
    return model
