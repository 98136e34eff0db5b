"""Rosenblatt's rule of learning."""

from __future__ import annotations

from abc import ABC
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from dcai.models.twins.fields import integers
from dcai.models.twins.lanes import INT16, UINT16
from dcai.models.twins.linear import NO_BIAS, LinearTwin
from dcai.models.twins.twin import Features


class PerceptronTwin(LinearTwin, ABC):
    """Rosenblatt's perceptron: a linear model that moves by one sample where it is wrong.

    score = bias * unit + weights · x. For two classes there is one vector, and class 1 is where its score is above 0.
    For more there is one vector per class, which distinguishes it from all others, and the largest score wins. A vector
    learns where its sign is wrong: weights += x, bias += 1 for its class, the opposite for others. Weights and biases
    at the end of their range stay there.

    A score of 0 is wrong for every label, as in scikit-learn's ``Perceptron``, whose single pass gives the same
    weights; but where there is one vector of a sparse model, it stands for class 0.

    Where there are vectors for all classes, those without a sample of their own are empty: they never win and never
    learn from samples of others. `fit` knows beforehand which classes have samples, and begins with none of these
    empty.

    Attributes
    ----------
    weights_ : numpy.ndarray of int64, shape (1 or max_classes, n_features)
    bias_ : numpy.ndarray of int64, shape (1 or max_classes,)
        Of one vector -32,768 to 32,767. Of more -32,767 to 32,767, and -32,768 for an empty class.
    """

    weights_: NDArray[np.int64]
    bias_: NDArray[np.int64]

    _header_bytes = 2
    _bias_unit: ClassVar[int]

    @property
    def _table(self) -> NDArray[np.int64]:
        return self.weights_

    def _clear(self) -> None:
        self.weights_ = np.zeros((self._vectors, self.n_features), dtype=np.int64)
        self.bias_ = np.full(self._vectors, 0 if self._binary else NO_BIAS)

    def _header(self) -> bytes:
        return INT16.pack(self.bias_) if self._binary else UINT16.pack(self.bias_ - NO_BIAS)

    def _set_state(self, header: bytes, table: NDArray[np.int64]) -> None:
        self.weights_ = table
        self.bias_ = INT16.unpack(header) if self._binary else UINT16.unpack(header) + NO_BIAS

    def _dump(self) -> dict[str, object]:
        empty = self._empty_vectors(self._vectors).tolist()
        biases = [None if none else bias for none, bias in zip(empty, self.bias_.tolist(), strict=True)]
        return {"biases": biases, "weights": self.weights_.tolist()}

    def _load(self, state: object) -> None:
        null = None if self._binary else NO_BIAS
        self.bias_ = integers(state, "biases", self.bias_.shape, self._lowest_bias, INT16.highest, null=null)
        self.weights_ = integers(state, "weights", self.weights_.shape, self._lane.lowest, self._lane.highest)

    def _learn(self, features: Features, label: int) -> None:
        if self._binary:
            margin = int(self._margins(features)[0])
            if label == 1 and margin <= 0:
                self._move(0, 1, features)
            elif label == 0 and (margin >= 0 if self.dense else margin > 0):
                self._move(0, -1, features)
            return
        used = self._vectors_used
        own, empty, margins = np.arange(used) == label, self._empty_vectors(used), self._margins(features)
        for vector in np.flatnonzero(np.where(own, empty | (margins <= 0), ~empty & (margins >= 0))).tolist():
            if empty[vector]:
                self.bias_[vector] = 0
            self._move(vector, 1 if own[vector] else -1, features)

    def _move(self, vector: int, step: int, features: Features) -> None:
        indices, values = features
        moved = self.weights_[vector].take(indices) + step * values
        self.weights_[vector, indices] = moved.clip(self._lane.lowest, self._lane.highest)
        self.bias_[vector] = min(max(self.bias_[vector] + step, self._lowest_bias), INT16.highest)

    def _learning(self, label: int) -> NDArray[np.int64]:
        return np.arange(self._vectors_used)

    def _margins(self, features: Features) -> NDArray[np.int64]:
        # Below 2**35: 4,096 products of 15 and 7 bits, or 65,535 lanes of 7; and a bias of 15 bits times 16,129.
        used = self._vectors_used
        margins: NDArray[np.int64] = self.weights_[:used].take(features.indices, axis=1) @ features.values
        return margins + self.bias_[:used] * self._bias_unit

    def _row_scores(self, rows: object) -> NDArray[np.int64]:
        used = self._vectors_used
        margins = self._dots(rows, self.weights_[:used]) + self.bias_[:used] * self._bias_unit
        return np.hstack((np.zeros_like(margins), margins)) if self._binary else margins

    def _score(self, features: Features, label: int) -> int:
        if self._binary and label == 0:
            return 0
        vector = 0 if self._binary else label
        dot = self.weights_[vector].take(features.indices) @ features.values
        return int(dot + self.bias_[vector] * self._bias_unit)

    def _terms(self, features: Features, label: int) -> tuple[int, list[int]]:
        if self._binary and label == 0:
            return 0, [0] * len(features.indices)
        vector = 0 if self._binary else label
        terms: list[int] = (self.weights_[vector, features.indices] * features.values).tolist()
        return int(self.bias_[vector]) * self._bias_unit, terms
