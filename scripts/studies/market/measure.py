"""The talk's prediction market, and others like it, by the rule; a shorter one by the deployed contract, to the wei."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from joblib import Parallel, cpu_count, delayed

import dcai
from dcai.simulation.sweep.statistics import Interval
from scripts.studies import reviews
from scripts.studies.market import provider
from scripts.studies.market.chain import both_ways
from scripts.studies.market.claims import MOST_SAMPLES, check, fee
from scripts.studies.market.course import (
    HOSTILE,
    INITIAL,
    PARTICIPANTS,
    SAMPLES,
    Gains,
    Order,
    Outcome,
    Setting,
    Steps,
    run,
)
from scripts.studies.market.pictures import START, draw
from scripts.studies.market.provider import Filled, Trial
from scripts.studies.market.settings import BOUNTIES, FEW, MANY, MOST, ORDERS, SETTINGS, SIZES
from scripts.studies.pages import STUDIES, Figures, Page
from scripts.studies.reviews import Data, Reviews

SEEDS = 20

# The market that the contract holds: long enough for departures of every kind, and done within a minute.
_CONTRIBUTIONS, _TESTS, _ROUNDS = 300, 200, 100_000

PAGE = Page(
    "market",
    "market/page.md.j2",
    STUDIES / "market" / "figures.json",
    {
        "start": START,
        "samples": SAMPLES,
        "initial": INITIAL,
        "bounty": Setting().rounds,
        "room": MOST_SAMPLES,
        "fee": fee(Setting().rounds),
        "few": FEW,
        "many": MANY,
        "most": MOST,
        "provider": {
            "honest": provider.HONEST,
            "bounty": provider.ROUNDS,
            "tests": provider.TESTS,
            "tried": provider.TRIED,
            "others": provider.FILLED_HONEST,
        },
    },
)


class Run(NamedTuple):
    """What came of a seed: of the markets, of single contributions in the talk's, and of the provider's attacks."""

    outcomes: dict[Setting, Outcome]
    steps: Steps
    trials: dict[str, Trial]


def load() -> Data:
    """Return the reviews of IMDB that hold a word.

    Raises
    ------
    DataUnavailable
        If they are not on this machine.
    """
    return Data(*(part.take(np.flatnonzero(part.words.any(axis=1))) for part in reviews.load()))


def compare(data: Data) -> None:
    """Hold the shorter market on a chain.

    Raises
    ------
    RuntimeError
        If the contract's payments differ from the computed ones.
    """
    train, tests = data.train.take(np.arange(INITIAL + _CONTRIBUTIONS)), data.test.take(np.arange(_TESTS))
    start = dcai.SparsePerceptron(("negative", "positive")).fit(*train.take(np.arange(INITIAL))).twin
    authors = Order().authors(np.random.default_rng(0), _CONTRIBUTIONS)
    labels = train.labels[INITIAL:]
    contributed = Reviews(train.words[INITIAL:], np.where(HOSTILE[authors], 1 - labels, labels))
    for grouped in (False, True):
        with dcai.local_chain() as chain:
            paid, computed = both_ways(chain, start, contributed, authors, tests, rounds=_ROUNDS, grouped=grouped)
        if paid != computed:
            raise RuntimeError(f"The contract paid {paid} wei; the rule gives {computed}.")


def fill(data: Data) -> Filled:
    """Let a provider fill its market and withhold its test set on a chain."""
    with dcai.local_chain() as chain:
        start = dcai.SparsePerceptron(("negative", "positive")).fit(*data.train.take(np.arange(INITIAL)))
        return provider.filled(chain, start)


def hold(data: Data, done: Callable[[], None], seeds: int = SEEDS) -> list[Run]:
    """Hold every market with each seed, in parallel; `done` is called after each seed."""
    runs = []
    jobs = (delayed(_held)(seed, data) for seed in range(seeds))
    for one in Parallel(n_jobs=min(seeds, cpu_count()), return_as="generator")(jobs):
        runs.append(one)
        done()
    return runs


def _held(seed: int, data: Data) -> Run:
    return Run(*run(seed, data, SETTINGS), provider.run(seed, data))


def figures(runs: Sequence[Run], filled: Filled) -> Figures:
    """Return what the page is made of, and draw its pictures.

    Raises
    ------
    RuntimeError
        If the page would conclude what the figures don't show.
    """
    outcomes = {setting: [run.outcomes[setting] for run in runs] for setting in SETTINGS}
    gains = {setting: Gains.of(each) for setting, each in outcomes.items()}
    steps = [run.steps for run in runs]
    trials = {name: [run.trials[name] for run in runs] for name in runs[0].trials}
    check(gains, steps, trials, filled)
    draw(outcomes, gains)
    return {
        "seeds": len(runs),
        "participants": {name: _participant(outcomes, number) for number, name in enumerate(PARTICIPANTS)},
        "accuracy": {name: _accuracy(outcomes[Setting(order)]) for name, order in ORDERS.items()},
        "steps": {"honest": _steps(steps, False), "hostile": _steps(steps, True)},
        "examined": steps[0].tests,
        "spread": _mean(one.changes[one.changes != 0].std() / one.tests for one in steps),
        "harm": _mean(one.moves(True)[one.moves(True) > 0].mean() / one.tests for one in steps),
        "often": _mean(one.often(True) / one.often(False) for one in steps),
        "sizes": {tests: _grouped(gains, Setting(tests=tests)) for tests in SIZES},
        "bounties": {
            rounds: {tests: _sides(gains[Setting(tests=tests, rounds=rounds)]) for tests in (FEW, MOST)}
            for rounds in BOUNTIES
        },
        "orders": {name: _grouped(gains, Setting(order)) for name, order in ORDERS.items()},
        "batches_lost": int((gains[Setting(ORDERS["everybody 100 at a time"], grouped=True)].hostile < 0).sum()),
        "trials": {
            name: {
                "sent": _mean(one.sent for one in each),
                "other": Interval.of(one.other for one in each),
                "honest": Interval.of(one.honest for one in each),
            }
            for name, each in trials.items()
        },
        "filled": filled._asdict(),
    }


def _participant(outcomes: Mapping[Setting, Sequence[Outcome]], number: int) -> Figures:
    found: Figures = {"samples": _mean(one.samples[number] for one in outcomes[Setting()])}
    for name, tests in (("few", FEW), ("many", MANY)):
        gains = [one.gains[-1, number] for one in outcomes[Setting(tests=tests)]]
        found[name] = {"gain": Interval.of(gains), "seeds": int(np.sum(np.array(gains) > 0))}
    return found


def _accuracy(outcomes: Sequence[Outcome]) -> Interval:
    return Interval.of(100 * one.accuracy[-1] for one in outcomes)


def _steps(steps: Sequence[Steps], hostile: bool) -> Figures:
    moves = [one.moves(hostile) for one in steps]
    return {
        "change": _mean(one.often(hostile) for one in steps),
        "lower": _mean((moved < 0).mean() for moved in moves),
        "mean": Interval.of(100 * moved.mean() / steps[0].tests for moved in moves),
    }


def _grouped(gains: Mapping[Setting, Gains], setting: Setting) -> Figures:
    return {"alone": _sides(gains[setting]), "grouped": _sides(gains[setting._replace(grouped=True)])}


def _sides(gains: Gains) -> Figures:
    return {"honest": Interval.of(gains.honest), "hostile": Interval.of(gains.hostile)}


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))
