"""After any actions at a trainer, in any order, the money is where the rules say."""

from tests.stateful.incentives import INCENTIVES
from tests.stateful.machine import SharedModel
from tests.stateful.running import STEPS, STEPS_ON_PY_EVM, run

PLAYED = INCENTIVES["DepositRefundTake"]


def test_on_anvil_nobody_gets_what_isnt_theirs_and_every_claim_ends(anvil_world):
    tally = run(lambda tally: SharedModel(anvil_world, tally), STEPS)

    assert set(PLAYED.missing(tally)) <= PLAYED.seldom


def test_on_py_evm_nobody_gets_what_isnt_theirs_and_every_claim_ends(py_evm_world):
    run(lambda tally: SharedModel(py_evm_world, tally), STEPS_ON_PY_EVM)
