"""What many runs say together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from math import isnan

import numpy as np
from scipy import stats  # type: ignore[import-untyped]

from dcai.simulation.sweep import Run

_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Interval:
    """A mean with its confidence interval (95%, Student's t): `mean` ± `half`, nan where one run says nothing of it."""

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
        """Return the figures; None, which JSON knows, for nan, which it doesn't."""
        return {name: None if isnan(figure) else figure for name, figure in asdict(self).items()}

    def __format__(self, spec: str) -> str:
        if self.half != self.half:
            return format(self.mean, spec)
        return f"{format(self.mean, spec)} ± {format(self.half, spec.lstrip('+'))}"


def by_settings(runs: Sequence[Run]) -> dict[tuple[str, ...], list[Run]]:
    """Group runs that differ by their seed only, those that failed left out."""
    groups: dict[tuple[str, ...], list[Run]] = {}
    for run in runs:
        group = groups.setdefault(run.settings, [])
        if run.failure is None:
            group.append(run)
    return groups


def figures(runs: Sequence[Run]) -> dict[str, Interval]:
    """Return what is told of runs of the same settings: accuracies, and for each agent what it won, units of money."""
    summaries = [run.summary for run in runs if run.summary is not None]
    courses = [run.course for run in runs if run.course is not None]
    told = {
        "accuracy": Interval.of(one["accuracy"]["final"] for one in summaries),
        "lowest": Interval.of(min(course["accuracy"]) for course in courses),
        "all data": Interval.of(one["accuracy"]["baseline"] for one in summaries),
    }
    for name in summaries[0]["agents"] if summaries else ():
        told[f"{name} won"] = Interval.of(
            one["agents"][name]["gain_wei"] / one["scenario"]["unit"] for one in summaries
        )
        for thing, value in summaries[0]["agents"][name]["earned"].items():
            if isinstance(value, int | float):
                told[f"{name} {thing}"] = Interval.of(one["agents"][name]["earned"][thing] for one in summaries)
        told[f"{name} gas"] = Interval.of(one["agents"][name]["fee_wei"] / one["scenario"]["unit"] for one in summaries)
    return told


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
