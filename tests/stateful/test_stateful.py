"""Whatever anybody does to a trainer, in whatever order, the money is where the rules say."""

import os

from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.machine import SharedModel, Tally

SOAK_STEPS = int(os.environ.get("DCAI_SOAK_STEPS", "0"))
STEPS = SOAK_STEPS or 2_000
STEPS_ON_PY_EVM = 100
STEPS_A_RUN = 50

# What a few thousand steps can't but come across; there is more that they may.
WORK = {
    "contribute",
    "contributeBatch",
    "refund",
    "refundBatch",
    "split",
    "report",
    "take",
    "take a share",
    "multicall",
}
ERRORS = {
    *(
        "EmptySample",
        "OddLength",
        "NotIncreasing",
        "IndexTooLarge",
        "UnknownLabel",
        "BadBatch",
        "Underpaid",
        "BadDeposit",
    ),
    *(
        "UnknownContribution",
        "NothingLeft",
        "IsBatch",
        "IsNoBatch",
        "TooEarly",
        "NotAuthor",
        "NothingGood",
        "NotReported",
    ),
    *("AlreadyReported", "ModelDisagrees", "ModelAgrees", "NoneRefundable", "NoneToSplit", "FailedCall"),
}


def run(world, steps):
    """Make at least so many steps, mostly in runs of as many as `STEPS_A_RUN`."""
    tally = Tally()
    run_state_machine_as_test(
        lambda: SharedModel(world, tally),
        settings=settings(
            max_examples=1 + 3 * steps // (2 * STEPS_A_RUN),
            stateful_step_count=STEPS_A_RUN,
            deadline=None,
            phases=[Phase.generate],
            derandomize=not SOAK_STEPS,
        ),
    )
    assert tally.steps >= steps
    return tally


def test_on_anvil_nobody_gets_what_isnt_theirs_and_every_claim_ends(anvil_world):
    tally = run(anvil_world, STEPS)

    assert {what for what, error in tally.outcomes if error is None} >= WORK
    assert {error for _, error in tally.outcomes} >= ERRORS


def test_on_py_evm_nobody_gets_what_isnt_theirs_and_every_claim_ends(py_evm_world):
    run(py_evm_world, STEPS_ON_PY_EVM)
