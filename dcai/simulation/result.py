"""The result of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import nan
from typing import Any, Self

import pandas as pd

from dcai.simulation.engine import Engine
from dcai.simulation.outcome import Outcome, outcomes
from dcai.simulation.reasons import in_words
from dcai.simulation.refunds import ClassRefunds, refunds
from dcai.simulation.scenario.scenario import Scenario, heading
from dcai.simulation.versions import Fork
from dcai.trainer.audit import Audit

_LATE = 0.9


@dataclass(frozen=True)
class Late:
    """The accuracy over the last tenth of the samples: a model that learns one by one jumps, and its end is an instant.

    Attributes
    ----------
    mean, lowest, highest : float
        Of the points of the course from there on, each so many samples after the one before.
    """

    mean: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, contributions: Sequence[int], accuracy: Sequence[float]) -> Self:
        """Return the figures of a course."""
        # of several points with as many samples, the last
        points = dict(zip(contributions, accuracy, strict=True))
        start = _LATE * max(points)
        found = [one for given, one in points.items() if given >= start]
        return cls(sum(found) / len(found), min(found), max(found))


@dataclass(frozen=True)
class Result:
    """One run.

    Attributes
    ----------
    scenario : dict
        As JSON-able values, with the seed of the run: `scenario_of` makes the same run of it. On a fork, with the real
        trainer's model and terms.
    seed : int
    data, fingerprint : str
        The name of the data set, and a hash of it.
    backend, trainer : str
        What the chain ran on, and the trainer's address.
    versions : dict
        See `dcai.simulation.versions.versions`.
    fork : Fork or None
        Where the run began, if that was a real chain.
    classes : tuple of str
    initial, final : float
        Accuracy on the hidden test set: at the start, and at the end.
    late : Late
        The same over the last tenth of the samples.
    alone : tuple of float
        The same of the model trained by its owner alone, with all the data: after one pass, two, and so on. Empty if
        unknown.
    contributed, samples : int
        How many of the samples were contributed.
    skipped : dict of str to int
        Why there are further samples that the trainer doesn't take -> how many.
    open : int
        How many contributions have something open at the end.
    outcomes : tuple of Outcome
    refunds : tuple of ClassRefunds
        What came back to authors, by the true class of their samples; empty where nothing comes back by itself.
    course, actions : pandas.DataFrame
        See `Recorder.course` and `Recorder.actions`.
    stopped : str or None
        Why the run ended early, if it did.
    error : BaseException or None
        What broke the run off, if anything: an agent's fault, a chain that is gone, Ctrl-C.
    audit : Audit or None
        What an audit of the contract and of the agents' balances found; None if the chain was gone.
    digest : str
        Over everything that happened: two runs with the same digest are the same, to the bit.
    seconds : float
        How long the run took, without preparing the data and without the audit.
    """

    scenario: dict[str, Any]
    seed: int
    data: str
    fingerprint: str
    backend: str
    trainer: str
    versions: dict[str, str | int]
    fork: Fork | None
    classes: tuple[str, ...]
    initial: float
    final: float
    late: Late
    alone: tuple[float, ...]
    contributed: int
    samples: int
    skipped: dict[str, int]
    open: int
    outcomes: tuple[Outcome, ...]
    refunds: tuple[ClassRefunds, ...]
    course: pd.DataFrame
    actions: pd.DataFrame
    stopped: str | None
    error: BaseException | None
    audit: Audit | None
    digest: str
    seconds: float

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        engine: Engine,
        *,
        data_name: str,
        fingerprint: str,
        backend: str,
        trainer: str,
        versions: Mapping[str, str | int],
        fork: Fork | None,
        audit: Audit | None,
        seconds: float,
    ) -> Result:
        """Return what an engine has recorded."""
        world = engine.world
        classes = tuple(world.twin.classes)
        course = engine.recorder.course(classes, world.unit_wei)
        actions = engine.recorder.actions(world.unit_wei)
        return cls(
            scenario=scenario.described(),
            seed=scenario.seed,
            data=data_name,
            fingerprint=fingerprint,
            backend=backend,
            trainer=trainer,
            versions=dict(versions),
            fork=fork,
            classes=classes,
            initial=float(course["accuracy"].iloc[0]),
            final=float(course["accuracy"].iloc[-1]),
            late=Late.of(course["contributions"].tolist(), course["accuracy"].tolist()),
            alone=(),
            contributed=world.contributed,
            samples=world.samples,
            skipped=dict(world.pool.skipped),
            open=sum(world.rules.is_open(entry, world.now) for entry in world.history.entries.values()),
            outcomes=tuple(outcomes(engine, course, actions)),
            refunds=tuple(refunds(actions, classes, next(iter(world.rules.own), None))),
            course=course,
            actions=actions,
            stopped=engine.stopped,
            error=engine.error,
            audit=audit,
            digest=engine.recorder.digest(),
            seconds=seconds,
        )

    @property
    def title(self) -> str:
        """The scenario's title, which says so where other data stands in for what isn't on this machine."""
        return heading(self.scenario)

    @property
    def baseline(self) -> float:
        """The accuracy of the model trained by its owner alone, in one pass over all the data; nan if unknown."""
        return self.alone[0] if self.alone else nan

    @property
    def problems(self) -> tuple[str, ...] | None:
        """What the audit found: empty if all is well, None if the chain was gone."""
        return None if self.audit is None else self.audit.problems

    @property
    def contributions(self) -> str:
        """How many samples were contributed, and how many of the data were none, in a phrase."""
        more = f" ({sum(self.skipped.values()):,} more skipped: {in_words(self.skipped)})" if self.skipped else ""
        return f"{self.contributed:,} of {self.samples:,} samples of {self.data}{more}"

    @property
    def accuracies(self) -> str:
        """The model's accuracy before and after, in a few sentences."""
        late = self.late
        sentences = (
            f"Accuracy on the hidden set: {self.initial:.1%} before, {self.final:.1%} after; over the last tenth of "
            f"the samples {late.mean:.1%} on average, {late.lowest:.1%} to {late.highest:.1%}."
        )
        if not self.alone:
            return sentences
        passes = f", {self.alone[-1]:.1%} in {len(self.alone)} passes" if len(self.alone) > 1 else ""
        return f"{sentences} Its owner alone, with all data: {self.baseline:.1%} in one pass{passes}."

    def summary(self) -> dict[str, Any]:
        """Return everything but the two tables, as JSON-able values."""
        return {
            "title": self.title,
            "seed": self.seed,
            "data": self.data,
            "data_sha256": self.fingerprint,
            "trainer": self.trainer,
            "fork": None if self.fork is None else asdict(self.fork),
            "versions": self.versions,
            "accuracy": {
                "initial": self.initial,
                "final": self.final,
                "late": asdict(self.late),
                "baseline": self.alone[0] if self.alone else None,  # JSON knows no nan
                "passes": list(self.alone),
            },
            "contributed": self.contributed,
            "samples": self.samples,
            "skipped": self.skipped,
            "open": self.open,
            "agents": {outcome.name: {**asdict(outcome), "gain_wei": outcome.gain_wei} for outcome in self.outcomes},
            "refunds": {one.name: {**asdict(one), "rate": one.rate} for one in self.refunds},
            "stopped": self.stopped,
            "audit_problems": None if self.problems is None else list(self.problems),
            "digest": self.digest,
            "scenario": self.scenario,
        }
