"""The twin of contracts/models/AveragedPerceptron.sol and AveragedMulticlassPerceptron.sol."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from dcai.models.twins import slots
from dcai.models.twins.fields import integers
from dcai.models.twins.lanes import INT8, INT16, INT40, UINT16, UINT24
from dcai.models.twins.linear import NO_BIAS, LinearTwin
from dcai.models.twins.sparse import SLOT_GAS, SparseTwin
from dcai.models.twins.state import HEAD, SLOT
from dcai.models.twins.twin import Features

FULL = slots.HIGHEST
"""A model that has been updated as often learns nothing more."""

_COUNTER = UINT24.size
_GAS_TEST = 1_500
_GAS_POSTING = 250


class AveragedPerceptronTwin(SparseTwin, LinearTwin):
    """The perceptron whose answers are those of the average of its vectors (Freund & Schapire 1999, Collins 2002).

    It learns only from a sample that its current weights w and bias get wrong: the vector of the sample's class moves
    by the sample, that of the predicted class against it, and both add as much, times the number c of updates before,
    to what is cached, u. The average of w over all updates is then w - u / c, and

        score = c * (bias + w · x) - (cached bias + u · x),

    c times the average's. For two classes there is one vector, and class 1 is where the score is above 0. For more
    there is one per class, and the largest score wins.

    A step that would take a weight or what is cached for it beyond the end of its range isn't made, for that feature
    alone, so that the average stays that of weights that there were. After 1,048,575 updates a model is full and learns
    nothing more.

    Where there are vectors for all classes, those without a sample of their own are empty: they never win. `fit` knows
    beforehand which classes have samples, and begins with none of these empty.

    Attributes
    ----------
    updates_ : int
        The number of updates, c.
    weights_ : numpy.ndarray of int64, shape (1 or max_classes, n_features)
        w, -128 to 127.
    bias_ : numpy.ndarray of int64, shape (1 or max_classes,)
        Of one vector -32,768 to 32,767. Of more -32,767 to 32,767, and -32,768 for an empty class.
    cached_weights_ : numpy.ndarray of int64, shape (1 or max_classes, n_features)
        u, -1,048,576 to 1,048,575.
    cached_bias_ : numpy.ndarray of int64, shape (1 or max_classes,)
        The same of the bias, 40 bits.
    """

    contracts = ("AveragedPerceptron", "AveragedMulticlassPerceptron")

    updates_: int
    weights_: NDArray[np.int64]
    bias_: NDArray[np.int64]
    cached_weights_: NDArray[np.int64]
    cached_bias_: NDArray[np.int64]

    _lane = INT8
    _header_bytes = INT16.size + INT40.size
    _asking_gas: ClassVar[tuple[int, int]] = (350, 400)
    _spare: bytes
    """The parameters as they were read: a creator may have filled bits that mean nothing."""

    def parameters(self) -> bytes:
        """Return the parameters as the contract keeps them: counter and biases, weights, and what is cached."""
        known = super().parameters()
        parameters = bytearray(self._spare)
        parameters[: len(known)] = known
        cached = slots.pack(self._to_layout(self.cached_weights_).ravel(), parameters[self._cached :])
        return bytes(parameters[: self._cached]) + cached

    def touched(self, sample: bytes, label: int) -> Iterable[int]:
        """Return the slots of the packed state that learning a sample may change, slot 0 always, in order."""
        vectors = np.arange(self._vectors_used)
        lanes = self._positions(vectors, self._features(sample).indices).ravel()
        headers = HEAD + _COUNTER + self._header_bytes * vectors
        weights = HEAD + _COUNTER + self._header_bytes * self._vectors + lanes
        places = np.concatenate(([0], headers, headers + self._header_bytes - 1, weights)) // SLOT
        cached = (HEAD + self._cached) // SLOT + lanes // slots.LANES
        found: list[int] = np.unique(np.concatenate((places, cached))).tolist()
        return found

    def counting_gas(self, sample: bytes) -> int:
        """Return an upper estimate of the gas of finding out in memory whether the model gets a test sample right."""
        if not self._binary:
            return super().counting_gas(sample)
        # of one vector, margins are kept and move with its weights: see contracts/libraries/AveragedExam.sol
        return _GAS_TEST + _GAS_POSTING * self.size_of(sample)

    @property
    def _most_features(self) -> int:
        if self._binary:
            return self._affordable(2, 600, self.slots)
        # two classes move: their lanes are in one slot or in two of the weights, and of what is cached
        gas, moved = 1_000 + 500 * self.max_classes, 1 if slots.LANES % self.max_classes == 0 else 2
        every, weights = self.slots, (HEAD + self._cached) // SLOT
        return max(
            self._affordable(2 + moved, gas, every),
            self._affordable(2, gas + moved * SLOT_GAS, weights),
        )

    @property
    def _table(self) -> NDArray[np.int64]:
        return self.weights_

    @classmethod
    def _size(cls, max_classes: int, n_features: int) -> int:
        vectors = cls._vectors_of(max_classes)
        return cls._start(vectors, n_features) + slots.size(vectors * n_features)

    @classmethod
    def _start(cls, vectors: int, n_features: int) -> int:
        """Return the byte of the parameters at which what is cached begins: that of a slot."""
        end = HEAD + _COUNTER + vectors * (cls._header_bytes + cls._lane.size * n_features)
        return -(-end // SLOT) * SLOT - HEAD

    @property
    def _cached(self) -> int:
        return self._start(self._vectors, self.n_features)

    def _clear(self) -> None:
        shape = self._vectors, self.n_features
        self.updates_ = 0
        self.weights_, self.cached_weights_ = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        self.bias_ = np.full(self._vectors, 0 if self._binary else NO_BIAS)
        self.cached_bias_ = np.zeros(self._vectors, dtype=np.int64)
        self._spare = bytes(self._size(self.max_classes, self.n_features))

    def _header(self) -> bytes:
        biases = INT16.pack(self.bias_) if self._binary else UINT16.pack(self.bias_ - NO_BIAS)
        parts = (
            np.frombuffer(lanes, dtype=np.uint8).reshape(self._vectors, -1)
            for lanes in (biases, INT40.pack(self.cached_bias_))
        )
        return self.updates_.to_bytes(_COUNTER, "big") + np.hstack(tuple(parts)).tobytes()

    def _set_state(self, header: bytes, table: NDArray[np.int64]) -> None:
        self.updates_ = int.from_bytes(header[:_COUNTER], "big")
        numbers = np.frombuffer(header[_COUNTER:], dtype=np.uint8).reshape(self._vectors, -1)
        biases, cached = numbers[:, : INT16.size].tobytes(), numbers[:, INT16.size :].tobytes()
        self.bias_ = INT16.unpack(biases) if self._binary else UINT16.unpack(biases) + NO_BIAS
        self.cached_bias_, self.weights_ = INT40.unpack(cached), table

    def _read(self, parameters: bytes) -> None:
        lanes = self._vectors * self.n_features
        header = _COUNTER + self._header_bytes * self._vectors
        weights = self._lane.unpack(parameters[header : header + lanes])
        self._set_state(parameters[:header], self._from_layout(weights))
        self.cached_weights_ = self._from_layout(slots.unpack(parameters[self._cached :])[:lanes])
        self._spare = parameters

    def _dump(self) -> dict[str, object]:
        empty = self._empty_vectors(self._vectors).tolist()
        return {
            "updates": [self.updates_],
            "biases": [None if none else bias for none, bias in zip(empty, self.bias_.tolist(), strict=True)],
            "weights": self.weights_.tolist(),
            "cached_biases": self.cached_bias_.tolist(),
            "cached_weights": self.cached_weights_.tolist(),
        }

    def _load(self, state: object) -> None:
        self.updates_ = int(integers(state, "updates", (1,), 0, UINT24.highest)[0])
        null, weights, biases = None if self._binary else NO_BIAS, self.weights_.shape, self.bias_.shape
        self.bias_ = integers(state, "biases", biases, self._lowest_bias, INT16.highest, null=null)
        self.weights_ = integers(state, "weights", weights, self._lane.lowest, self._lane.highest)
        self.cached_bias_ = integers(state, "cached_biases", biases, INT40.lowest, INT40.highest)
        self.cached_weights_ = integers(state, "cached_weights", weights, slots.LOWEST, slots.HIGHEST)

    def _learn(self, features: Features, label: int) -> None:
        if self.updates_ >= FULL:
            return
        if self._binary:
            if (self.weights_[0].take(features.indices).sum() + self.bias_[0] > 0) == label:
                return
            self._move(0, 1 if label else -1, features)
        else:
            used = self._vectors_used
            margins = self.weights_[:used].take(features.indices, axis=1).sum(axis=1) + self.bias_[:used]
            empty = self._empty_vectors(used)
            predicted = np.where(empty, np.iinfo(np.int64).min, margins).argmax().item()
            if not empty[label] and predicted == label:
                return
            if empty[label]:
                self.bias_[label] = 0
            self._move(label, 1, features)
            if not empty[predicted]:
                self._move(predicted, -1, features)
        self.updates_ += 1

    def _move(self, vector: int, step: int, features: Features) -> None:
        """Add a step to the weights and the bias of a vector, and to what is cached for them, where both have room."""
        delay = step * self.updates_
        weights = self.weights_[vector].take(features.indices) + step
        cached = self.cached_weights_[vector].take(features.indices) + delay
        room = (weights >= self._lane.lowest) & (weights <= self._lane.highest)
        room &= (cached >= slots.LOWEST) & (cached <= slots.HIGHEST)
        moved = features.indices[room]
        self.weights_[vector, moved], self.cached_weights_[vector, moved] = weights[room], cached[room]
        bias, cached_bias = self.bias_[vector] + step, self.cached_bias_[vector] + delay
        if self._lowest_bias <= bias <= INT16.highest and INT40.lowest <= cached_bias <= INT40.highest:
            self.bias_[vector], self.cached_bias_[vector] = bias, cached_bias

    def _row_scores(self, rows: object) -> NDArray[np.int64]:
        # Below 2**48: a counter of 24 bits times 65,535 lanes of 7.
        used = self._vectors_used
        margins = self.updates_ * (self._dots(rows, self.weights_[:used]) + self.bias_[:used])
        margins -= self._dots(rows, self.cached_weights_[:used]) + self.cached_bias_[:used]
        return np.hstack((np.zeros_like(margins), margins)) if self._binary else margins

    def _score(self, features: Features, label: int) -> int:
        base, terms = self._terms(features, label)
        return base + sum(terms)

    def _terms(self, features: Features, label: int) -> tuple[int, list[int]]:
        if self._binary and label == 0:
            return 0, [0] * len(features.indices)
        vector = 0 if self._binary else label
        weights, cached = (table[vector, features.indices] for table in (self.weights_, self.cached_weights_))
        terms: list[int] = (self.updates_ * weights - cached).tolist()
        return int(self.updates_ * self.bias_[vector] - self.cached_bias_[vector]), terms
