"""Figures over many runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from math import isnan

import numpy as np
from scipy import stats

from dcai.simulation.sweep.runs import Run

_CONFIDENCE = 0.95


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
            return cls(float(sample.mean()) if len(sample) else float("nan"), float("nan"), len(sample))
        half = stats.t.ppf((1 + _CONFIDENCE) / 2, len(sample) - 1) * sample.std(ddof=1) / np.sqrt(len(sample))
        return cls(float(sample.mean()), float(half), len(sample))

    def as_json(self) -> dict[str, float | int | None]:
        """Return the figures, with None for nan, which JSON doesn't have."""
        return {name: None if isnan(figure) else figure for name, figure in asdict(self).items()}

    def __format__(self, spec: str) -> str:
        if self.half != self.half:
            return format(self.mean, spec)
        return f"{format(self.mean, spec)} ± {format(self.half, spec.lstrip('+'))}"


def by_settings(runs: Sequence[Run]) -> dict[tuple[str, ...], list[Run]]:
    """Group runs that differ only in their seed, without the failed ones."""
    groups: dict[tuple[str, ...], list[Run]] = {}
    for run in runs:
        group = groups.setdefault(run.settings, [])
        if run.failure is None:
            group.append(run)
    return groups


@dataclass(frozen=True)
class Figures:
    """Figures over runs with the same settings.

    Attributes
    ----------
    accuracy : dict of str to Interval
        On the hidden test set: "final", "lowest" in the run, and "alone": of the same model trained by its owner alone.
    agents : dict of str to dict of str to Interval
        Name -> "change", of its money, and "gas", what it paid for that, both in units of money, and whatever else it
        earned that is a number.
    """

    accuracy: dict[str, Interval]
    agents: dict[str, dict[str, Interval]]

    @classmethod
    def of(cls, runs: Sequence[Run]) -> Figures:
        """Return the figures of runs, of which none failed."""
        summaries = [run.summary for run in runs if run.summary is not None]
        courses = [run.course for run in runs if run.course is not None]
        unit = summaries[0]["scenario"]["unit"]
        agents = {}
        for name, first in summaries[0]["agents"].items():
            own = [one["agents"][name] for one in summaries]
            agents[name] = {
                "change": Interval.of(one["gain_wei"] / unit for one in own),
                "gas": Interval.of(one["fee_wei"] / unit for one in own),
            }
            for thing, value in first["earned"].items():
                if isinstance(value, int | float):
                    agents[name][thing] = Interval.of(one["earned"][thing] for one in own)
        accuracy = {
            "final": Interval.of(one["accuracy"]["final"] for one in summaries),
            "lowest": Interval.of(min(course["accuracy"]) for course in courses),
            "alone": Interval.of(one["accuracy"]["baseline"] for one in summaries),
        }
        return cls(accuracy, agents)

    def as_json(self) -> dict[str, object]:
        """Return the figures as JSON-able values."""
        return {
            "accuracy": {name: interval.as_json() for name, interval in self.accuracy.items()},
            "agents": {
                agent: {name: interval.as_json() for name, interval in figures.items()}
                for agent, figures in self.agents.items()
            },
        }


def mean_course(runs: Sequence[Run], name: str, points: int = 100) -> tuple[list[float], list[Interval]]:
    """Return a column of the course over the part of the samples that was contributed: where, and its means."""
    where = np.linspace(0, 1, points)
    curves = []
    for run in runs:
        if run.course is not None:
            given = np.array(run.course["contributions"], dtype=float)
            first = np.unique(given, return_index=True)[1]
            curves.append(np.interp(where, given[first] / max(given[-1], 1), np.array(run.course[name])[first]))
    return where.tolist(), [Interval.of(values) for values in np.array(curves).T]
