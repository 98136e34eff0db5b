"""The result of a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from math import isnan
from typing import Any

import pandas as pd

from dcai.incentives.rules import Earned
from dcai.simulation.engine import Engine
from dcai.simulation.scenario.scenario import Scenario
from dcai.trainer.audit import Audit


@dataclass(frozen=True)
class Outcome:
    """The outcome for an agent.

    Attributes
    ----------
    name, kind : str
    start_wei, end_wei : int
        What it had, and has.
    open_wei : int
        What is still open of its deposits.
    deposited_wei, received_wei : int
        What it paid in, and what refunds and shares brought it.
    fee_wei, gas : int
        What its transactions cost, refused ones included.
    done, refused : dict of str to int
        Function -> how often it was granted, and refused.
    earned : dict
        What it earned beside money, by name: under Gamified points, validated contributions and badges.
    """

    name: str
    kind: str
    start_wei: int
    end_wei: int
    open_wei: int
    deposited_wei: int
    received_wei: int
    fee_wei: int
    gas: int
    done: dict[str, int]
    refused: dict[str, int]
    earned: Earned

    @property
    def gain_wei(self) -> int:
        """What it won after gas; what is still open of its deposits counts as lost."""
        return self.end_wei - self.start_wei

    def earned_text(self, thing: str) -> str:
        """Return something that was earned as text; empty if it wasn't."""
        if thing not in self.earned:
            return ""
        value = self.earned[thing]
        if isinstance(value, list):
            return ", ".join(value)
        return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"


@dataclass(frozen=True)
class Result:
    """One run.

    Attributes
    ----------
    scenario : dict
        As JSON-able values.
    seed : int
    data, backend, trainer : str
        The name of the data set, what the chain ran on, and the trainer's address.
    classes : tuple of str
    initial, final, baseline : float
        Accuracy on the hidden test set: at the start, at the end, and of the same model trained by its owner alone with
        all the data (nan if unknown).
    contributed, samples : int
        How many of the samples were contributed.
    open : int
        How many contributions have something open at the end.
    outcomes : tuple of Outcome
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
    backend: str
    trainer: str
    classes: tuple[str, ...]
    initial: float
    final: float
    baseline: float
    contributed: int
    samples: int
    open: int
    outcomes: tuple[Outcome, ...]
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
        seed: int,
        data_name: str,
        backend: str,
        trainer: str,
        audit: Audit | None,
        seconds: float,
    ) -> Result:
        """Return what an engine has recorded."""
        world = engine.world
        classes = tuple(world.twin.classes)
        course, actions = engine.recorder.course(classes), engine.recorder.actions()
        return cls(
            scenario=scenario.described(),
            seed=seed,
            data=data_name,
            backend=backend,
            trainer=trainer,
            classes=classes,
            initial=float(course["accuracy"].iloc[0]),
            final=float(course["accuracy"].iloc[-1]),
            baseline=float("nan"),
            contributed=world.contributed,
            samples=world.samples,
            open=sum(world.rules.is_open(entry, world.now) for entry in world.history.entries.values()),
            outcomes=tuple(_outcomes(engine, course, actions)),
            course=course,
            actions=actions,
            stopped=engine.stopped,
            error=engine.error,
            audit=audit,
            digest=engine.recorder.digest(),
            seconds=seconds,
        )

    @property
    def problems(self) -> tuple[str, ...] | None:
        """What the audit found: empty if all is well, None if the chain was gone."""
        return None if self.audit is None else self.audit.problems

    @property
    def accuracies(self) -> str:
        """The model's accuracy before and after, in one sentence."""
        alone = "" if isnan(self.baseline) else f", {self.baseline:.1%} if its owner trains it alone with all data"
        return f"Accuracy on the hidden set: {self.initial:.1%} before, {self.final:.1%} after{alone}."

    def summary(self) -> dict[str, Any]:
        """Return everything but the two tables, as JSON-able values."""
        return {
            "title": self.scenario["title"],
            "seed": self.seed,
            "data": self.data,
            "trainer": self.trainer,
            "accuracy": {
                "initial": self.initial,
                "final": self.final,
                "baseline": None if isnan(self.baseline) else self.baseline,  # JSON knows no nan
            },
            "contributed": self.contributed,
            "samples": self.samples,
            "open": self.open,
            "agents": {outcome.name: {**asdict(outcome), "gain_wei": outcome.gain_wei} for outcome in self.outcomes},
            "stopped": self.stopped,
            "audit_problems": None if self.problems is None else list(self.problems),
            "digest": self.digest,
            "scenario": self.scenario,
        }


def _outcomes(engine: Engine, course: pd.DataFrame, actions: pd.DataFrame) -> Iterator[Outcome]:
    world = engine.world
    for seat in engine.seats:
        name = seat.agent.name
        own = actions[actions["agent"] == name]
        balances = course[f"balance_wei.{name}"]
        gas = int(own["gas"].sum())
        counts = {
            ok: {function: int(count) for function, count in some["function"].value_counts().items() if count}
            for ok, some in ((ok, own[own["ok"] == ok]) for ok in (True, False))
        }
        yield Outcome(
            name=name,
            kind=type(seat.agent).__name__,
            start_wei=balances.iloc[0],
            end_wei=balances.iloc[-1],
            open_wei=sum(world.rules.open_wei(e) for e in world.history.entries.values() if e.author in seat.addresses),
            deposited_wei=sum(own["sent_wei"]),
            received_wei=sum(own["received_wei"]),
            fee_wei=gas * world.gas_price_wei,
            gas=gas,
            done=counts[True],
            refused=counts[False],
            earned=world.rules.earned(seat.addresses),
        )
