"""The part of docs/attacks.md about Gamified."""

from __future__ import annotations

from collections.abc import Iterable

from dcai.simulation.sweep.runs import cases
from dcai.simulation.sweep.statistics import Interval
from scripts.studies.attacks.attacks import POINTS, Attack
from scripts.studies.attacks.runs import ATTACKS, Comparison, Runner, accuracy, counted, earned, honest, money, name_of
from scripts.studies.attacks.tables import Verdict, keys_told, label, names_told, table, wrapped

_KEPT = 90
"""Percent of the honest data that must count, of what counts without an attack."""

_TEXT = """\
## Each attack under Gamified

`simulations/attacks/gamified-*.toml`: an honest contributor every ten minutes beside one who wants points, whatever
the gas. Alone the honest one has {alone:,.0f} points in the end, for {gas:,.1f} units of gas. {keys} Nobody pays for
points, so that two other questions are asked, against the same run, seed and setting, with an honest agent of the same
turns in the attacker's place:
"""

_QUESTIONS = """\
- Is it **worthless**? Where the whole interval of *more than honest*, the attacker's points less those that the honest
  agent has there, lies below 0: who wants points has more of them with good data.
- Is it **harmless** to others? Where the whole interval of *honest data counts* lies above {kept}: how much of what the
  honest contributor sent has points in the end, in percent of how much has there.

"""

_TOLD = """\
Worthless with one of these settings at least: {worthless}; with none: {worth}. Harmless with one of them at least:
{harmless}; with none: {harmful}. *Accuracy* is in points above the run with the honest agent.

"""

_SUMMARY = (
    "attack",
    "hopes",
    "worthless with",
    "not shown either way with",
    "worth it with",
    "harmless with",
    "harm not shown either way with",
    "harmful with",
)
_HEAD = ("attack", "set", "points", "more than honest", "validated", "gas, units", "honest data counts", "accuracy")


def part(runner: Runner) -> str:
    """Make the runs, and return the part."""
    alone = runner.of(cases(ATTACKS / "gamified.toml", (), runner.seeds), "honest alone, for points")
    found = {attack: runner.attack(attack, honest) for attack in POINTS}
    worth = {attack: Verdict.of({one.sets: one.more(_points) for one in made}) for attack, made in found.items()}
    harm = {attack: Verdict.of({one.sets: _kept(one) for one in made}, _KEPT) for attack, made in found.items()}
    text = _TEXT.format(
        alone=Interval.of(map(earned("honest", "points"), alone)),
        gas=Interval.of(map(money("honest", "fee_wei"), alone)),
        keys=keys_told(POINTS),
    )
    questions = _QUESTIONS.format(kept=_KEPT)
    summary = [
        [name_of(attack), attack.hopes, *worth[attack].cells(), *reversed(harm[attack].cells())] for attack in POINTS
    ]
    told = _TOLD.format(
        worthless=names_told([name_of(attack) for attack in POINTS if worth[attack].below]),
        worth=names_told([name_of(attack) for attack in POINTS if not worth[attack].below]),
        harmless=names_told([name_of(attack) for attack in POINTS if harm[attack].above]),
        harmful=names_told([name_of(attack) for attack in POINTS if not harm[attack].above]),
    )
    rows = [row for attack, made in found.items() for row in _rows(attack, made)]
    return wrapped(text) + questions + table(_SUMMARY, summary, text=2) + wrapped(told) + table(_HEAD, rows, text=2)


_points = earned("attacker", "points")


def _kept(one: Comparison) -> Interval:
    return one.percent(counted("honest"))


def _rows(attack: Attack, made: Iterable[Comparison]) -> Iterable[list[str]]:
    for one in made:
        yield [
            name_of(attack),
            label(one.sets),
            f"{one.mean(_points):,.0f}",
            f"{one.more(_points):+,.0f}",
            f"{one.mean(earned('attacker', 'validated')):,.1f}",
            f"{one.mean(money('attacker', 'fee_wei')):,.1f}",
            f"{_kept(one):.0f}%",
            f"{one.more(accuracy):+.1f}",
        ]
