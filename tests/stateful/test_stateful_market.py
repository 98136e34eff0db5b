"""Whatever anybody does to a market, in whatever order, the money is where the rules say, and there is a way out."""

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from dcai.chain.codec import codec
from tests.stateful.machine import Tally
from tests.stateful.market_actions import FUNCTIONS
from tests.stateful.market_machine import PlayedMarket
from tests.stateful.test_stateful import SOAK_STEPS, STEPS, STEPS_A_RUN, STEPS_ON_PY_EVM

ERRORS = {error.name for error in codec("IPredictionMarket").errors.values()}
OF_OTHER_STORIES = {"MalformedPortion", "TooLarge", "TooLong", "Underpaid"}
"""The first three are told in tests/test_market.py; a market has one price, which is the stake."""


def run(world, steps):
    """Make at least so many steps, mostly in runs of as many as `STEPS_A_RUN`."""
    tally = Tally()
    run_state_machine_as_test(
        lambda: PlayedMarket(world, tally),
        settings=settings(
            max_examples=1 + 3 * steps // (2 * STEPS_A_RUN),
            stateful_step_count=STEPS_A_RUN,
            deadline=None,
            derandomize=not SOAK_STEPS,
        ),
    )
    assert tally.steps >= steps
    return tally


def test_on_anvil_nobody_gets_what_isnt_theirs_and_every_market_ends(anvil_market_world):
    tally = run(anvil_market_world, STEPS)

    # else the rules could forbid everything and still be kept
    assert {what for what, error in tally.outcomes if error is None} == set(FUNCTIONS)
    assert {error for _, error in tally.outcomes} >= ERRORS - OF_OTHER_STORIES, sorted(tally.outcomes.items(), key=str)


def test_on_py_evm_nobody_gets_what_isnt_theirs_and_every_market_ends(py_evm_market_world):
    run(py_evm_market_world, STEPS_ON_PY_EVM)
