"""The part of docs/attacks.md about the prediction market."""

from __future__ import annotations

from dcai.incentives.prediction_market.rules import PredictionMarketRules
from dcai.simulation.sweep.runs import cases
from dcai.simulation.sweep.statistics import Interval
from scripts.studies.attacks.attacks import DEPOSITS, MARKETS, WITHHOLDERS
from scripts.studies.attacks.runs import ATTACKS, Runner, absent, accuracy, money, name_of
from scripts.studies.attacks.tables import Verdict, keys_told, label, names_told, table, wrapped

_TEXT = """\
## Each attack on a prediction market

`simulations/attacks/market-*.toml`: a provider with a bounty, 1,000 stakes where it isn't set, and a test set in ten
portions of 16 samples; an honest contributor every ten minutes; the attacker, every twenty (the flooder every ten). A
unit is a stake here, which is 0.0009 ether. {keys} *Won* is after gas; *without it* is how many points the accuracy is
above the same run, seed and setting, in which the attacker is missing. What noise gains on the talk's reviews, with
larger test sets and bounties, is in [market.md](market.md).

Honest alone: accuracy {alone:.1f}%, won {won:,.1f}, and the provider {provider:,.1f}.

"""

_NO_CLAIMS = """\
{names} can't be done here: they live on claims about others' contributions, of which a market has none.

"""

_TOLD = """\
**Unprofitable**, **pays** and **not shown either way** are meant as above. Unprofitable with every one of these
settings: {always}; with some: {some}; with none: {never}.

"""

_WITHHOLDERS = """\
### The provider as the attacker

*More than honest* is what it won less what an honest provider wins in the same run; to withhold is unprofitable where
the whole interval lies below 0.

"""

_HOPES = "hopes to keep the bounty"
_SUMMARY = ("attack", "hopes", "unprofitable with", "not shown either way with", "pays with")
_HEAD = (
    "attack",
    "set",
    "attacker won",
    "paid in",
    "was paid",
    "gas",
    "honest won",
    "provider won",
    "accuracy",
    "without it",
)
_HEAD_PROVIDER = (
    _HOPES,
    "set",
    "attacker won",
    "more than honest",
    "gas",
    "honest won",
    "accuracy",
    "to an honest provider",
)


def part(runner: Runner) -> str:
    """Make the runs, and return the part."""
    alone = runner.of(cases(ATTACKS / "market.toml", (), runner.seeds), "honest alone, in a market")
    text = _TEXT.format(
        keys=keys_told(MARKETS),
        alone=Interval.of(map(accuracy, alone)),
        won=Interval.of(map(money("honest", "gain_wei"), alone)),
        provider=Interval.of(map(money("provider", "gain_wei"), alone)),
    )
    return wrapped(text) + _without_claims() + _contributors(runner) + _providers(runner)


def _without_claims() -> str:
    """Return which attacks there are on deposits that a market leaves nothing to."""
    if PredictionMarketRules.claims:
        return ""
    here = {name_of(attack) for attack in MARKETS}
    return _NO_CLAIMS.format(names=" and ".join(name for name in map(name_of, DEPOSITS) if name not in here))


def _contributors(runner: Runner) -> str:
    found = {attack: runner.attack(attack, absent) for attack in MARKETS}
    verdicts = {attack: Verdict.of({one.sets: one.mean(_won) for one in made}) for attack, made in found.items()}
    told = _TOLD.format(
        always=names_told([name_of(attack) for attack, one in verdicts.items() if len(one.below) == len(attack.sets)]),
        some=names_told([name_of(attack) for attack, one in verdicts.items() if 0 < len(one.below) < len(attack.sets)]),
        never=names_told([name_of(attack) for attack, one in verdicts.items() if not one.below]),
    )
    summary = [[name_of(attack), attack.hopes, *verdict.cells()] for attack, verdict in verdicts.items()]
    rows = [
        [
            name_of(attack),
            label(one.sets),
            f"{one.mean(_won):,.1f}",
            f"{one.mean(money('attacker', 'deposited_wei')):,.0f}",
            f"{one.mean(money('attacker', 'received_wei')):,.0f}",
            f"{one.mean(money('attacker', 'fee_wei')):,.1f}",
            f"{one.mean(money('honest', 'gain_wei')):,.1f}",
            f"{one.mean(money('provider', 'gain_wei')):,.1f}",
            f"{one.mean(accuracy):.1f}%",
            f"{one.more(accuracy):+.1f}",
        ]
        for attack, made in found.items()
        for one in made
    ]
    return table(_SUMMARY, summary, text=2) + wrapped(told) + table(_HEAD, rows, text=2)


def _providers(runner: Runner) -> str:
    found = {attack: runner.attack(attack, absent) for attack in WITHHOLDERS}
    summary = [
        [attack.hopes, *Verdict.of({one.sets: one.more(_won) for one in made}).cells()]
        for attack, made in found.items()
    ]
    rows = [
        [
            attack.hopes,
            label(one.sets),
            f"{one.mean(_won):,.1f}",
            f"{one.more(_won):+,.1f}",
            f"{one.mean(money('attacker', 'fee_wei')):,.2f}",
            f"{one.mean(money('honest', 'gain_wei')):,.1f}",
            f"{one.mean(accuracy):.1f}%",
            f"{one.more(accuracy):+.1f}",
        ]
        for attack, made in found.items()
        for one in made
    ]
    return _WITHHOLDERS + table((_HOPES, *_SUMMARY[2:]), summary) + table(_HEAD_PROVIDER, rows, text=2)


_won = money("attacker", "gain_wei")
