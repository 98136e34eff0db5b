"""The page about the markets that were held: docs/market.md."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scripts.studies import ROOT
from scripts.studies.market import claims as market_claims
from scripts.studies.market import provider as market_attacks
from scripts.studies.market.course import HOSTILE, PARTICIPANTS, Integers, Outcome, Setting, Steps
from scripts.studies.market.figures import START, Gains, Interval, plot_balances, plot_gains
from scripts.studies.market.provider import Trial, Withheld
from scripts.studies.market.settings import BOUNTIES, FEW, MANY, MOST, ORDERS, SETTINGS, SIZES

DOCS = ROOT / "docs"


class Run(NamedTuple):
    """What came of a seed: of the markets, of single contributions in the talk's, and of the provider's attacks."""

    outcomes: dict[Setting, Outcome]
    steps: Steps
    trials: dict[str, Trial]


_PAGE = """\
# A prediction market under attack

Made by `make market`.

In a prediction market a provider hides a test set and promises a bounty, and everybody puts a stake on each sample that
they contribute. In as many rounds as the bounty has stakes, each sample gains what the model's error on the hidden set
fell by from the last one before it that is still in, and leaves once it has less than its stake.

![Accuracy of a shared model, and balances of three honest and two hostile participants](images/market.png)

This is the talk's market: film reviews (IMDB, the 1,000 most frequent words), a sparse perceptron that has learnt 10 of
them, 9,990 contributions, of which the hostile ones have the wrong label, a bounty of {bounty} stakes, and a test set
in 10 portions of which one is opened. A balance is {start} stakes and the gains of the contributions so far. Everything
is the mean of {seeds} seeds (which reviews, in which order, at which times) with its 95% interval. Payments are exact:
a shorter market, held by the deployed contract before this page is written, paid the same to the wei.

Gains in stakes, and in how many seeds they are above 0:

{participants}
**The honest gain, and so do the hostile.** The talk shows that they lose; by its rule, in its setting as we have it,
they don't. They gain {less}% less a sample than the honest, and the model ends at {accuracy}% for it; had they all
come first, the honest would have brought it to {recovered}%.

## Why

{steps}
This is measured on {tests} test samples, so it is the model that jumps, hardly the measurement. One step of a
perceptron moves the error up or down by {spread} points (a standard deviation), whoever's it is; honest and hostile
steps differ by less on average. So many a wrong label happens to help, and where it brings the error to a new low,
that is paid in nearly every one of {bounty} rounds. One that harms leaves after the first round and has lost that one
step, {harm} of its stake on average. To send noise is a lottery whose tickets are cheap.

## What it depends on

![Gains by test samples, by bounty, and by order](images/market_settings.png)

Gains a sample, in stakes. *Grouped*: `group_by_participant`, a participant's consecutive contributions are scored
together.

**The size of the test set.** A small one adds chance, and the hostile, who change the model {often} times as often,
have more of it. From 1,000 on the differences are within the intervals, and the hostile still gain.

{sizes}
**The bounty.** With a single round, a bounty of one stake, the hostile lose and the honest gain, at most {least} a
sample: nobody has left yet, so each harm is charged as each help is paid. More rounds multiply what is paid, and not
what is lost.

{bounties}
**The order, and grouping** ({few} test samples). One by one, hardly anybody has consecutive contributions, and grouping
changes little. Where everybody comes with a hundred at a time, a turn is worth what its data is: grouped, the hostile
lose in {lost} of {seeds} seeds, and have {batched} in the mean. But the contract can't make people do so. Who sends
noise one by one between the batches of others has a hundred tickets to their one, and grouping then pays the hostile
{times} times what it pays the honest. Before all others the hostile gain {before}% of what they gain in between. After
them they find the model where chance improves it no more: they lose, and the model ends at {spoilt}%.

{orders}
## What the provider can do

The provider knows the test set, and nobody knows who is behind a name. Small markets, with {honest} honest samples, a
bounty of {attacked} stakes and {examined} test samples, one by one; stakes, of all samples together:

{trials}
What the other name gains is a part of the provider's own bounty. *Just before a sample*: of {tried} that are tried,
each with both labels, the one after which the honest sample does worst.

**The test set withheld.** The bounty goes to everybody in equal parts a sample. In a market held by the deployed
contract a provider that sent {own} samples of one word beside {others} of others had {back} of the {attacked} stakes
back, for {gas} gas a sample.

## What to choose

- No bounty worth having makes noise a losing business for somebody who sends it sample by sample. Hold a market where
  you know who contributes, or where all have agreed to send large batches. Where anybody may come, choose
  `DepositRefundTake`: who is found wrong there loses the whole deposit.
- `group_by_participant` only where all send batches of a hundred or so. Otherwise leave it off.
- 1,000 test samples or more. More than a few thousand cost gas, and changed little here.
- The bounty is what noise can take, so make it what good data is worth to you: a smaller one doesn't deter.
"""


def write(runs: Sequence[Run], withheld: Withheld) -> None:
    """Write the page and its pictures, from what came of each seed.

    Raises
    ------
    RuntimeError
        If it would conclude what the figures don't show.
    """
    outcomes = {setting: [run.outcomes[setting] for run in runs] for setting in SETTINGS}
    gains = {setting: Gains.of(each) for setting, each in outcomes.items()}
    steps, trials = [run.steps for run in runs], {name: [run.trials[name] for run in runs] for name in runs[0].trials}
    market_claims.check(gains, steps, trials)
    images = DOCS / "images"
    plot_balances(
        outcomes[Setting()], f"A prediction market under attack: IMDB, mean of {len(runs)} seeds", images / "market.png"
    )
    plot_gains(
        {tests: gains[Setting(tests=tests)] for tests in SIZES},
        {rounds: gains[Setting(rounds=rounds)] for rounds in BOUNTIES},
        {name: (gains[Setting(order)], gains[Setting(order, grouped=True)]) for name, order in ORDERS.items()},
        images / "market_settings.png",
    )
    talk, batched = gains[Setting()], gains[Setting(ORDERS["everybody 100 at a time"], grouped=True)]
    early = gains[Setting(ORDERS["one by one, first the hostile"])]
    between = gains[Setting(ORDERS["honest 100 at a time, hostile one by one"], grouped=True)]
    page = _PAGE.format(
        start=f"{START:,}",
        seeds=len(runs),
        bounty=f"{Setting().rounds:,}",
        few=f"{FEW:,}",
        accuracy=_accuracy(outcomes[Setting()]),
        recovered=_accuracy(outcomes[Setting(ORDERS["one by one, first the hostile"])]),
        less=f"{100 * (1 - talk.hostile.mean() / talk.honest.mean()):.0f}",
        lost=(batched.hostile < 0).sum(),
        batched=_interval(batched.hostile, "+.2f"),
        times=f"{between.hostile.mean() / between.honest.mean():.1f}",
        before=f"{100 * early.hostile.mean() / talk.hostile.mean():.0f}",
        spoilt=_accuracy(outcomes[Setting(ORDERS["one by one, first the honest"])]),
        least=f"{max(gains[Setting(tests=tests, rounds=1)].honest.mean() for tests in (FEW, MOST)):.4f}",
        tests=f"{steps[0].tests:,}",
        spread=f"{np.mean([one.changes[one.changes != 0].std() for one in steps]) * 100 / steps[0].tests:.1f}",
        harm=f"{np.mean([_moves(one, True)[_moves(one, True) > 0].mean() for one in steps]) / steps[0].tests:.2f}",
        often=f"{np.mean([_often(one, True) / _often(one, False) for one in steps]):.1f}",
        honest=market_attacks.HONEST,
        attacked=f"{market_attacks.ROUNDS:,}",
        examined=f"{market_attacks.TESTS:,}",
        tried=market_attacks.TRIED,
        own=f"{market_attacks.WITHHELD_OWN:,}",
        others=market_attacks.WITHHELD_HONEST,
        back=f"{withheld.back:,.0f}",
        gas=f"{withheld.gas_a_sample:,}",
        trials=_trials(trials),
        participants=_participants(outcomes),
        steps=_steps(steps),
        sizes=_settings("test samples", {f"{tests:,}": _grouped(gains, Setting(tests=tests)) for tests in SIZES}),
        bounties=_settings(
            "bounty, stakes",
            {
                f"{rounds:,}": [gains[Setting(tests=tests, rounds=rounds)] for tests in (FEW, MOST)]
                for rounds in BOUNTIES
            },
            (f"{FEW:,} test samples", f"{MOST:,}"),
            "+.4f",
        ),
        orders=_settings("order", {name: _grouped(gains, Setting(order)) for name, order in ORDERS.items()}),
    )
    (DOCS / "market.md").write_text(page)


def _accuracy(outcomes: Sequence[Outcome]) -> str:
    return _interval(100 * np.array([one.accuracy[-1] for one in outcomes]), ".1f")


def _grouped(gains: dict[Setting, Gains], setting: Setting) -> list[Gains]:
    return [gains[setting._replace(grouped=grouped)] for grouped in (False, True)]


def _participants(outcomes: dict[Setting, list[Outcome]]) -> str:
    by_size = [outcomes[Setting(tests=tests)] for tests in (FEW, MANY)]
    rows = []
    for number, name in enumerate(PARTICIPANTS):
        samples = np.mean([one.samples[number] for one in by_size[0]])
        row = [name, f"{samples:,.0f}"]
        for each in by_size:
            gains = np.array([one.gains[-1, number] for one in each])
            row += [_interval(gains, ",.0f"), f"{(gains > 0).sum()}"]
        rows.append(row)
    return _table(("", "samples", f"{FEW:,} test samples", "seeds", f"{MANY:,} test samples", "seeds"), rows)


def _changes(steps: Steps, hostile: bool) -> Integers:
    """Return what the contributions of one kind of participants do to the mistakes."""
    changes: Integers = steps.changes[HOSTILE[steps.authors] == hostile]
    return changes


def _moves(steps: Steps, hostile: bool) -> Integers:
    """Return those of them that change the error."""
    changes = _changes(steps, hostile)
    moves: Integers = changes[changes != 0]
    return moves


def _often(steps: Steps, hostile: bool) -> float:
    """Return which part of them does."""
    return len(_moves(steps, hostile)) / len(_changes(steps, hostile))


def _steps(steps: Sequence[Steps]) -> str:
    rows = []
    for name, who in (("honest", False), ("hostile", True)):
        moves = [_moves(one, who) for one in steps]
        rows.append(
            [
                name,
                f"{100 * np.mean([_often(one, who) for one in steps]):.0f}%",
                f"{100 * np.mean([(moved < 0).mean() for moved in moves]):.0f}%",
                _interval(np.array([100 * moved.mean() for moved in moves]) / steps[0].tests, "+.2f"),
            ]
        )
    return _table(("contributions", "change the error", "of which lower it", "mean change, points"), rows)


def _trials(trials: dict[str, list[Trial]]) -> str:
    rows = [
        [
            name,
            f"{np.mean([one.sent for one in each]):,.0f}",
            _interval(np.array([one.other for one in each]), "+.1f") if each[0].sent else "",
            _interval(np.array([one.honest for one in each]), "+.2f"),
        ]
        for name, each in trials.items()
    ]
    return _table(("what the provider sends", "samples", "they gain", "the honest gain"), rows)


def _settings(
    name: str, rows: dict[str, list[Gains]], columns: tuple[str, str] = ("each alone", "grouped"), form: str = "+.2f"
) -> str:
    headings = [name, *(f"{who}, {column}" for column in columns for who in ("honest", "hostile"))]
    cells = [[label, *(_interval(one, form) for pair in pairs for one in pair)] for label, pairs in rows.items()]
    return _table(headings, cells)


def _interval(values: NDArray[np.float64], form: str) -> str:
    mean, half = Interval.of(values)
    return f"{mean:{form}} ± {half:{form.replace('+', '')}}"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = "|---" + "|--:" * (len(headings) - 1) + "|"
    return "\n".join([f"| {' | '.join(headings)} |", rule, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"
