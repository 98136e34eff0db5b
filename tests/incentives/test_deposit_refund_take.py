"""The settings of a trainer with Deposit-Refund-Take, and the price of a contribution."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dcai
from dcai.errors import InvalidInput

TRAINER = "SparsePerceptronDRT"
DAY = 86_400

weights = st.integers(0, 2**64 - 1)
amounts = st.integers(1, 2**64 - 1)
units = st.integers(1, 65_535) | st.integers(1, 200)
elapsed_seconds = st.integers(0, 2**32) | st.integers(0, 100_000)


@st.composite
def incentives(draw):
    """Draw an incentive with any allowed settings."""
    cuts = sorted(draw(st.sets(st.integers(1, 2**32 - 1), min_size=3, max_size=3)))
    refund_after, creator_take_after, take_after = cuts
    return dcai.DepositRefundTake(
        weight_wei=draw(weights),
        minimum_wei=draw(amounts),
        refund_after=refund_after,
        settle_after=draw(st.integers(0, creator_take_after - refund_after - 1)),
        creator_take_after=creator_take_after,
        take_after=take_after,
        size_unit=draw(units),
    )


def test_the_talks_rule_prices_a_contribution_by_the_time_since_the_last():
    incentive = dcai.DepositRefundTake(weight_wei=10**12, minimum_wei=1)

    assert incentive.price(3600) == 60 * 10**12
    assert incentive.price(4 * 3600) == 30 * 10**12
    assert incentive.price(1) == incentive.price(0) == 3600 * 10**12


def test_a_contribution_never_costs_less_than_the_minimum():
    assert dcai.DepositRefundTake(weight_wei=10**12, minimum_wei=10**15).price(10**9) == 10**15
    assert dcai.DepositRefundTake(weight_wei=0, minimum_wei=3).price(0, (1, 150, 1)) == 10


def test_a_sample_up_to_the_size_unit_costs_the_same_and_a_larger_one_more_than_in_proportion():
    incentive = dcai.DepositRefundTake(size_unit=100)

    prices = [incentive.price(DAY, (size,)) for size in (1, 100, 200, 400)]

    assert prices[0] == prices[1]
    assert prices[2] == pytest.approx(2**1.5 * prices[1])
    assert prices[3] == pytest.approx(4**1.5 * prices[1])


def test_a_batch_costs_what_its_samples_cost_evenly_spread_over_the_time_a_second_or_more_apart():
    incentive = dcai.DepositRefundTake()

    assert incentive.price(100 * DAY, (1,) * 100) == pytest.approx(100 * incentive.price(DAY), rel=1e-9)
    assert incentive.price(1, (1,) * 100) == incentive.price(100, (1,) * 100) == 100 * incentive.price(1)


@given(incentives(), elapsed_seconds, st.lists(st.integers(1, 65_535), min_size=1, max_size=8))
def test_no_later_time_is_dearer_and_no_further_sample_is_free(incentive, elapsed, sizes):
    sizes = tuple(sizes)

    assert incentive.price(elapsed + 1, sizes) <= incentive.price(elapsed, sizes) <= incentive.price(0, sizes)
    assert incentive.price(elapsed, (*sizes, 1)) > incentive.price(elapsed, sizes)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    incentive=incentives(),
    questions=st.lists(
        st.tuples(elapsed_seconds, st.lists(st.integers(1, 65_535) | st.integers(1, 50), min_size=1, max_size=256)),
        min_size=1,
        max_size=6,
    ),
)
def test_the_price_and_the_terms_are_the_contracts_to_the_wei(anvil, chain, perceptron, incentive, questions):
    snapshot = chain.snapshot()
    trainer = dcai.deploy(chain, perceptron([0]), incentive)
    _, _, last = chain.read(TRAINER, trainer.address, "progress")

    for elapsed, sizes in questions:
        size = sum(max(one, incentive.size_unit) for one in sizes)
        charged = chain.read(TRAINER, trainer.address, "price", len(sizes), size, last + elapsed)
        assert charged == incentive.price(elapsed, tuple(sizes))

    told = chain.read(TRAINER, trainer.address, "terms")
    assert told == (incentive.weight_wei, incentive.minimum_wei, *incentive.times())
    assert trainer.incentive == incentive
    chain.revert(snapshot)


@given(incentives())
def test_what_stands_in_a_trainers_code_is_read_back(incentive):
    assert dcai.DepositRefundTake.from_packed(incentive.packed(), incentive.size_unit) == incentive
    assert len(incentive.packed()) == 32


def test_times_are_seconds_timedeltas_or_text():
    incentive = dcai.DepositRefundTake(
        refund_after=60, settle_after=timedelta(minutes=2), creator_take_after="1 hour", take_after="1 day"
    )

    assert incentive.times() == (60, 120, 3600, DAY)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"weight_wei": -1}, ["weight_wei", "-1", "from 0"]),
        ({"weight_wei": 2**64}, ["weight_wei", str(2**64 - 1)]),
        ({"weight_wei": 1e12}, ["weight_wei", "1000000000000.0"]),
        ({"minimum_wei": 0}, ["minimum_wei", "from 1"]),
        ({"minimum_wei": 2**64}, ["minimum_wei"]),
        ({"minimum_wei": "1 finney"}, ["minimum_wei", "'1 finney'"]),
        ({"size_unit": 0}, ["size_unit", "from 1 to 65535"]),
        ({"size_unit": 65_536}, ["size_unit", "65536"]),
        ({"refund_after": 0}, ["refund_after", "in order"]),
        ({"refund_after": "-1 day"}, ["'-1 day'"]),
        ({"refund_after": "soon"}, ["'soon'", "1 day"]),
        ({"refund_after": "7 days"}, ["in order", "604800 + 86400"]),
        ({"creator_take_after": "10 days"}, ["in order", "864000"]),
        ({"take_after": 2**32}, ["in order", str(2**32)]),
    ],
    ids=str,
)
def test_a_setting_out_of_its_range_is_refused_with_the_range(wrong, words):
    with pytest.raises(InvalidInput) as caught:
        dcai.DepositRefundTake(**wrong)

    for word in words:
        assert word in str(caught.value)


def test_the_edges_of_the_ranges_are_accepted():
    edges = {
        "weight_wei": 2**64 - 1,
        "minimum_wei": 2**64 - 1,
        "refund_after": 1,
        "settle_after": 2**32 - 3,
        "creator_take_after": 2**32 - 1,
        "take_after": 2**32 - 1,
        "size_unit": 65_535,
    }

    assert asdict(dcai.DepositRefundTake(**edges)) == edges
