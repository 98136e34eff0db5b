"""Runs of random steps, and their outcomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import hypothesis
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

STEPS = 2_000
STEPS_ON_PY_EVM = 50
_STEPS_A_RUN = 50

OUT_OF_GAS = "out of gas"
"""Stands for the error of a call that had little gas, and nothing came of it."""


@dataclass
class Tally:
    """What was tried.

    Attributes
    ----------
    steps, runs : int
    outcomes : Counter
        (function, error that it was refused with or None) -> how often.
    events : Counter
        What else happened -> how often.
    """

    steps: int = 0
    runs: int = 0
    outcomes: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Count what another one has counted too."""
        self.steps += other.steps
        self.runs += other.runs
        self.outcomes += other.outcomes
        self.events += other.events


Machine = Callable[[Tally], RuleBasedStateMachine]


def run(machine: Machine, steps: int) -> Tally:
    """Make at least this many steps, mostly in runs of the maximal length, and the same ones each time."""
    tally = Tally()
    _run(machine, tally, 1 + 3 * steps // (2 * _STEPS_A_RUN), None)
    assert tally.steps >= steps
    return tally


def run_at_random(machine: Machine, steps: int, seed: int, blob: str | None = None) -> Tally:
    """Make at least this many steps that a seed decides; or only those of a failure, which its blob decides."""
    tally = Tally()
    while tally.steps < steps:
        missing = 1 + (steps - tally.steps) // _STEPS_A_RUN
        _run(machine, tally, missing, seed + tally.steps, blob)
        if blob is not None:
            break
    return tally


def _run(machine: Machine, tally: Tally, runs: int, seed: int | None, blob: str | None = None) -> None:
    def one() -> RuleBasedStateMachine:
        tally.runs += 1
        return machine(tally)

    if seed is not None:
        one = hypothesis.seed(seed)(one)
    if blob is not None:
        one = hypothesis.reproduce_failure(hypothesis.__version__, blob.encode())(one)
    run_state_machine_as_test(
        one,
        settings=settings(
            max_examples=runs,
            stateful_step_count=_STEPS_A_RUN,
            deadline=None,
            derandomize=seed is None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
