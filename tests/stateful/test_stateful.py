"""After any actions at a trainer, in any order, the money is where the rules say."""

from dcai.chain.codec import codec
from tests.stateful.machine import SharedModel
from tests.stateful.running import STEPS, STEPS_ON_PY_EVM, run

CALLS = {
    "contribute",
    "contributeBatch",
    "refund",
    "refundBatch",
    "split",
    "report",
    "reportBatch",
    "take",
    "multicall",
}
ERRORS = {error.name for face in ("ITrainer", "IModel", "IDepositRefundTake") for error in codec(face).errors.values()}
OF_THE_CREATOR = {
    "NotInitialized",
    "AlreadyInitialized",
    "BadChunk",
    "BadSetting",
    "NotCreator",
    "AlreadyPublished",
    "TooManyClasses",
    "BadName",
    "NoSuchClassYet",
}
OF_OTHER_INCENTIVES = {"TooLarge"}
OF_OTHER_MODELS = {"WrongLength", "NotUnitNorm", "TooManyFeatures", "TooLong"}
SELDOM = {"AlreadyTaken", "OwnContribution", "ShareIsZero"}


def test_on_anvil_nobody_gets_what_isnt_theirs_and_every_claim_ends(anvil_world):
    tally = run(lambda tally: SharedModel(anvil_world, tally), STEPS)

    # else the rules could forbid everything and still be kept
    assert {what for what, error in tally.outcomes if error is None} >= CALLS | {"take a share"}
    met = {error for _, error in tally.outcomes}
    assert met >= ERRORS - OF_THE_CREATOR - OF_OTHER_MODELS - OF_OTHER_INCENTIVES - SELDOM


def test_on_py_evm_nobody_gets_what_isnt_theirs_and_every_claim_ends(py_evm_world):
    run(lambda tally: SharedModel(py_evm_world, tally), STEPS_ON_PY_EVM)
