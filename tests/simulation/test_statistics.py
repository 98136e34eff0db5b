"""Statistics of many runs: medians, intervals, differences seed by seed, and courses in time."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from dcai.simulation.sweep.runs import Run
from dcai.simulation.sweep.statistics import Band, Figures, Interval, Spread, by_settings, grouped


def run(seed, gain=0.0, course=((0, 0.5),), settings=("a=1",), failure=None):
    if failure:
        return Run(settings, seed, None, None, failure)
    accuracy = {"final": 0.8, "late": {"mean": 0.7}, "passes": [0.9, 0.95]}
    agents = {"it": {"gain_wei": gain, "fee_wei": 0, "earned": {"badges": []}}}
    times, values = zip(*course, strict=True)
    told = {"time": list(times), "accuracy": list(values)}
    return Run(settings, seed, {"scenario": {"unit": 1}, "accuracy": accuracy, "agents": agents}, told, None)


def test_an_interval_is_students():
    values = [0.1, 0.4, 0.35, 0.8]

    interval = Interval.of(values)

    low, high = stats.t.interval(0.95, 3, loc=np.mean(values), scale=stats.sem(values))
    assert interval.mean - interval.half == pytest.approx(low)
    assert interval.mean + interval.half == pytest.approx(high)
    assert f"{interval:+.2f}" == "+0.41 ± 0.46"


def test_one_value_has_no_interval():
    assert f"{Interval.of([0.5]):.1%}" == "50.0%"


def test_what_one_of_six_runs_won_moves_the_mean_and_not_the_median():
    changes = (995.0, -343.0, -512.0, -640.0, -720.0, -958.0)

    spread = Spread(changes)

    assert spread.mean.mean == pytest.approx(-363, abs=1)
    assert spread.mean.half > 700
    assert spread.median == -576
    assert spread.quartiles == (-700, -385.25)
    told = spread.as_json()
    assert (told["least"], told["most"], told["values"]) == (-958, 995, list(changes))


@pytest.mark.parametrize(("count", "ends"), [(5, None), (6, (0, 5)), (20, (5, 14)), (1, None)])
def test_the_interval_of_a_median_assumes_nothing_about_the_values(count, ends):
    interval = Spread(tuple(float(value) ** 3 for value in range(count))).median_interval

    assert interval == (None if ends is None else (ends[0] ** 3, ends[1] ** 3))
    if ends is not None:  # that so many of the values lie below the median
        assert stats.binom.cdf(ends[1], count, 0.5) - stats.binom.cdf(ends[0], count, 0.5) >= 0.95


def test_settings_are_compared_seed_by_seed():
    chance = [0.0, 300.0, -500.0, 40.0]
    runs = [run(seed, gain) for seed, gain in enumerate(chance)]
    others = [run(seed, gain + 10 + seed, settings=("a=2",)) for seed, gain in reversed(list(enumerate(chance)))]

    first, second = grouped([*runs, *others])

    assert first.more is None
    more = second.more.agents["it"]["change"]
    assert sorted(more.values) == [10, 11, 12, 13]
    assert more.mean.half < 3 < 300 < first.figures.agents["it"]["change"].mean.half


def test_only_seeds_of_both_settings_are_compared():
    one, other = [run(0, 5), run(1, 5)], [run(1, 3), run(2, 3)]

    assert Figures.between(one, other).agents["it"]["change"].values == (2,)
    assert Figures.between(one, other[1:]) is None


def test_courses_of_different_lengths_have_one_axis_of_time_to_the_end_of_the_longest():
    runs = [run(0, course=[(0, 0.0), (10, 0.5), (20, 1.0)]), run(1, course=[(0, 0.0), (40, 0.6)])]

    band = Band.of(runs, "accuracy", np.array([0.0, 9, 10, 20, 39, 40]))

    # what was noted holds until the next note, and after the end
    assert band.most.tolist() == [0, 0, 0.5, 1, 1, 1]
    assert band.least.tolist() == [0, 0, 0, 0, 0, 0.6]
    assert band.median.tolist() == [0, 0, 0.25, 0.5, 0.5, 0.8]


def test_bands_of_what_is_never_negative_are_not_either():
    runs = [run(seed, course=[(0, value)]) for seed, value in enumerate([0.0, 0.0, 0.0, 0.0, 900.0])]

    band = Band.of(runs, "accuracy", np.array([0.0]))

    assert min(band.least[0], band.low[0]) == 0
    assert Interval.of([0, 0, 0, 0, 900]).mean < Interval.of([0, 0, 0, 0, 900]).half


def test_failed_runs_say_nothing_and_their_settings_stay():
    groups = by_settings([run(0), run(1, failure="Traceback"), run(0, settings=("a=2",), failure="x")])

    assert {settings: len(group) for settings, group in groups.items()} == {("a=1",): 1, ("a=2",): 0}
