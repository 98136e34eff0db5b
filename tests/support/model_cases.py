"""Models of some of their classes, and rows, labels and states for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from dcai.encoders import VectorEncoder
from dcai.errors import InvalidInput
from dcai.models import (
    AveragedPerceptron,
    DensePerceptron,
    NaiveBayes,
    NearestCentroid,
    SparseNearestCentroid,
    SparsePerceptron,
)
from tests.support.plain_models import PlainAveraged, PlainCounts, PlainPerceptron

F = 23
NAMES = tuple("abcdefghijklmnopqrstuvwxyz")
RULES = {NearestCentroid: "dense centroid", SparseNearestCentroid: "sparse centroid", NaiveBayes: "naive bayes"}
PERCEPTRONS = (SparsePerceptron, DensePerceptron)
ALL = (*PERCEPTRONS, AveragedPerceptron, *RULES)


@dataclass(frozen=True)
class Case:
    """A model of some of its classes, with what it needs."""

    model: type
    classes: int
    max_classes: int
    smoothing: float = 1.0

    def make(self):
        smoothing = {"smoothing": self.smoothing} if self.model is NaiveBayes else {}
        return self.model(NAMES[: self.classes], self.max_classes, **smoothing)

    def plain(self):
        sizes = F, self.classes, self.max_classes
        if self.model is AveragedPerceptron:
            return PlainAveraged(*sizes)
        if self.model in PERCEPTRONS:
            return PlainPerceptron(self.model.dense, *sizes)
        return PlainCounts(RULES[self.model], *sizes, round(1000 * self.smoothing))

    def settings(self):
        numbers = (self.classes, 1), (F, 2), (self.max_classes, 1)
        smoothing = round(1000 * self.smoothing) if self.model is NaiveBayes else 0
        return b"".join(n.to_bytes(size, "big") for n, size in (*numbers, (smoothing, 2), (0, 4)))

    def of(self, plain):
        return self.model.twin_type.from_parameters(self.settings(), plain.parameters(), NAMES[: self.classes])

    def fitted(self, count=60, seed=0):
        return self.make().fit(rows_of(self.model, count, seed), labels_of(self, count, seed))

    def taught(self, count=60, seed=0):
        """Return the twin of the fitted model."""
        return self.fitted(count, seed).twin


CASES = [Case(model, *sizes) for model in ALL for sizes in ((2, 2), (3, 3), (3, 5))]
CASES += [Case(NaiveBayes, 3, 5, 0.001), Case(NaiveBayes, 2, 2, 65.535)]
each_case = pytest.mark.parametrize(
    "case", CASES, ids=lambda c: f"{c.model.__name__} {c.classes} of {c.max_classes} {c.smoothing}"
)
ONE_EACH = [Case(model, 2, 4) for model in ALL]
each_model = pytest.mark.parametrize("case", ONE_EACH, ids=lambda c: c.model.__name__)


def rows_of(model, count, seed=0, features=F):
    random = np.random.default_rng(seed)
    if model.dense:
        return VectorEncoder().fit_transform(random.normal(size=(count, features)) + 0.3)
    rows = random.random((count, features)) < random.random((count, 1))
    rows[:, -1] |= ~rows.any(axis=1)
    return rows.astype(np.int64)


def labels_of(case, count, seed=0):
    return np.random.default_rng(seed + 1).integers(0, case.classes, count)


def packed(model, rows):
    return [model.pack(row if model.dense else np.flatnonzero(row)) for row in rows]


def sparse_dict(row):
    return {int(i): int(row[i]) for i in np.flatnonzero(row)}


def shake(plain, case, seed):
    """Put a model into a random state, often with numbers at their limits."""
    random = np.random.default_rng(seed)
    if case.model is AveragedPerceptron:
        plain.updates = int(random.choice([0, 1, 2, 1_000, 2**20 - 12, 2**20 - 1, 2**24 - 1]))
        for k in range(1 if plain.binary else case.classes):
            biases = [-32767, -32766, -1, 0, 1, 32766, 32767, -300, 300]
            plain.bias[k] = int(random.choice(biases)) if plain.binary or random.random() < 0.7 else None
            plain.cached_bias[k] = int(random.choice([-(2**39), -1, 0, 1, 2**30, 2**39 - 1]))
            for i in range(F):
                plain.weights[k, i] = int(random.choice([-128, -127, -1, 0, 1, 126, 127]))
                plain.cached[k, i] = int(random.choice([-(2**20), 1 - 2**20, -7, 0, 7, 2**20 - 2, 2**20 - 1]))
        return plain
    if case.model in PERCEPTRONS:
        end = 32768 if case.model.dense else 128
        for k in plain.bias:
            near = int(random.choice([-32767, -32766, -1, 0, 1, 32766, 32767, -300, 300]))
            plain.bias[k] = near if plain.binary or random.random() < 0.7 else None
            for i in range(F if plain.bias[k] is not None else 0):
                plain.weights[k, i] = int(random.choice([-end, 1 - end, -1, 0, 1, end - 2, end - 1]))
        return plain
    for k, row in enumerate(rows_of(case.model, case.max_classes, seed)):
        plain.count[k] = n = int(random.choice([0, 1, 7, 65533, 65534, 65535]))
        for i, value in sparse_dict(row).items():
            plain.sum[k, i] = n * value if case.model.dense else int(random.choice([0, n // 3, n]))
    return plain


def refused(action, words):
    """Check for a refusal whose sentence has these words."""
    with pytest.raises(InvalidInput) as caught:
        action()
    for word in words:
        assert word in str(caught.value)
