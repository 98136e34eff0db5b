"""The part of docs/attacks.md about Deposit-Refund-Take."""

from __future__ import annotations

from collections.abc import Iterable

from dcai.simulation.report.multiples import draw_multiples
from dcai.simulation.sweep.runs import cases
from dcai.simulation.sweep.statistics import Interval
from scripts.studies import ROOT
from scripts.studies.attacks.attacks import DEPOSITS, Attack
from scripts.studies.attacks.runs import ATTACKS, Comparison, Runner, absent, accuracy, money, name_of
from scripts.studies.attacks.tables import Verdict, keys_told, label, names_told, table, wrapped

IMAGES = ROOT / "docs" / "images"

_TEXT = """\
## Each attack under Deposit-Refund-Take

`simulations/attacks/*.toml`. An honest contributor pays the price every ten minutes; waits are an hour. The attacker
starts with 1,000 units (3,000 where it turns the model). In `duplicator`, `copycat` and `sniper` a third agent sends
wrong labels once an hour, so that there are deposits to be had. {keys} A weight of 2e14 is 29 units ten minutes after
the last contribution, and the least price is 1 unit where `minimum` isn't set. *Won* is all that the attacker has in
the end less what it started with: deposits lost, shares taken and gas paid. *Accuracy* is that on the hidden set in the
end, and *without it* how many points that is above the same run, seed and setting, in which the attacker is missing.

Honest alone: accuracy {alone:.1f}%, won {won:,.1f} (gas).

"""

_VERDICTS = """\
An attack is **unprofitable** with a setting where the whole interval of *won* lies below 0, and pays where it lies
above 0; where it spans 0, {seeds} seeds don't show it either way. Unprofitable with one of these settings at
least: {beaten}; with none: {unbeaten}. An attacker who wants to ruin the model doesn't ask for profit: see
*accuracy*.

"""

_SUMMARY = (
    "attack",
    "wins at most, units",
    "accuracy at worst, points to without it",
    "unprofitable with",
    "not shown either way with",
    "pays with",
)
_HEAD = (
    "set",
    "attacker won",
    "paid in",
    "got back and took",
    "gas",
    "honest won",
    "accuracy",
    "without it",
)


def part(runner: Runner) -> str:
    """Make the runs, draw their pictures, and return the part."""
    alone = runner.of(cases(ATTACKS / "base.toml", (), runner.seeds), "honest alone")
    found = {attack: runner.attack(attack, absent) for attack in DEPOSITS}
    won = {attack: {one.sets: one.mean(_won) for one in made} for attack, made in found.items()}
    verdicts = {attack: Verdict.of(one) for attack, one in won.items()}
    head = _TEXT.format(
        keys=keys_told(DEPOSITS),
        alone=Interval.of(map(accuracy, alone)),
        won=Interval.of(map(money("honest", "gain_wei"), alone)),
    )
    rows = [
        [
            f"[{name_of(attack)}](#{name_of(attack).lower()})",
            f"{max(won[attack].values(), key=lambda one: one.mean):,.1f}",
            f"{min((one.more(accuracy) for one in made), key=lambda one: one.mean):+.1f}",
            *verdicts[attack].cells(),
        ]
        for attack, made in found.items()
    ]
    beaten = [name_of(attack) for attack, verdict in verdicts.items() if verdict.below]
    unbeaten = [name_of(attack) for attack, verdict in verdicts.items() if not verdict.below]
    told = _VERDICTS.format(seeds=runner.seeds, beaten=names_told(beaten), unbeaten=names_told(unbeaten))
    return (
        wrapped(head)
        + table(_SUMMARY, rows)
        + wrapped(told)
        + "".join(_section(attack, made) for attack, made in found.items())
    )


_won = money("attacker", "gain_wei")


def _section(attack: Attack, made: list[Comparison]) -> str:
    draw_multiples([run for one in made for run in one.attacked], IMAGES / f"attack-{attack.scenario}.png")
    name = name_of(attack)
    text = f"### {name}\n\nHopes {attack.hopes}.\n\n{table(_HEAD, _rows(made))}"
    return f"{text}![{name}](images/attack-{attack.scenario}.png)\n\n"


def _rows(made: Iterable[Comparison]) -> Iterable[list[str]]:
    for one in made:
        yield [
            label(one.sets),
            f"{one.mean(_won):,.1f}",
            f"{one.mean(money('attacker', 'deposited_wei')):,.0f}",
            f"{one.mean(money('attacker', 'received_wei')):,.0f}",
            f"{one.mean(money('attacker', 'fee_wei')):,.1f}",
            f"{one.mean(money('honest', 'gain_wei')):,.1f}",
            f"{one.mean(accuracy):.1f}%",
            f"{one.more(accuracy):+.1f}",
        ]
