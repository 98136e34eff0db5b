"""Attacks of a market's provider under another name, and the worth of good data to a model that is already good.

Small markets, computed as in course.py. Filling one, and withholding its test set, is tried with a deployed contract.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

import dcai
from dcai import SparsePerceptron
from dcai.chain import Chain
from dcai.models.twins import SparsePerceptronTwin, Twin
from scripts.studies.market.course import INITIAL, Integers, hidden, learn, mistakes, play
from scripts.studies.reviews import Data, Reviews

HONEST = 20
ROUNDS = 1_000
TESTS = 1_000
TAUGHT = 10_000
"""Reviews after which a model is as good as it gets."""

NOTHING = "nothing"
FIRST = "the test set, before all others"
POISON = "just before a sample, what makes it lose most"
LATE = f"nothing, and the model has learnt {TAUGHT:,} reviews"

# Reviews of the test set, each with both labels, that a poisoner tries before each honest sample.
TRIED = 50

FILLED_HONEST = 30
"""Samples of others in a market that its provider fills."""


class Trial(NamedTuple):
    """The outcome of a market: gains in stakes, of all samples together.

    Attributes
    ----------
    sent : int
        Samples under the provider's other name.
    other, honest : float
        Their gain, and that of the honest samples.
    """

    sent: int
    other: float
    honest: float


class Filled(NamedTuple):
    """The outcome of filling a market under another name, and withholding the test set.

    Attributes
    ----------
    samples : int
        Under the other name.
    fees, back : float
        What they burn, and what of the bounty comes back, in stakes.
    gas : int
    """

    samples: int
    fees: float
    back: float
    gas: int


def run(seed: int, data: Data) -> dict[str, Trial]:
    """Return the outcome of each attack with the reviews of a seed."""
    rng = np.random.default_rng(seed)
    train = data.train.take(rng.permutation(len(data.train.labels))[: INITIAL + HONEST + TAUGHT])
    tests = data.test.take(rng.permutation(len(data.test.labels))[: hidden(TESTS)])
    first, honest = train.take(np.arange(INITIAL)), train.take(np.arange(INITIAL, INITIAL + HONEST))
    start = SparsePerceptron(("negative", "positive")).fit(*first).twin
    rest = train.take(np.arange(INITIAL + HONEST, len(train.labels)))
    taught = SparsePerceptron(("negative", "positive")).fit(*rest).twin
    nothing = tests.take(np.arange(0))
    return {
        NOTHING: held(start, tests, [(nothing, honest)]),
        FIRST: held(start, tests, [(tests, honest)]),
        POISON: held(start, tests, poisoned(start, honest, tests, rng)),
        LATE: held(taught, tests, [(nothing, honest)]),
    }


def held(start: Twin, tests: Reviews, turns: Sequence[tuple[Reviews, Reviews]]) -> Trial:
    """Hold a market in which samples of the provider's other name and honest ones take turns."""
    contributed = Reviews(
        *(np.concatenate(part) for part in zip(*(some for turn in turns for some in turn), strict=True))
    )
    others = np.concatenate([[True] * len(own.labels) + [False] * len(honest.labels) for own, honest in turns])
    course = _course(start, contributed, tests)
    gains = play(course, ROUNDS) / len(tests.labels)
    return Trial(int(others.sum()), float(gains[others].sum()), float(gains[~others].sum()))


def poisoned(start: Twin, honest: Reviews, tests: Reviews, rng: np.random.Generator) -> list[tuple[Reviews, Reviews]]:
    """Return the honest samples one by one, each with the sample before it that harms it most, of those that are tried.

    Nothing is sent before an honest sample that none of them harms.
    """
    model, sent = start, []
    for number in range(len(honest.labels)):
        one = honest.take(np.array([number]))
        tried = tests.take(rng.choice(len(tests.labels), min(TRIED, len(tests.labels)), replace=False))
        candidates = [tests.take(np.arange(0))]
        for label in (0, 1):
            candidates += [Reviews(tried.words[[i]], np.array([label])) for i in range(len(tried.labels))]
        harms = []
        for candidate in candidates:
            course = _course(model, _joined(candidate, one), tests)
            harms.append(course[-1] - course[-2])
        worst = candidates[int(np.argmax(harms))]
        sent.append((worst, one))
        model = _taught(model, _joined(worst, one))
    return sent


def filled(chain: Chain, start: Twin) -> Filled:
    """Let a provider fill its market with samples of one word, and withhold the test set."""
    provider, honest, other = chain.accounts[:3]
    incentive = dcai.PredictionMarket(stake_wei=9 * 10**9, portion_size=1, draw_after=2)
    market = dcai.deploy(chain, start, incentive, name="Market", sender=provider)
    test_set = market.test_set([[number] for number in range(10)], [0] * 10, seed=0)
    market.commit(test_set, bounty_wei=ROUNDS * incentive.stake_wei)
    market.open(test_set)
    for number in range(FILLED_HONEST):
        market.contribute([number], 1, sender=honest)
    before, samples = chain.gas_used[other], incentive.most_samples - FILLED_HONEST
    market.contribute_many([[0]] * samples, [1] * samples, sender=other, progress=False)
    gas = chain.gas_used[other] - before
    chain.travel(sum(incentive.times()[1:3]))
    own = [entry for entry in market.history().entries.values() if entry.author == other]
    paid = market.settle(progress=False)
    back = paid[other] + paid.get(provider, 0) - sum(entry.kept_wei for entry in own)
    fees = sum(entry.fee_wei for entry in own)
    return Filled(samples, fees / incentive.stake_wei, back / incentive.stake_wei, gas)


def _course(start: Twin, contributed: Reviews, tests: Reviews) -> Integers:
    """Return the mistakes before the first sample and after each."""
    states, places = learn(start, contributed.samples(), contributed.labels)
    return mistakes(states, tests, [len(tests.labels)])[len(tests.labels)][places]


def _taught(model: Twin, contributed: Reviews) -> Twin:
    """Return a copy of a model that has learnt samples."""
    taught = SparsePerceptronTwin.from_parameters(model.settings(), model.parameters(), model.classes)
    for sample, label in zip(contributed.samples(), contributed.labels.tolist(), strict=True):
        taught.learn(sample, label)
    return taught


def _joined(one: Reviews, other: Reviews) -> Reviews:
    return Reviews(np.concatenate((one.words, other.words)), np.concatenate((one.labels, other.labels)))
