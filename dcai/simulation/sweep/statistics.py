"""Figures over many runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from math import isnan, nan
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from dcai.simulation.sweep.runs import Run

_CONFIDENCE = 0.95
_QUARTILES = (25, 75)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """A mean with its confidence interval (95%, Student's t): `mean` ± `half`, which is nan for a single run."""

    mean: float
    half: float
    count: int

    @classmethod
    def of(cls, values: Iterable[float]) -> Interval:
        """Return the interval of a mean."""
        sample = np.array(list(values), dtype=float)
        if len(sample) < 2:
            return cls(float(sample.mean()) if len(sample) else nan, nan, len(sample))
        half = stats.t.ppf((1 + _CONFIDENCE) / 2, len(sample) - 1) * sample.std(ddof=1) / np.sqrt(len(sample))
        return cls(float(sample.mean()), float(half), len(sample))

    def as_json(self) -> dict[str, float | int | None]:
        """Return the figures, with None for nan, which JSON doesn't have."""
        return {name: _without_nan(figure) for name, figure in asdict(self).items()}

    def __format__(self, spec: str) -> str:
        if isnan(self.half):
            return format(self.mean, spec)
        return f"{format(self.mean, spec)} ± {format(self.half, spec.lstrip('+'))}"


@dataclass(frozen=True)
class Spread:
    """A figure of several runs: a value for each, in the order of their seeds.

    A mean says little of figures that a single run may dominate: its interval, Student's, assumes that they are spread
    evenly around it. Median, quartiles and the values themselves don't.

    Attributes
    ----------
    values : tuple of float
    """

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The value with as many below as above it."""
        return float(np.median(self.values))

    @property
    def quartiles(self) -> tuple[float, float]:
        """Between which the middle half of the values lies."""
        low, high = np.percentile(self.values, _QUARTILES).tolist()
        return low, high

    @property
    def mean(self) -> Interval:
        """The mean with its interval."""
        return Interval.of(self.values)

    @property
    def median_interval(self) -> tuple[float, float] | None:
        """A confidence interval of the median (95%), however the values are spread; None of fewer than six.

        From the k-th least to the k-th greatest value: that one of n values is below the median, has a probability of
        one half.
        """
        # how many values may lie on one side of the median
        outside = int(stats.binom.ppf((1 - _CONFIDENCE) / 2, len(self.values), 0.5))
        return (sorted(self.values)[outside - 1], sorted(self.values)[-outside]) if outside else None

    def as_json(self) -> dict[str, object]:
        """Return the figures, with None for nan, which JSON doesn't have."""
        low, high = self.quartiles
        within = self.median_interval
        return {
            **self.mean.as_json(),
            "median": self.median,
            "median_interval": None if within is None else list(within),
            "quartiles": [low, high],
            "least": min(self.values),
            "most": max(self.values),
            "values": list(self.values),
        }


@dataclass(frozen=True)
class Figures:
    """Figures over runs with the same settings, or over the differences between two such groups.

    Attributes
    ----------
    accuracy : dict of str to Spread
        On the hidden test set: "final", "late" (the mean of the last tenth of the samples), "lowest" in the run, and
        of the same model trained by its owner alone "alone" (in one pass) and "alone, 5 passes".
    agents : dict of str to dict of str to Spread
        Name -> "change", of its money, and "gas", what it paid for that, both in units of money, and whatever else it
        earned that is a number.
    """

    accuracy: dict[str, Spread]
    agents: dict[str, dict[str, Spread]]

    @classmethod
    def of(cls, runs: Sequence[Run]) -> Self:
        """Return the figures of runs, of which none failed."""
        accuracies = [_accuracies(run) for run in runs]
        accuracy = {name: Spread(tuple(one[name] for one in accuracies)) for name in accuracies[0]}
        outcomes = [_outcomes(run) for run in runs]
        agents = {
            agent: {
                thing: Spread(tuple(one[agent][thing] for one in outcomes))
                for thing in things
                if all(thing in one[agent] for one in outcomes)  # a market that isn't settled has no score
            }
            for agent, things in outcomes[0].items()
        }
        return cls(accuracy, agents)

    @classmethod
    def between(cls, runs: Sequence[Run], others: Sequence[Run]) -> Self | None:
        """Return what runs have more than others with the same seeds, seed by seed; None where none have the same.

        What chance does to both runs of a seed alike drops out.
        """
        first = {run.seed: run for run in others}
        both = [(run, first[run.seed]) for run in runs if run.seed in first]
        if not both:
            return None
        one, other = (cls.of(group) for group in zip(*both, strict=True))
        return cls(
            {name: _less(one.accuracy[name], other.accuracy[name]) for name in one.accuracy},
            {
                agent: {
                    thing: _less(spread, other.agents[agent][thing])
                    for thing, spread in things.items()
                    if thing in other.agents[agent]
                }
                for agent, things in one.agents.items()
                if agent in other.agents
            },
        )

    def as_json(self) -> dict[str, object]:
        """Return the figures as JSON-able values."""
        return {
            "accuracy": {name: spread.as_json() for name, spread in self.accuracy.items()},
            "agents": {
                agent: {name: spread.as_json() for name, spread in figures.items()}
                for agent, figures in self.agents.items()
            },
        }


@dataclass(frozen=True)
class Group:
    """Runs that differ only in their seed, and what they say together.

    Attributes
    ----------
    settings : tuple of str
    runs : list of Run
        Without those that failed; at least one.
    figures : Figures
    more : Figures or None
        The differences to the runs of the first group, seed by seed; None of that one itself.
    """

    settings: tuple[str, ...]
    runs: list[Run]
    figures: Figures
    more: Figures | None

    @property
    def name(self) -> str:
        """What was set."""
        return "\n".join(self.settings) or "as in the file"

    @property
    def main(self) -> str:
        """What agents are after: points where there are any, else money."""
        return "points" if any("points" in things for things in self.figures.agents.values()) else "change"

    def as_json(self) -> dict[str, object]:
        """Return the figures as JSON-able values."""
        return {
            "settings": list(self.settings),
            "seeds": [run.seed for run in self.runs],
            **self.figures.as_json(),
            "more_than_first": None if self.more is None else self.more.as_json(),
        }


def grouped(runs: Sequence[Run]) -> list[Group]:
    """Return what runs say, by their settings; settings of which every run failed are left out."""
    groups = [(settings, group) for settings, group in by_settings(runs).items() if group]
    found = []
    for at, (settings, group) in enumerate(groups):
        more = Figures.between(group, groups[0][1]) if at else None
        found.append(Group(settings, group, Figures.of(group), more))
    return found


def by_settings(runs: Sequence[Run]) -> dict[tuple[str, ...], list[Run]]:
    """Group runs that differ only in their seed, without the failed ones."""
    groups: dict[tuple[str, ...], list[Run]] = {}
    for run in runs:
        group = groups.setdefault(run.settings, [])
        if run.failure is None:
            group.append(run)
    return groups


@dataclass(frozen=True)
class Band:
    """What became of a figure in time, over several runs; all arrays have the shape of the times.

    Attributes
    ----------
    median, low, high, least, most : numpy.ndarray of float64
        Of the runs at each time: quartiles are `low` and `high`. They are values that runs had, and never below 0 where
        those aren't.
    """

    median: Floats
    low: Floats
    high: Floats
    least: Floats
    most: Floats

    @classmethod
    def of(cls, runs: Sequence[Run], column: str, times: Floats) -> Self:
        """Return the course of a column, at given seconds since the start.

        What was noted holds until the next note; the last one for good, as nothing happens after the end of a run.
        """
        curves = []
        for run in runs:
            assert run.course is not None
            noted = np.array(run.course["time"], dtype=float)
            values = np.array(run.course[column], dtype=float)
            curves.append(values[np.maximum(np.searchsorted(noted, times, side="right") - 1, 0)])
        low, median, high = np.percentile(curves, [_QUARTILES[0], 50, _QUARTILES[1]], axis=0)
        return cls(median, low, high, np.min(curves, axis=0), np.max(curves, axis=0))


def _accuracies(run: Run) -> dict[str, float]:
    assert run.summary is not None
    assert run.course is not None
    told = run.summary["accuracy"]
    lowest = float(np.min(np.array(run.course["accuracy"], dtype=float)))
    found = {"final": told["final"], "late": told["late"]["mean"], "lowest": lowest}
    if passes := told["passes"]:
        found["alone"] = passes[0]
        found[f"alone, {len(passes)} passes"] = passes[-1]
    return found


def _outcomes(run: Run) -> dict[str, dict[str, float]]:
    assert run.summary is not None
    unit = run.summary["scenario"]["unit"]
    found = {}
    for name, one in run.summary["agents"].items():
        numbers = {thing: value for thing, value in one["earned"].items() if isinstance(value, int | float)}
        found[name] = {"change": one["gain_wei"] / unit, "gas": one["fee_wei"] / unit, **numbers}
    return found


def _less(one: Spread, other: Spread) -> Spread:
    return Spread(tuple(value - less for value, less in zip(one.values, other.values, strict=True)))


def _without_nan(figure: float) -> float | None:
    return None if isinstance(figure, float) and isnan(figure) else figure
