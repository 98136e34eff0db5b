"""Whatever anybody does, in whatever order, the money is where the rules say."""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.machine import SharedModel

SOAK_STEPS = int(os.environ.get("DCAI_SOAK_STEPS", "0"))
STEPS = SOAK_STEPS or 2_000
STEPS_A_RUN = 50


def run(world, steps):
    seen = Counter()
    run_state_machine_as_test(
        lambda: SharedModel(world, seen),
        settings=settings(
            max_examples=-(-steps // STEPS_A_RUN) * 3,
            stateful_step_count=STEPS_A_RUN,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return seen


def test_anvil(anvil_world):
    import time

    t = time.time()
    seen = run(anvil_world, STEPS)
    for k, v in sorted(seen.items(), key=str):
        print(k, v)
    print(time.time() - t)
