"""A soak shares its steps out, counts what was done, and shows a failure with what reproduces it."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.stateful import soak
from tests.stateful.incentives import INCENTIVES, Played
from tests.stateful.running import OUT_OF_GAS, Tally, run_at_random
from tests.stateful.soak import Outcome, Part

ROOT = Path(__file__).resolve().parent.parent.parent


class Counting(RuleBasedStateMachine):
    def __init__(self, tally):
        super().__init__()
        self.tally = tally

    @rule()
    def step(self):
        self.tally.steps += 1
        self.tally.outcomes["step", None] += 1


class Failing(Counting):
    @rule()
    def fault(self):
        raise AssertionError("nothing left")


def tally_of(*outcomes, steps=10):
    return Tally(steps, 1, Counter(outcomes))


def test_the_steps_are_the_total_over_all_incentives():
    parts = list(soak.parts(1_000_000, 7))

    shares = [sum(part.steps for part in parts if part.incentive == name) for name in INCENTIVES]
    assert sum(shares) == 1_000_000
    assert max(shares) - min(shares) <= 1
    assert len({part.seed for part in parts}) == len(parts)
    assert {part.incentive for part in parts[: len(INCENTIVES)]} == set(INCENTIVES)


def test_a_random_run_makes_as_many_steps_as_were_asked_for():
    assert 120 <= run_at_random(Counting, 120, seed=3).steps < 300


def test_a_failure_is_shown_with_a_blob_that_reproduces_it(monkeypatch, anvil):
    failing = Played(lambda chain: Failing, frozenset(), frozenset(), frozenset())
    monkeypatch.setitem(INCENTIVES, "Gamified", failing)
    part = Part("Gamified", 50, 1)

    outcome = soak.play(part)
    (blob,) = re.findall(r"reproduce_failure\(.*b'(.*)'\)", outcome.failure)

    assert "nothing left" in outcome.failure
    assert "nothing left" in soak.play(part, blob).failure


def test_a_failure_counts_and_the_others_steps_too():
    parts = list(soak.parts(30, 0))
    done = [Outcome(part, tally_of(("take", None), ("take", "TooEarly"))) for part in parts[:2]]

    told = soak.summary([*done, Outcome(parts[2], Tally(), "Traceback …")], 30, 0, 1.0)

    assert told["failures"] == 1
    assert [one["steps"] for one in told["incentives"].values()] == [10, 10, 0]
    assert told["incentives"][parts[0].incentive]["refused"] == {"TooEarly": 1}


@pytest.mark.parametrize("name", INCENTIVES)
def test_what_a_short_run_missed_is_named(name):
    played = INCENTIVES[name]
    everything = [(what, None) for what in played.succeeds] + [("call", error) for error in played.refused]

    assert played.missing(tally_of(*everything)) == [OUT_OF_GAS]
    assert played.missing(tally_of(*everything, ("call", OUT_OF_GAS))) == []
    assert played.seldom <= played.refused | played.succeeds


def test_security_shows_the_committed_soak():
    told = json.loads((ROOT / "soak.json").read_text(encoding="utf-8"))

    assert soak.table(told) in (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    assert told["failures"] == 0
