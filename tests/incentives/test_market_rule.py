"""The twin and the contract's library compute in one pass what the talk's rule gives round by round."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations, product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import dcai
from dcai.incentives.prediction_market.payoffs import Rounds
from tests.support.market_rule import gains, paid
from tests.support.solidity import compiled

LARGEST = 2**40 - 1
"""The most rounds that a market has."""


@pytest.fixture(scope="module")
def library(anvil):
    """Return a function that lets contracts/libraries/Rounds.sol play a market."""
    codec, bytecode = compiled("tests/support/contracts/RoundsHarness.sol", "contracts/libraries/Rounds.sol")
    with dcai.local_chain("anvil") as chain:
        address = chain.send(None, bytecode, sender=chain.accounts[0]).contract_address

        def play(mistakes, rounds, spare=None):
            spare = spare or [0] * (len(mistakes) - 1)
            call = codec.call("gains", rounds, *parted(mistakes), spare)
            return list(codec.result("gains", chain.call(address, call)))

        yield play


def parted(mistakes):
    return mistakes[0], mistakes[1:]


def by_the_twin(mistakes, rounds, spare=None):
    start, others = parted(mistakes)
    game = Rounds(rounds, start)
    return [game.play(*one) for one in zip(others, spare or [0] * len(others), strict=True)]


markets = st.integers(1, 12).flatmap(
    lambda tests: st.tuples(
        st.lists(st.integers(0, tests), min_size=1, max_size=14), st.just(tests), st.integers(1, 50)
    )
)


@settings(max_examples=600, deadline=None, derandomize=True)
@given(markets)
# the second leaves in the last round of the first; all leave in the first round; nobody leaves and somebody gains
@example(([3, 2, 5, 0, 4], 5, 4))
@example(([0, 1, 2, 3], 3, 1))
@example(([9, 6, 3, 0], 9, 50))
def test_markets_of_any_size_pay_by_the_rule_to_the_unit(library, market):
    mistakes, tests, rounds = market

    expected = gains(mistakes, tests, rounds)

    assert by_the_twin(mistakes, rounds) == expected
    assert library(mistakes, rounds) == expected


def test_every_small_market_pays_by_the_rule(library):
    for count in range(4):
        for mistakes in product(range(3), repeat=1 + count):
            for rounds in (1, 2, 3, 5):
                expected = gains(list(mistakes), 2, rounds)
                assert by_the_twin(mistakes, rounds) == expected, (mistakes, rounds)
                assert library(list(mistakes), rounds) == expected, (mistakes, rounds)


def test_participants_leave_in_every_order_and_are_paid_by_the_rule(library):
    met = {}
    for mistakes in product(range(7), repeat=4):
        market = [2, *mistakes]
        _, left = paid([Fraction(wrong, 6) for wrong in market], 12)
        met.setdefault(tuple(who for who in left if who != 1), market)

    # whoever has the same one before in every round leaves after the first or never: so does 3 as long as 2 is in
    never = {(4, 3), (4, 3, 2)}
    assert met.keys() == {order for size in range(4) for order in permutations((2, 3, 4), size)} - never
    for market in met.values():
        assert by_the_twin(market, 12) == library(market, 12) == gains(market, 6, 12)


turns = st.integers(1, 12).flatmap(
    lambda tests: st.tuples(
        st.integers(0, tests),
        st.lists(st.tuples(st.integers(0, tests), st.integers(1, 5)), min_size=1, max_size=14),
        st.just(tests),
        st.integers(1, 50),
    )
)


@settings(max_examples=600, deadline=None, derandomize=True)
@given(turns)
# a turn has exactly one stake left and stays in; another has less in the last round; one lives on the others' stakes
@example((2, [(3, 3)], 2, 4))
@example((0, [(3, 3), (1, 1)], 4, 3))
@example((0, [(4, 5), (3, 2), (0, 1)], 4, 9))
def test_turns_of_any_size_put_all_their_stakes_at_risk_and_pay_by_the_rule_to_the_unit(library, market):
    start, others, tests, rounds = market
    mistakes, stakes = [start, *(wrong for wrong, _ in others)], [size for _, size in others]
    spare = [(size - 1) * tests for size in stakes]

    expected = gains(mistakes, tests, rounds, stakes)

    assert by_the_twin(mistakes, rounds, spare) == expected
    assert library(mistakes, rounds, spare) == expected
    assert all(gain >= -size * tests for gain, size in zip(expected, stakes, strict=True))


def test_a_turn_plays_on_until_less_than_one_of_its_stakes_is_left():
    losing = [Fraction(0), Fraction(1, 2)]

    # half a stake is lost per round: with three stakes four rounds leave exactly one, and the fifth less
    assert paid(losing, 4, [3]) == ([1], [])
    assert paid(losing, 9, [3]) == ([Fraction(1, 2)], [1])
    assert paid(losing, 9, [1]) == ([Fraction(1, 2)], [1])


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.integers(0, 65_535), st.integers(1, 256)), min_size=1, max_size=25),
    st.integers(1, LARGEST) | st.just(LARGEST) | st.integers(1, 1_000),
)
def test_however_many_rounds_nothing_is_lost_and_nobody_loses_more_than_the_stakes(library, market, rounds):
    mistakes, stakes = [list(part) for part in zip(*market, strict=True)]
    spare = [(size - 1) * 65_535 for size in stakes[1:]]
    found = library(mistakes, rounds, spare)

    assert found == by_the_twin(mistakes, rounds, spare)
    assert all(gain >= -size * 65_535 for gain, size in zip(found, stakes[1:], strict=True))
    # round by round it adds up to the mistakes at the start less those of the last one in
    assert rounds * (mistakes[0] - max(mistakes)) <= sum(found) <= rounds * (mistakes[0] - min(mistakes))


def test_who_has_exactly_the_stake_stays_in_and_who_has_less_is_paid_what_is_left():
    assert paid([Fraction(0), Fraction(0), Fraction(0)], 3) == ([1, 1], [])
    assert paid([Fraction(0), Fraction(0), Fraction(1, 2)], 3) == ([1, Fraction(1, 2)], [2])
