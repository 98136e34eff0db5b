"""Samples that are vectors of small integers."""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterator, Sized
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dcai.errors import InvalidInput
from dcai.models.twins.twin import Features, Twin
from dcai.samples import MAX_DIMENSIONS, check_dense, unpack_dense

_GAS = 4_000
_GAS_VECTOR = 2_000
_GAS_FEATURE = 40
_GAS_LANE = 120
_GAS_ASKED = 85
_GAS_COUNTED = 72
_GAS_TESTED = 2_200

# Rows that are float64 at one time: 134 MB at most.
_BATCH = 4_096


class DenseTwin(Twin, ABC):
    """A model of vectors of signed bytes and of one norm, as `VectorEncoder` gives them.

    The table is laid out by class.
    """

    dense = True
    max_features = MAX_DIMENSIONS

    def pack(self, features: object) -> bytes:
        """Return a sample: a signed byte for each feature.

        Parameters
        ----------
        features : array-like of int, shape (n_features,)
            As `VectorEncoder` gives them.

        Raises
        ------
        InvalidInput
            If they are not a sample, or not as many as the model's features.
        """
        try:
            given = np.asarray(features)
        except ValueError:  # lists of different lengths
            given = np.array(None)
        if given.ndim != 1 or given.dtype.kind not in "iuf":
            raise InvalidInput(
                f"A dense sample is a flat list of whole numbers, not of shape {given.shape} and {given.dtype}; use "
                "VectorEncoder."
            )
        self._check_length(given)
        return _checked(given).tobytes()

    def unpack(self, sample: bytes) -> NDArray[np.int64]:
        """Return the vector of a sample, shape (n_features,).

        Raises
        ------
        InvalidInput
            If the contract would refuse it.
        """
        self._check_length(sample)
        vector = unpack_dense(sample)
        _checked(vector)
        return vector

    def size_of(self, sample: bytes) -> int:
        """Return 1: all samples of the model have the same size."""
        return 1

    def learn_gas(self, sample: bytes) -> int:
        """Return an upper estimate of the gas that a sample takes in a batch, beside reading and writing the state."""
        vectors = self._vectors_read
        return _GAS + _GAS_VECTOR * vectors + (_GAS_FEATURE + _GAS_LANE * vectors) * self.n_features

    def asking_gas(self, sample: bytes) -> int:
        """Return an upper estimate of the gas of an answer about a sample, beside reading the state."""
        return _GAS + (_GAS_TESTED + _GAS_ASKED * self.n_features) * self._vectors

    def counting_gas(self, sample: bytes) -> int:
        """Return an upper estimate of the gas of finding out in memory whether the model gets a test sample right."""
        return _GAS + (_GAS_TESTED + _GAS_COUNTED * self.n_features) * self._vectors

    def largest_sample(self, size: int) -> bytes:
        """Return a sample: all of the model have the same size."""
        return self.pack([127, *[0] * (self.n_features - 1)])

    def _check_length(self, sample: Sized) -> None:
        if len(sample) != self.n_features:
            raise InvalidInput(
                f"This model has {self.n_features} features, the sample {len(sample)}; use the encoder that the "
                "model was fitted with."
            )

    @classmethod
    def rows(cls, X: object) -> NDArray[np.int8]:
        """Return samples as rows: see `Twin.rows`."""
        return check_dense(X)

    def _each(self, rows: NDArray[np.int8]) -> Iterator[Features]:
        return map(_present, rows)

    def _dots(self, rows: NDArray[np.int8], vectors: NDArray[np.int64]) -> NDArray[np.int64]:
        # Float64 has a faster product than int64, and it is exact here: at most 4,096 products of 7 and 23 bits make
        # 42, where float64 holds all integers of up to 53.
        columns = vectors.T.astype(np.float64)
        dots = np.empty((len(rows), len(vectors)), dtype=np.int64)
        for start in range(0, len(rows), _BATCH):
            dots[start : start + _BATCH] = rows[start : start + _BATCH].astype(np.float64) @ columns
        return dots

    def _features(self, sample: bytes) -> Features:
        return _present(self.unpack(sample))

    def _positions(self, vectors: NDArray[np.int64], indices: NDArray[np.integer]) -> NDArray[np.int64]:
        return vectors[:, np.newaxis] * self.n_features + indices.astype(np.int64)

    def _to_layout(self, table: NDArray[np.int64]) -> NDArray[np.int64]:
        return table

    def _from_layout(self, lanes: NDArray[np.int64]) -> NDArray[np.int64]:
        return lanes.reshape(self._vectors, -1)


def _checked(vector: NDArray[Any]) -> NDArray[np.int8]:
    checked: NDArray[np.int8] = check_dense([vector], name="The sample")[0]
    return checked


def _present(vector: NDArray[np.integer]) -> Features:
    indices = np.flatnonzero(vector)
    return Features(indices, vector[indices].astype(np.int64))
