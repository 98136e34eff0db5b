"""The runs behind docs/attacks.md: each attack, the same without the attacker, and figures of both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from dcai.errors import DcaiError
from dcai.simulation.agents import Agent, Honest, Provider
from dcai.simulation.sweep.runs import Case, Run, cases, sweep
from dcai.simulation.sweep.statistics import Interval
from scripts.studies.attacks.attacks import ATTACKER, Attack
from scripts.studies.pages import ROOT

RUNS = ROOT / "build" / "attacks" / "runs"

Figure = Callable[[Run], float]
Instead = Callable[[Agent], Agent | None]


class RunFailed(DcaiError):
    """A run ended with an error."""


@dataclass(frozen=True)
class Runner:
    """Makes the runs that don't exist yet.

    Attributes
    ----------
    seeds, jobs : int
        Runs per case, and processes.
    """

    seeds: int
    jobs: int

    def of(self, todo: Sequence[Case], title: str) -> list[Run]:
        """Return the runs of these cases.

        Raises
        ------
        RunFailed
            If one failed: the mean of the others would be over different seeds.
        """
        with Progress(console=Console(stderr=True)) as progress:
            task = progress.add_task(title, total=len(todo))
            runs = sweep(todo, RUNS, jobs=self.jobs, progress=lambda done, _: progress.update(task, completed=done))
        for run in runs:
            if run.failure is not None:
                reason = run.failure.strip().splitlines()[-1]
                raise RunFailed(f"{title}, {run.name}: {reason} The next start repeats this run.")
        return runs

    def file(self, file: Path, title: str) -> list[Run]:
        """Return the runs of an unchanged file."""
        return self.of(cases(file, (), self.seeds), title)

    def attack(self, attack: Attack, instead: Instead) -> list[Comparison]:
        """Return the runs of an attack with each of its settings, beside runs with somebody else in its place."""
        todo = [case for sets in attack.sets for case in cases(attack.file, sets.split(), self.seeds)]
        attacked = self.of(todo, attack.scenario)
        others = self.of([_case(case, instead) for case in todo], f"{attack.scenario}, {instead.__name__}")
        parts = (slice(at * self.seeds, (at + 1) * self.seeds) for at in range(len(attack.sets)))
        return [Comparison(sets, attacked[part], others[part]) for sets, part in zip(attack.sets, parts, strict=True)]


@dataclass(frozen=True)
class Comparison:
    """Runs of an attack with one setting, and runs of the same seeds with somebody else in the attacker's place.

    Attributes
    ----------
    sets : str
    attacked, others : list of Run
    """

    sets: str
    attacked: list[Run]
    others: list[Run]

    def mean(self, figure: Figure) -> Interval:
        """Return a figure of the attacked runs."""
        return Interval.of(map(figure, self.attacked))

    def more(self, figure: Figure) -> Interval:
        """Return the difference to the other runs, seed by seed."""
        return Interval.of(figure(run) - figure(other) for run, other in self._pairs)

    def percent(self, figure: Figure) -> Interval:
        """Return the ratio to the other runs, seed by seed, in percent."""
        return Interval.of(100 * figure(run) / figure(other) for run, other in self._pairs)

    @property
    def _pairs(self) -> Iterable[tuple[Run, Run]]:
        return zip(self.attacked, self.others, strict=True)


def absent(agent: Agent) -> Agent | None:
    """Return nobody; in the place of a market's provider, an honest one."""
    return Provider(name=agent.name, balance=agent.balance) if agent.provides else None


def honest(agent: Agent) -> Agent:
    """Return an honest agent with the same turns and money."""
    return Honest(name=agent.name, balance=agent.balance, every=agent.every)


def accuracy(run: Run) -> float:
    """Return the final accuracy in percent."""
    assert run.summary is not None
    return 100 * float(run.summary["accuracy"]["final"])


def money(name: str, figure: str) -> Figure:
    """Return a figure of an agent's money, such as `gain_wei`, in units."""

    def read(run: Run) -> float:
        assert run.summary is not None
        return float(run.summary["agents"][name][figure] / run.summary["scenario"]["unit"])

    return read


def earned(name: str, thing: str) -> Figure:
    """Return a figure of what else an agent has earned, such as `points`."""

    def read(run: Run) -> float:
        assert run.summary is not None
        return float(run.summary["agents"][name]["earned"][thing])

    return read


def counted(name: str) -> Figure:
    """Return a figure: the share of an agent's contributions that have points in the end, in percent."""

    def read(run: Run) -> float:
        assert run.summary is not None
        return 100 * earned(name, "validated")(run) / int(run.summary["agents"][name]["done"]["contribute"])

    return read


def _case(case: Case, instead: Instead) -> Case:
    given = [instead(agent) if agent.name == ATTACKER else agent for agent in case.scenario.agents]
    agents = [agent for agent in given if agent is not None]
    title = f"The attacker is {instead.__name__}"
    return Case(case.settings, case.scenario.model_copy(update={"title": title, "agents": agents}), case.seed)
