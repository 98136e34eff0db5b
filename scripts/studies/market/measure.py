"""Hold the talk's prediction market, and others like it: `python -m scripts.studies.market.measure`.

Writes docs/market.md and its pictures. Before that, a shorter market is held by the deployed contract, and must pay to
the wei what is reckoned here.
"""

from __future__ import annotations

import sys

import numpy as np
from joblib import Parallel, cpu_count, delayed
from rich.progress import Progress

import dcai
from dcai.datasets import DataUnavailable
from scripts.studies.accuracy.tasks import Labels, Rows, imdb_presence
from scripts.studies.market import provider as market_attacks
from scripts.studies.market.chain import both_ways
from scripts.studies.market.course import HOSTILE, INITIAL, Data, Order, Reviews, run
from scripts.studies.market.page import Run, write
from scripts.studies.market.settings import SETTINGS

SEEDS = 20

# The market that the contract holds: long enough for departures of every kind, and done within a minute.
_CONTRIBUTIONS, _TESTS, _ROUNDS = 300, 200, 100_000


def load() -> Data:
    """Return the reviews that hold a word, IMDB's.

    Raises
    ------
    DataUnavailable
        If they aren't on this machine.
    """
    words, labels = imdb_presence()
    return Data(*(_nonempty(*part) for part in zip(words, labels, strict=True)))


def _nonempty(words: Rows, labels: Labels) -> Reviews:
    return Reviews(words, labels).take(np.flatnonzero(words.any(axis=1)))


def check(data: Data) -> None:
    """Hold the shorter market on a chain.

    Raises
    ------
    RuntimeError
        If the contract pays anything else than is reckoned.
    """
    train, tests = data.train.take(np.arange(INITIAL + _CONTRIBUTIONS)), data.test.take(np.arange(_TESTS))
    start = dcai.SparsePerceptron(("negative", "positive")).fit(train.words[:INITIAL], train.labels[:INITIAL]).twin
    authors = Order().authors(np.random.default_rng(0), _CONTRIBUTIONS)
    labels = train.labels[INITIAL:]
    told = Reviews(train.words[INITIAL:], np.where(HOSTILE[authors], 1 - labels, labels))
    for grouped in (False, True):
        with dcai.local_chain() as chain:
            paid, reckoned = both_ways(chain, start, told, authors, tests, rounds=_ROUNDS, grouped=grouped)
        if paid != reckoned:
            raise RuntimeError(f"The contract paid {paid} wei, and it must be {reckoned}.")


def _held(seed: int, data: Data) -> Run:
    return Run(*run(seed, data, SETTINGS), market_attacks.run(seed, data))


def main() -> None:
    """Hold the markets, and write the page."""
    try:
        data = load()
    except DataUnavailable as error:
        sys.exit(f"docs/market.md is left as it is: {error}")
    with Progress() as progress:
        checked = progress.add_task("By the contract", total=2)
        bar = progress.add_task(f"{SEEDS} seeds", total=SEEDS)
        check(data)
        progress.advance(checked)
        with dcai.local_chain() as chain:
            start = dcai.SparsePerceptron(("negative", "positive")).fit(*data.train.take(np.arange(INITIAL))).twin
            withheld = market_attacks.withheld(chain, start)
        progress.advance(checked)
        jobs = (delayed(_held)(seed, data) for seed in range(SEEDS))
        runs = []
        for one in Parallel(n_jobs=min(SEEDS, cpu_count()), return_as="generator")(jobs):
            runs.append(one)
            progress.advance(bar)
    write(runs, withheld)


if __name__ == "__main__":
    main()
