"""After any actions at a trainer with Gamified, in any order, points and badges are what the rules say."""

from __future__ import annotations

import dcai
from dcai.chain.codec import codec
from tests.stateful.gamified_machine import Trainer
from tests.stateful.incentives import INCENTIVES
from tests.stateful.running import STEPS, STEPS_ON_PY_EVM, run

PLAYED = INCENTIVES["Gamified"]


def test_on_anvil_points_and_badges_are_what_the_rules_say(anvil):
    with dcai.local_chain("anvil") as chain:
        tally = run(lambda tally: Trainer(chain, tally), STEPS)

    assert set(PLAYED.missing(tally)) <= PLAYED.seldom


def test_on_py_evm_points_and_badges_are_what_the_rules_say():
    with dcai.local_chain("py-evm") as chain:
        run(lambda tally: Trainer(chain, tally, most_calls=60), STEPS_ON_PY_EVM)


def test_every_error_of_the_incentive_is_one_that_people_meet_here():
    own = {error.name for error in codec("IGamified").errors.values()}

    assert own - PLAYED.refused == {"NotTransferable", "UnknownBadge", "LengthsDiffer"}
