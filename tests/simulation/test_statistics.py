"""Statistics of many runs: means with intervals, and courses aligned in time."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from dcai.simulation.sweep.runs import Run
from dcai.simulation.sweep.statistics import Interval, by_settings, mean_course


def run(seed, contributions, accuracy, settings=("a=1",), failure=None):
    course = None if failure else {"contributions": contributions, "accuracy": accuracy}
    return Run(settings, seed, None if failure else {}, course, failure)


def test_an_interval_is_students():
    values = [0.1, 0.4, 0.35, 0.8]

    interval = Interval.of(values)

    low, high = stats.t.interval(0.95, 3, loc=np.mean(values), scale=stats.sem(values))
    assert interval.mean - interval.half == pytest.approx(low)
    assert interval.mean + interval.half == pytest.approx(high)
    assert f"{interval:+.2f}" == "+0.41 ± 0.46"


def test_one_value_has_no_interval():
    assert f"{Interval.of([0.5]):.1%}" == "50.0%"


def test_courses_of_different_lengths_are_laid_over_each_other_by_the_part_that_was_contributed():
    runs = [run(0, [0, 50, 100, 100], [0.0, 0.5, 1.0, 1.0]), run(1, [0, 5, 10], [0.0, 0.5, 1.0])]

    where, means = mean_course(runs, "accuracy", points=5)

    assert where == [0, 0.25, 0.5, 0.75, 1]
    assert [mean.mean for mean in means] == pytest.approx(where)
    assert [mean.half for mean in means] == pytest.approx([0] * 5)


def test_failed_runs_say_nothing_and_their_settings_stay():
    groups = by_settings([run(0, [0, 1], [0, 1]), run(1, [], [], failure="Traceback"), run(0, [], [], ("a=2",), "x")])

    assert {settings: len(group) for settings, group in groups.items()} == {("a=1",): 1, ("a=2",): 0}
