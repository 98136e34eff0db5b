"""Write docs/attacks.md: what each attack costs, earns and does, and the talk's findings: `python scripts/attacks.py`.

Runs are kept in build/attacks, so that a second start goes on where the first was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.progress import Progress

from dcai.simulation.multiples import draw_multiples
from dcai.simulation.scenario import load_scenario
from dcai.simulation.statistics import Interval, by_settings
from dcai.simulation.sweep import Case, Run, cases, sweep

ROOT = Path(__file__).resolve().parent.parent
SCENARIOS = ROOT / "simulations"
PAGE = ROOT / "docs" / "attacks.md"
IMAGES = ROOT / "docs" / "images"
RUNS = ROOT / "build" / "attacks" / "runs"

WEIGHT = ("incentive.weight", ("0", "2e13", "2e14", "1e15"), "weight of the price")
SETTLE = ("incentive.settle_after", ("0", "600", "3600"), "time between report and take")


@dataclass(frozen=True)
class Attack:
    """An attack and the setting that is to defend against it."""

    scenario: str
    agent: str
    hopes: str
    setting: tuple[str, tuple[str, ...], str]

    @property
    def grid(self) -> str:
        """What is swept."""
        key, values, _ = self.setting
        return f"{key}={','.join(values)}"


ATTACKS = (
    Attack("label-flipper", "LabelFlipper", "to ruin the model with wrong labels, every 20 minutes", WEIGHT),
    Attack("targeted-poisoner", "TargetedPoisoner", "to make it misjudge one class, every 20 minutes", WEIGHT),
    Attack("random", "Random", "for refunds by chance, with samples that mean nothing", WEIGHT),
    Attack("flooder", "Flooder", "to make it believe one label by repeating it every 2 minutes", WEIGHT),
    Attack("duplicator", "Duplicator", "for a large share of others' deposits with one good sample", SETTLE),
    Attack("copycat", "Copycat", "for a share of others' deposits with others' data", SETTLE),
    Attack("sniper", "Sniper", "to be first at every deposit, with one good contribution", SETTLE),
    Attack("sybil-ring", "SybilRing", "to get the deposits of its own wrong data back, with five addresses", SETTLE),
    Attack("flip-report-unflip", "FlipReportUnflip", "to take deposits by turning the model for a moment", SETTLE),
)
FARMS = {
    "random": "Random",
    "duplicator": "Duplicator",
    "copycat": "Copycat",
    "label-flipper": "LabelFlipper",
    "flooder": "Flooder",
}
"""Scenario -> who farms points in it."""

TALK = (("imdb", "imdb-honest"), ("good", "bad"))

INTRODUCTION = """\
# Attacks

Made by `make attacks`, which runs all of this again; not written by hand. Every figure is a mean over seeds with its
95% confidence interval; every run is the deployed bytecode on a local anvil, with the gas of every transaction paid
out of the agents' money at {gwei:g} gwei, and audited word for word in the end. Money is in units of {ether:g} ether.

"""

POINTS_TEXT = """\
## Points under Gamified

`simulations/attacks/gamified-*.toml`, {seeds} seeds: an honest contributor every ten minutes beside one who wants
points. Alone the honest one has {alone:,.0f} points in the end.

| | points | validated | points of the honest | gas, units | accuracy, points to honest |
|---|--:|--:|--:|--:|--:|
"""

ATTACKS_TEXT = """\
## Each attack under Deposit-Refund-Take

Data: {data}, {samples} samples, {seeds} seeds. An honest contributor pays the price every ten minutes; waits are an
hour. The attacker starts with 1,000 units (3,000 where it turns the model). In `duplicator`, `copycat` and `sniper`
a third agent sends wrong labels once an hour, so that there are deposits to be had. `weight` is in wei: 2e14 is 29
units ten minutes after the last contribution, and the least price is 1 unit. `settle_after` is in seconds. *Won* is
all that the attacker has in the end less what it started with: deposits lost, shares taken and gas paid. *Accuracy*
is that on the hidden set in the end, and *to honest* how many points that is above the same seed's run in which the
honest contributor is alone.

"""

LESSONS = """\
**Unprofitable** means that the whole interval of *won* lies below 0. Where no setting does it, the attacker lives on
what other people lose: it needs no defence beyond that they don't. An attacker who wants to ruin the model doesn't
ask for profit: there, what counts is how long the money lasts, and `weight` decides it.

"""


def _runs(todo: Sequence[Case], jobs: int, title: str) -> list[Run]:
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task(title, total=len(todo))
        return sweep(todo, RUNS, jobs=jobs, progress=lambda done, total: progress.update(task, completed=done))


def _final(run: Run) -> float:
    assert run.summary is not None
    return float(run.summary["accuracy"]["final"])


def _money(run: Run, agent: str, figure: str) -> float:
    assert run.summary is not None
    return float(run.summary["agents"][agent][figure] / run.summary["scenario"]["unit"])


def _of(runs: Sequence[Run], agent: str, figure: str) -> Interval:
    return Interval.of(_money(run, agent, figure) for run in runs)


def _points(runs: Sequence[Run], honest: Sequence[Run]) -> Interval:
    """Return how much better the model is than with the same seed and nobody hostile, percentage points."""
    alone = {run.seed: _final(run) for run in honest}
    return Interval.of(100 * (_final(run) - alone[run.seed]) for run in runs)


def _attacks(seeds: int, jobs: int) -> Iterator[str]:
    """Yield the part about attacks, first of one of them, in the end of all."""
    base = SCENARIOS / "attacks" / "base.toml"
    scenario = load_scenario(base)
    honest = _runs(cases(base, (), seeds), jobs, "honest alone")
    assert honest[0].summary is not None
    alone = Interval.of(100 * _final(run) for run in honest)
    head = ATTACKS_TEXT.format(data=scenario.data.name, samples=honest[0].summary["samples"], seeds=seeds)
    head += f"Honest alone: accuracy {alone:.1f}%, won {_of(honest, 'honest', 'gain_wei'):,.1f} (gas).\n\n"
    head += "| attack | wins at most, units | accuracy at worst, points to honest | unprofitable with |\n"
    head += "|---|--:|--:|---|\n"
    lines, sections = "", ""
    for attack in ATTACKS:
        runs = _runs(cases(SCENARIOS / "attacks" / f"{attack.scenario}.toml", [attack.grid], seeds), jobs, attack.agent)
        draw_multiples(runs, IMAGES / f"attack-{attack.scenario}.png")
        line, section = _attack(attack, by_settings(runs), honest)
        lines, sections = lines + line, sections + section
        yield head + lines + "\n" + LESSONS + sections


def _attack(attack: Attack, groups: dict[tuple[str, ...], list[Run]], honest: Sequence[Run]) -> tuple[str, str]:
    """Return the line and the section about one attack."""
    won = {settings[0]: _of(group, "attacker", "gain_wei") for settings, group in groups.items()}
    worst = max(won.values(), key=lambda one: one.mean)
    hurt = min((_points(group, honest) for group in groups.values()), key=lambda one: one.mean)
    harmless = [setting for setting, one in won.items() if one.mean + one.half < 0]
    found = ", ".join(f"`{one}`" for one in harmless) or "none of these"
    key, _, told = attack.setting
    section = f"### {attack.agent}\n\nHopes {attack.hopes}. Swept: `{key}`, the {told}.\n\n"
    section += "| set | attacker won | paid in | got back and took | gas | honest won | accuracy | to honest |\n"
    section += "|---|--:|--:|--:|--:|--:|--:|--:|\n"
    section += "".join(_row(settings[0], group, honest) for settings, group in groups.items())
    section += f"\nUnprofitable with: {found}.\n\n![{attack.agent}](images/attack-{attack.scenario}.png)\n\n"
    return f"| [{attack.agent}](#{attack.agent.lower()}) | {worst:,.1f} | {hurt:+.1f} | {found} |\n", section


def _row(setting: str, runs: Sequence[Run], honest: Sequence[Run]) -> str:
    accuracy = Interval.of(100 * _final(run) for run in runs)
    return (
        f"| `{setting}` | {_of(runs, 'attacker', 'gain_wei'):,.1f} | {_of(runs, 'attacker', 'deposited_wei'):,.0f} "
        f"| {_of(runs, 'attacker', 'received_wei'):,.0f} | {_of(runs, 'attacker', 'fee_wei'):,.1f} "
        f"| {_of(runs, 'honest', 'gain_wei'):,.1f} | {accuracy:.1f}% | {_points(runs, honest):+.1f} |\n"
    )


def _farms(seeds: int, jobs: int) -> str:
    """Return the part about points and those who farm them."""
    folder = SCENARIOS / "attacks"
    honest = _runs(cases(folder / "gamified.toml", (), seeds), jobs, "honest alone, for points")
    page = POINTS_TEXT.format(seeds=seeds, alone=_earned(honest, "honest", "points"))
    for scenario, agent in FARMS.items():
        runs = _runs(cases(folder / f"gamified-{scenario}.toml", (), seeds), jobs, f"{agent}, for points")
        counted, points = (_earned(runs, "attacker", figure) for figure in ("validated", "points"))
        page += f"| {agent} | {points:,.0f} | {counted:,.1f} | {_earned(runs, 'honest', 'points'):,.0f} "
        page += f"| {_of(runs, 'attacker', 'fee_wei'):,.1f} | {_points(runs, honest):+.1f} |\n"
    return page


def _earned(runs: Sequence[Run], agent: str, figure: str) -> Interval:
    return Interval.of(run.summary["agents"][agent]["earned"][figure] for run in runs if run.summary is not None)


def _talk(seeds: int, jobs: int) -> str:
    (attacked_file, alone_file), (good, bad) = TALK
    attacked = _runs(cases(SCENARIOS / f"{attacked_file}.toml", (), seeds), jobs, "the talk, attacked")
    alone = _runs(cases(SCENARIOS / f"{alone_file}.toml", (), seeds), jobs, "the talk, honest alone")
    draw_multiples(attacked, IMAGES / "attack-talk.png")
    assert attacked[0].summary is not None
    data, samples = attacked[0].summary["data"], attacked[0].summary["samples"]
    later = Interval.of(100 * (_late(run) - _late(other)) for run, other in zip(attacked, alone, strict=True))
    points = _points(attacked, alone)
    good_end, bad_end = (
        Interval.of(100 * _money(run, name, "end_wei") / _money(run, name, "start_wei") for run in attacked)
        for name in (good, bad)
    )
    held = {
        "accuracy ends within 3 points of the all-honest run": (
            f"{points:+.2f} points",
            points.mean - points.half > -3,
        ),
        "and is within 3 points of it in the last half of the run": (
            f"{later:+.2f} points",
            later.mean - later.half > -3,
        ),
        "the honest agent ends above its start": (f"{good_end:.0f}% of it", good_end.mean - good_end.half > 100),
        "the bad agent ends below half of its own": (f"{bad_end:.0f}% of it", bad_end.mean + bad_end.half < 50),
    }
    rows = "".join(f"| {what} | {figure} | {'yes' if yes else 'no'} |\n" for what, (figure, yes) in held.items())
    final, honest = (Interval.of(100 * _final(run) for run in runs) for runs in (attacked, alone))
    gas = _of(attacked, good, "fee_wei")
    return (
        "## The talk's findings\n\n"
        f"`simulations/{attacked_file}.toml`: {data}, {samples:,} samples contributed, in another order with each of "
        f"{seeds} seeds. Accuracy in the end {final:.2f}%, with the good agent alone {honest:.2f}%. The good agent "
        f"pays {gas:,.0f} units for gas, which the talk left out.\n\n"
        "| finding | here | holds |\n|---|--:|---|\n" + rows + "\n![The talk](images/attack-talk.png)\n\n"
    )


def _within(points: Interval) -> tuple[str, bool]:
    return f"{points:+.2f} points", points.mean - points.half > -3


def _late(run: Run) -> float:
    """Return the mean accuracy over the last half of the samples."""
    assert run.course is not None
    given, accuracy = np.array(run.course["contributions"]), np.array(run.course["accuracy"])
    return float(accuracy[given > given[-1] / 2].mean())


def main(
    seeds: Annotated[int, typer.Option(min=2, help="How many of each.")] = 20,
    jobs: Annotated[int, typer.Option(min=1, help="How many processes.")] = 2,
) -> None:
    """Run everything that isn't there yet, and write the page."""
    scenario = load_scenario(SCENARIOS / "attacks" / "base.toml")
    head = INTRODUCTION.format(gwei=scenario.gas_price / 10**9, ether=scenario.unit / 10**18)
    talk, farms = _talk(seeds, jobs), _farms(seeds, jobs)
    for attacks in _attacks(seeds, jobs):  # whoever stops this has the attacks that were done
        PAGE.write_text(head + talk + attacks + farms, encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
