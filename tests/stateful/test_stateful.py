"""Whatever anybody does to a trainer, in whatever order, the money is where the rules say."""

import os

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from dcai.chain.codec import codec
from tests.stateful.machine import SharedModel, Tally

SOAK_STEPS = int(os.environ.get("DCAI_SOAK_STEPS", "0"))
STEPS = max(SOAK_STEPS, 2_000)
STEPS_ON_PY_EVM = 50
STEPS_A_RUN = 50

CALLS = {"contribute", "contributeBatch", "refund", "refundBatch", "split", "report", "take", "multicall"}
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
OF_OTHER_MODELS = {"WrongLength", "NotUnitNorm", "TooManyFeatures"}
SELDOM = {"AlreadyTaken", "OwnContribution", "ShareIsZero"}


def run(world, steps):
    """Make at least so many steps, mostly in runs of as many as `STEPS_A_RUN`."""
    tally = Tally()
    run_state_machine_as_test(
        lambda: SharedModel(world, tally),
        settings=settings(
            max_examples=1 + 3 * steps // (2 * STEPS_A_RUN),
            stateful_step_count=STEPS_A_RUN,
            deadline=None,
            derandomize=not SOAK_STEPS,
        ),
    )
    assert tally.steps >= steps
    return tally


def test_on_anvil_nobody_gets_what_isnt_theirs_and_every_claim_ends(anvil_world):
    tally = run(anvil_world, STEPS)

    # else the rules could forbid everything and still be kept
    assert {what for what, error in tally.outcomes if error is None} >= CALLS | {"take a share"}
    met = {error for _, error in tally.outcomes}
    assert met >= ERRORS - OF_THE_CREATOR - OF_OTHER_MODELS - OF_OTHER_INCENTIVES - SELDOM


def test_on_py_evm_nobody_gets_what_isnt_theirs_and_every_claim_ends(py_evm_world):
    run(py_evm_world, STEPS_ON_PY_EVM)
