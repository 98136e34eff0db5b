"""After any actions at a market, in any order, the money is where the rules say, and the market can end."""

from tests.stateful.incentives import INCENTIVES
from tests.stateful.market_machine import PlayedMarket
from tests.stateful.running import STEPS, STEPS_ON_PY_EVM, run

PLAYED = INCENTIVES["PredictionMarket"]


def test_on_anvil_nobody_gets_what_isnt_theirs_and_every_market_ends(anvil_market_world):
    tally = run(lambda tally: PlayedMarket(anvil_market_world, tally), STEPS)

    assert set(PLAYED.missing(tally)) <= PLAYED.seldom


def test_on_py_evm_nobody_gets_what_isnt_theirs_and_every_market_ends(py_evm_market_world):
    run(lambda tally: PlayedMarket(py_evm_market_world, tally), STEPS_ON_PY_EVM)
