"""Markets for tests: one for each model, and a plain replay that pushes the evaluation sample by sample."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from itertools import count
from typing import NamedTuple

import numpy as np
from sklearn.base import clone

import dcai
from dcai.chain.execution import TRANSACTION_GAS_LIMIT
from dcai.incentives.prediction_market.test_set import unpack_portion
from dcai.models import (
    AveragedPerceptron,
    DensePerceptron,
    NaiveBayes,
    NearestCentroid,
    SparseNearestCentroid,
    SparsePerceptron,
)
from dcai.testing.samples import samples_of
from tests.support.market_rule import gains

FEATURES = 12
UNIT = 1_000_000_007
"""What a mistake is worth in a round, wei: a prime, so that equal parts of a bounty leave something."""

TWO, THREE = ("no", "yes"), ("no", "yes", "maybe")
MODELS = {
    "SparsePerceptronPM": SparsePerceptron(TWO),
    "SparseMulticlassPerceptronPM": SparsePerceptron(THREE, 4),
    "DensePerceptronPM": DensePerceptron(TWO),
    "DenseMulticlassPerceptronPM": DensePerceptron(THREE, 4),
    "AveragedPerceptronPM": AveragedPerceptron(TWO),
    "AveragedMulticlassPerceptronPM": AveragedPerceptron(THREE, 4),
    "NearestCentroidPM": NearestCentroid(THREE, 4),
    "SparseNearestCentroidPM": SparseNearestCentroid(TWO),
    "NaiveBayesPM": NaiveBayes(THREE, 3),
}

_salts = count()


class Evaluation(NamedTuple):
    """The calldata of a call of `evaluate`."""

    parameters: bytes
    hashes: list[bytes]
    portions: list[bytes]
    contributions: list[tuple]
    slots: list[int]
    most: int


def fitted(contract, random):
    """Return a model that has learnt a little, and samples for it; a perceptron's weights may be at their limits."""
    blank = clone(MODELS[contract])
    samples = samples_of(blank.dense, FEATURES, random)
    rows = samples.rows([samples.features() for _ in range(6)])
    model = blank.fit(rows, random.integers(len(blank.classes), size=6)).twin
    if contract in ("SparsePerceptronPM", "DensePerceptronPM", "AveragedPerceptronPM") and random.random() < 0.3:
        ends = random.choice([0x00, 0x01, 0x7F, 0x80, 0xFF], len(model.parameters())).astype(np.uint8).tobytes()
        model = type(model).from_parameters(model.settings(), ends, model.classes)
    return model, samples


def terms(portions=3, portion_size=2, **others):
    """Return settings with the smallest stake for which a mistake is worth `UNIT`."""
    stake = (portions - 1) * portion_size * UNIT
    return dcai.PredictionMarket(stake_wei=stake, portions=portions, portion_size=portion_size, draw_after=2, **others)


def prepared(chain, model, incentive, samples, random, *, sender=None):
    """Deploy a market; return it with a test set for it."""
    market = dcai.deploy(chain, model, incentive, name="Play", salt=next(_salts), sender=sender)
    size = incentive.portions * incentive.portion_size
    labels = random.integers(len(model.classes), size=size).tolist()
    seed = int(random.integers(2**32))
    return market, market.test_set([samples.features() for _ in range(size)], labels, seed=seed)


def opened(chain, model, incentive, samples, random, *, rounds=5, sender=None):
    """Deploy a market and advance it to participation; return it with its test set."""
    market, test_set = prepared(chain, model, incentive, samples, random, sender=sender)
    market.commit(test_set, bounty_wei=rounds * incentive.stake_wei)
    market.open(test_set)
    return market, test_set


def reveal(market, test_set):
    """Reveal the hidden portions; participation must be over."""
    for portion, content in enumerate(test_set.portions):
        if portion != market.course().drawn:
            market.send(market.contract.call("reveal", test_set.hashes, portion, content))


class Replay:
    """A market's contributions, replayed by the twin up to the current point of the evaluation.

    Attributes
    ----------
    model : Twin
        The twin there.
    """

    def __init__(self, market, test_set):
        history = market.history()
        self.market, self.test_set = market, test_set
        self.entries = list(history.entries.values())
        self.steps = [(entry, *one) for entry in self.entries for one in entry.samples()]
        self._start = history.start()
        self.hidden = [content for i, content in enumerate(test_set.portions) if i != history.drawn]
        size = market.incentive.pass_size
        self.passes = [self.hidden[at : at + size] for at in range(0, len(self.hidden), size)]
        self.number = self.done = 0
        self.model = deepcopy(self._start)

    @property
    def over(self):
        """Tell whether everything is evaluated."""
        return self.number == len(self.passes)

    def catch_up(self):
        """Catch up with the contract, whoever advanced it."""
        course = self.market.course()
        self.number, self.done, self.model = course.number, 0, deepcopy(self._start)
        positions = [(entry.id, at) for entry in self.entries for at in range(len(entry.samples()))]
        while positions[self.done] != (course.next_id, course.position):
            self.model.learn(*self.steps[self.done][1:])
            self.done += 1

    def next(self, most, surplus=0):
        """Return a call that evaluates up to this many samples, followed by surplus contributions."""
        ids = [entry.id for entry, *_ in self.steps[self.done : self.done + most]]
        last = self.entries.index(next(entry for entry in self.entries if entry.id == ids[-1]))
        some = [entry for entry in self.entries[: last + 1 + surplus] if entry.id >= ids[0]]
        return Evaluation(
            self.model.parameters(),
            self.test_set.hashes,
            self.passes[self.number],
            [entry.claim() for entry in some],
            [entry.slot for entry in some],
            most,
        )

    def push(self, most, *, surplus=0, sender=None, call=None):
        """Evaluate up to this many samples in a transaction."""
        market = self.market
        call = self.next(most, surplus) if call is None else call
        sender = sender or market.chain.accounts[-1]
        market.send(market.contract.call("evaluate", call, gas=TRANSACTION_GAS_LIMIT), sender)
        for _, sample, label in self.steps[self.done : self.done + most]:
            self.model.learn(sample, label)
        self.done = min(self.done + most, len(self.steps))
        if self.done == len(self.steps):
            self.number, self.done, self.model = self.number + 1, 0, deepcopy(self._start)

    def owed(self):
        """Return what the rule owes everybody, in wei."""
        incentive, model = self.market.incentive, deepcopy(self._start)
        tests = [one for content in self.hidden for one in unpack_portion(content)]

        def mistakes():
            return sum(model.label_of(sample) != label for sample, label in tests)

        counted = [mistakes()]
        for entry in self.entries:
            for sample, label in entry.samples():
                model.learn(sample, label)
            counted.append(mistakes())
        rounds = self.market.history().bounty_wei // incentive.stake_wei
        stakes = [len(entry.samples()) for entry in self.entries]
        owed = Counter()
        for entry, gain in zip(self.entries, gains(counted, len(tests), rounds, stakes), strict=True):
            owed[entry.author] += gain * UNIT + entry.kept_wei
        return owed
