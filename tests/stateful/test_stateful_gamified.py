"""After any actions at a trainer with Gamified, in any order, points and badges are what the rules say."""

from __future__ import annotations

import dcai
from dcai.chain.codec import codec
from tests.stateful.gamified_machine import Trainer
from tests.stateful.running import STEPS, STEPS_ON_PY_EVM, run

ERRORS = {
    "AlreadyValidated",
    "BadPositions",
    "EmptySample",
    "IsBatch",
    "IsNoBatch",
    "ModelAgrees",
    "ModelDisagrees",
    "MostlyAgreed",
    "MostlyDisagreed",
    "NoMoney",
    "NotAuthor",
    "NotEnoughGood",
    "NotValidated",
    "NothingLeft",
    "NothingToDefend",
    "OwnContribution",
    "TooEarly",
    "TooLarge",
    "TooLate",
    "UnknownContribution",
    "UnknownLabel",
}
SELDOM = {"BadPositions", "IsNoBatch", "MostlyAgreed", "MostlyDisagreed", "NothingLeft"}


def test_on_anvil_points_and_badges_are_what_the_rules_say(anvil):
    with dcai.local_chain("anvil") as chain:
        tally = run(lambda tally: Trainer(chain, tally), STEPS)

    # else the rules could forbid everything and still be kept
    done = {name for name, error in tally.outcomes if error is None}
    assert done >= {"Validated", "BatchValidated", "Duplicate", "Reported", "Defended", "PointsTaken", "TransferSingle"}
    assert ERRORS - SELDOM - {error for _, error in tally.outcomes} == set()


def test_on_py_evm_points_and_badges_are_what_the_rules_say():
    with dcai.local_chain("py-evm") as chain:
        run(lambda tally: Trainer(chain, tally), STEPS_ON_PY_EVM)


def test_every_error_of_the_incentive_is_one_that_people_meet_here():
    own = {error.name for error in codec("IGamified").errors.values()}

    assert own - ERRORS == {"NotTransferable", "UnknownBadge", "LengthsDiffer"}
