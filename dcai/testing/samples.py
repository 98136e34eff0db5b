"""Random samples for a model, valid and invalid."""

from __future__ import annotations

from abc import ABC, abstractmethod
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from dcai.samples import norm_bounds, scale_of

# How often a sample is an earlier one: with another label it leads to equal scores, and to steps back.
_AGAIN = 0.3

# The most squares in a greedy sum of squares: each leaves a rest of at most twice its root.
_GREEDY = 10


class Samples(ABC):
    """Makes random samples as features, the input of a model's `pack`.

    Parameters
    ----------
    n_features : int
    random : numpy.random.Generator
    """

    def __init__(self, n_features: int, random: np.random.Generator) -> None:
        self.n_features = n_features
        self.random = random
        self._made: list[NDArray[np.int64]] = []

    def features(self) -> NDArray[np.int64]:
        """Return the features of a random sample, sometimes of an earlier one."""
        if self._made and self.random.random() < _AGAIN:
            return self._made[self.random.integers(len(self._made))]
        self._made.append(self._new())
        return self._made[-1]

    def rows(self, samples: list[NDArray[np.int64]]) -> NDArray[np.int64]:
        """Return samples as `fit` takes them, shape (n, n_features)."""
        return np.array([self._row(features) for features in samples])

    @abstractmethod
    def packed(self, features: NDArray[np.int64]) -> bytes:
        """Return a sample as contracts read it."""

    @abstractmethod
    def largest(self) -> NDArray[np.int64]:
        """Return a random sample with every feature."""

    @abstractmethod
    def wrong_features(self) -> dict[str, object]:
        """Return inputs that `pack` must refuse, by what is wrong with each."""

    @abstractmethod
    def wrong_bytes(self) -> dict[str, bytes]:
        """Return bytes that twin and contract must refuse, by what is wrong with each."""

    @abstractmethod
    def _new(self) -> NDArray[np.int64]: ...

    @abstractmethod
    def _row(self, features: NDArray[np.int64]) -> NDArray[np.int64]: ...


class SparseSamples(Samples):
    """Feature indices: one feature, all, random ones, or the first and the last."""

    def packed(self, features: NDArray[np.int64]) -> bytes:
        return features.astype(">u2").tobytes()

    def largest(self) -> NDArray[np.int64]:
        return np.arange(self.n_features)

    def wrong_features(self) -> dict[str, object]:
        return {
            "no feature": [],
            "an index below 0": [-1],
            "an index that is too large": [0, self.n_features],
            "an index that repeats": [0, 0],
            "indices that fall": [1, 0],
            "an index that isn't whole": [0.5],
            "an index that is a text": ["0"],
            "a table": [[0]],
        }

    def wrong_bytes(self) -> dict[str, bytes]:
        last = (self.n_features - 1).to_bytes(2, "big")
        wrong = {
            "empty": b"",
            "of an odd length": last + b"\0",
            "of one byte": b"\0",
            "with an index that repeats": last + last,
            "with an index that is too large": self.n_features.to_bytes(2, "big"),
            "with a last index that is too large": last + b"\xff\xff",
        }
        if self.n_features > 1:
            wrong["with indices that fall"] = last + b"\0\0"
        return wrong

    def _new(self) -> NDArray[np.int64]:
        kind = self.random.integers(8)
        size = 1 if kind == 0 else self.n_features if kind == 1 else self.random.integers(1, self.n_features + 1)
        chosen = self.random.choice(self.n_features, size, replace=False)
        if kind == 2:
            chosen = np.append(chosen, [0, self.n_features - 1])
        return np.unique(chosen)

    def _row(self, features: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.isin(np.arange(self.n_features), features).astype(np.int64)


class DenseSamples(Samples):
    """Vectors: of random direction, along an axis, or with the smallest or largest valid norm."""

    def __init__(self, n_features: int, random: np.random.Generator) -> None:
        super().__init__(n_features, random)
        self._lowest, self._highest = norm_bounds(n_features, bits=8)

    def packed(self, features: NDArray[np.int64]) -> bytes:
        return features.astype(np.int8).tobytes()

    def largest(self) -> NDArray[np.int64]:
        return self._unit(np.where(self.random.random(self.n_features) < 0.5, -1.0, 1.0))

    def wrong_features(self) -> dict[str, object]:
        good = self.largest()
        return {
            "no feature": [],
            "a feature too many": [*good, 0],
            "a feature too few": good[1:],
            "a number that isn't whole": good + 0.5,
            "NaN": np.where(np.arange(self.n_features) == 0, np.nan, good),
            "a number beyond a signed byte": self._axis(128),
            "a vector of zeros": 0 * good,
            "texts": ["0"] * self.n_features,
            "a table": [good],
        }

    def wrong_bytes(self) -> dict[str, bytes]:
        good = self.packed(self.largest())
        norms = {
            "with a norm that is too small": self._of_norm(self._lowest - 1),
            "with a norm that is too large": self._of_norm(self._highest + 1),
            "with the norm of one feature that is too small": self._axis(isqrt(self._lowest - 1)),
            "of zeros": self._axis(0),
        }
        if self.n_features > 1:
            norms["with the largest possible norm"] = np.full(self.n_features, -128)
        return {
            "empty": b"",
            "of a byte too few": good[1:],
            "of a byte too many": good + b"\0",
            **{name: self.packed(features) for name, features in norms.items() if features is not None},
        }

    def _new(self) -> NDArray[np.int64]:
        kind = self.random.integers(8)
        made = None
        if kind == 0:
            made = self._axis(scale_of(8) * self._sign())
        elif kind == 1 and self._highest >= 128**2:
            made = self._axis(-128)
        elif kind in (2, 3):
            made = self._of_norm(self._lowest if kind == 2 else self._highest)
        return self._unit(self.random.normal(size=self.n_features)) if made is None else made

    def _row(self, features: NDArray[np.int64]) -> NDArray[np.int64]:
        return features

    def _sign(self) -> int:
        return int(self.random.choice([-1, 1]))

    def _unit(self, direction: NDArray[np.float64]) -> NDArray[np.int64]:
        unit: NDArray[np.float64] = direction / np.linalg.norm(direction)
        return np.rint(unit * scale_of(8)).astype(np.int64)

    def _axis(self, value: int) -> NDArray[np.int64]:
        vector = np.zeros(self.n_features, dtype=np.int64)
        vector[self.random.integers(self.n_features)] = value
        return vector

    def _of_norm(self, squares: int) -> NDArray[np.int64] | None:
        """Return a vector with this sum of squares, or None if none is found, as happens with few features."""
        order = self.random.permutation(self.n_features)
        free, greedy = order[_GREEDY:], order[:_GREEDY]
        vector = np.zeros(self.n_features, dtype=np.int64)
        if free.size:
            direction = self.random.normal(size=free.size)
            length = np.sqrt(squares * self.random.random())
            vector[free] = np.fix(direction / np.linalg.norm(direction) * length).clip(-127, 127)
        rest = squares - int((vector * vector).sum())
        for position in greedy:
            root = min(isqrt(rest), scale_of(8))
            vector[position] = self._sign() * root
            rest -= root * root
        return vector if rest == 0 else None


def samples_of(dense: bool, n_features: int, random: np.random.Generator) -> Samples:
    """Return the maker of samples for a dense or a sparse model."""
    return (DenseSamples if dense else SparseSamples)(n_features, random)
