"""After any actions at a market, in any order, the money is where the rules say, and the market can end."""

from dcai.chain.codec import codec
from tests.stateful.market_actions import FUNCTIONS
from tests.stateful.market_machine import PlayedMarket
from tests.stateful.running import STEPS, STEPS_ON_PY_EVM, run

ERRORS = {error.name for error in codec("IPredictionMarket").errors.values()}
OF_OTHER_STORIES = {"AlreadyRevealed", "MalformedPortion", "TooLarge", "TooLong"}
"""The first is seldom met, and told in tests/incentives/test_market_phases.py as the others."""


def test_on_anvil_nobody_gets_what_isnt_theirs_and_every_market_ends(anvil_market_world):
    tally = run(lambda tally: PlayedMarket(anvil_market_world, tally), STEPS)

    # else the rules could forbid everything and still be kept
    assert {what for what, error in tally.outcomes if error is None} == set(FUNCTIONS)
    assert {error for _, error in tally.outcomes} >= ERRORS - OF_OTHER_STORIES, sorted(tally.outcomes.items(), key=str)


def test_on_py_evm_nobody_gets_what_isnt_theirs_and_every_market_ends(py_evm_market_world):
    run(lambda tally: PlayedMarket(py_evm_market_world, tally), STEPS_ON_PY_EVM)
