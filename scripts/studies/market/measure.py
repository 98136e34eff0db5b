"""The talk's prediction market, and others like it, by the rule; a shorter one by the deployed contract, to the wei."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from joblib import Parallel, cpu_count, delayed

import dcai
from dcai.simulation.sweep.statistics import Interval
from scripts.studies import reviews
from scripts.studies.market import provider, turns
from scripts.studies.market.attacks import ATTACKS
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
    hidden,
    run,
)
from scripts.studies.market.pictures import START, draw
from scripts.studies.market.provider import Filled, Trial
from scripts.studies.market.settings import (
    BOUNTIES,
    CASES,
    FEW,
    MANY,
    MODEL,
    MOST,
    ORDERS,
    ROUNDS,
    SETTINGS,
    SIZES,
    STAKES,
    TESTS,
    TURN,
    TURNS,
    Case,
    tests_of,
)
from scripts.studies.market.turns import MODELS, ROOM, Deal, Held
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
        "model": MODEL,
        "turn": TURN,
        "rounds": ROUNDS,
        "turn_room": ROOM,
        "by_provider": [attack.name for attack in ATTACKS if attack.by_provider],
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
    """What came of a seed: markets of turns; the talk's, and single contributions there; attacks of providers."""

    held: dict[Case, Held]
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
    for turn in (1, 20):
        some = [contributed.take(np.arange(at, at + turn)) for at in range(0, _CONTRIBUTIONS, turn)]
        with dcai.local_chain() as chain:
            paid, computed = both_ways(chain, start, some, authors[::turn], tests, rounds=_ROUNDS)
        if paid != computed:
            raise RuntimeError(f"The contract paid {paid} wei; the rule gives {computed}.")


def fill(data: Data) -> Filled:
    """Let a provider fill its market and withhold its test set on a chain."""
    with dcai.local_chain() as chain:
        start = dcai.SparsePerceptron(("negative", "positive")).fit(*data.train.take(np.arange(INITIAL)))
        return provider.filled(chain, start)


def hold(data: Data, done: Callable[[], None], seeds: int = SEEDS, cases: Sequence[Case] = CASES) -> list[Run]:
    """Hold every market with each seed, in parallel; `done` is called after each seed."""
    runs = []
    jobs = (delayed(_held)(seed, data, cases) for seed in range(seeds))
    for one in Parallel(n_jobs=min(seeds, cpu_count()), return_as="generator")(jobs):
        runs.append(one)
        done()
    return runs


def _held(seed: int, data: Data, cases: Sequence[Case]) -> Run:
    deal = Deal(seed, data)
    held = {case: turns.hold(deal, case.model, case.attack, case.turn, tests_of(case)) for case in cases}
    return Run(held, *run(seed, data, SETTINGS), provider.run(seed, data))


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
    held = {case: [run.held[case] for run in runs] for case in CASES}
    check(gains, steps, trials, held, filled)
    draw(outcomes, gains, held)
    return {
        "seeds": len(runs),
        "attacks": _attacks(held, Case(MODEL, ATTACKS[0], TURN)),
        "free": _attacks(held, Case(MODEL, ATTACKS[0], TURN), fees=False),
        "grid": {
            model: {turn: {rounds: _summary(held, model, turn, rounds) for rounds in STAKES} for turn in TURNS}
            for model in MODELS
        },
        "examined_by": {
            attack.name: {tests: _pair(held[Case(MODEL, attack, TURN)], ROUNDS, tests) for tests in TESTS}
            for attack in ATTACKS
        },
        "participants": {name: _participant(outcomes, number) for number, name in enumerate(PARTICIPANTS)},
        "accuracy": {name: _accuracy(outcomes[Setting(order)]) for name, order in ORDERS.items()},
        "steps": {"honest": _steps(steps, False), "hostile": _steps(steps, True)},
        "examined": steps[0].tests,
        "spread": _mean(one.changes[one.changes != 0].std() / one.tests for one in steps),
        "harm": _mean(one.moves(True)[one.moves(True) > 0].mean() / one.tests for one in steps),
        "often": _mean(one.often(True) / one.often(False) for one in steps),
        "sizes": {tests: _sides(gains[Setting(tests=tests)]) for tests in SIZES},
        "bounties": {
            rounds: {tests: _sides(gains[Setting(tests=tests, rounds=rounds)]) for tests in (FEW, MOST)}
            for rounds in BOUNTIES
        },
        "orders": {name: _sides(gains[Setting(order)]) for name, order in ORDERS.items()},
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


def _attacks(held: Mapping[Case, Sequence[Held]], case: Case, *, fees: bool = True) -> Figures:
    """Return what a turn gains under each attack, less its fee."""
    return {
        attack.name: _pair(held[case._replace(attack=attack)], ROUNDS, FEW, fees=fees)
        | {
            "error": Interval.of(
                100 * one.mistakes[-1, one.sizes.index(hidden(FEW))] / hidden(FEW)
                for one in held[case._replace(attack=attack)]
            )
        }
        for attack in ATTACKS
    }


def _pair(held: Sequence[Held], rounds: int, tests: int, *, fees: bool = True) -> Figures:
    honest, hostile = zip(*(one.means(rounds, tests, fees=fees) for one in held), strict=True)
    return {"honest": Interval.of(honest), "hostile": Interval.of(hostile)}


def _summary(held: Mapping[Case, Sequence[Held]], model: str, turn: int, rounds: int) -> Figures:
    """Return how many attacks by others than the provider surely lose, and what the best and the honest gain."""
    pairs = {
        attack.name: _pair(held[Case(model, attack, turn)], rounds, FEW) for attack in ATTACKS if not attack.by_provider
    }
    best = max(pairs, key=lambda name: pairs[name]["hostile"].mean)
    return {
        "lost": sum(pair["hostile"].mean + pair["hostile"].half < 0 for pair in pairs.values()),
        "of": len(pairs),
        "best": best,
        "gain": pairs[best]["hostile"],
        "honest": min((pair["honest"] for pair in pairs.values()), key=lambda one: one.mean - one.half),
    }


def _sides(gains: Gains) -> Figures:
    return {"honest": Interval.of(gains.honest), "hostile": Interval.of(gains.hostile)}


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))
