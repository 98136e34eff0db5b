"""Runs of random steps, and their outcomes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

SOAK_STEPS = int(os.environ.get("DCAI_SOAK_STEPS", "0"))
STEPS = max(SOAK_STEPS, 2_000)
STEPS_ON_PY_EVM = 50
_STEPS_A_RUN = 50


@dataclass
class Tally:
    """What was tried.

    Attributes
    ----------
    steps : int
    outcomes : Counter
        (what, error that it was refused with or None) -> how often.
    """

    steps: int = 0
    outcomes: Counter[tuple[str, str | None]] = field(default_factory=Counter)


def run(machine: Callable[[Tally], RuleBasedStateMachine], steps: int) -> Tally:
    """Make at least this many steps, mostly in runs of the maximal length."""
    tally = Tally()
    run_state_machine_as_test(
        lambda: machine(tally),
        settings=settings(
            max_examples=1 + 3 * steps // (2 * _STEPS_A_RUN),
            stateful_step_count=_STEPS_A_RUN,
            deadline=None,
            derandomize=not SOAK_STEPS,
        ),
    )
    assert tally.steps >= steps
    return tally
