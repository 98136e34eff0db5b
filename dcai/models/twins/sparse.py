"""Samples whose features are present or not."""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from dcai.errors import InvalidInput
from dcai.models.twins.twin import Features, Twin
from dcai.samples import MAX_FEATURES, pack_sparse, unpack_sparse

if TYPE_CHECKING:
    from scipy import sparse

_GAS = 4_000
_GAS_VECTOR = 800
_GAS_FEATURE = 250
_GAS_LANE = 250
_GAS_TEST = 2_500

# Of a transaction about the largest sample, and of a slot that becomes used.
_SAMPLE_GAS = 7_800_000
SLOT_GAS = 22_200


class SparseTwin(Twin, ABC):
    """A model of binary features: a sample is the indices of those that are present.

    The table is laid out by feature, so that the lanes of frequent features, which come first, share slots.
    """

    dense = False
    max_features = MAX_FEATURES

    _most_lanes: ClassVar[int] = 12_500
    """Lanes that a contract reads at most to answer about a sample."""

    _asking_gas: ClassVar[tuple[int, int]] = (250, 270)
    """What an answer takes at most for each feature of a sample, and for each of its lanes."""

    _vector_gas: ClassVar[tuple[int, int]] = (1_250, 115)
    """What a vector takes at most in memory, and each of its lanes that a sample has."""

    def pack(self, features: object) -> bytes:
        """Return a sample: strictly increasing feature indices, each below the number of features, as uint16.

        Parameters
        ----------
        features : array-like of int, shape (n,), n ≥ 1

        Raises
        ------
        InvalidInput
            If they are not a sample, or one is beyond the model's features.
        """
        sample = pack_sparse(features)
        self._check_indices(unpack_sparse(sample))
        return sample

    def unpack(self, sample: bytes) -> NDArray[np.int64]:
        """Return the feature indices of a sample, shape (n,).

        Raises
        ------
        InvalidInput
            If the contract would refuse it.
        """
        return self._features(sample).indices.astype(np.int64)

    def size_of(self, sample: bytes) -> int:
        """Return the number of features of a sample."""
        return len(sample) // 2

    def learn_gas(self, sample: bytes) -> int:
        """Return an upper estimate of the gas that a sample takes in a batch, beside reading and writing the state."""
        vectors = self._vectors_read
        return _GAS + _GAS_VECTOR * vectors + (_GAS_FEATURE + _GAS_LANE * vectors) * self.size_of(sample)

    def asking_gas(self, sample: bytes) -> int:
        """Return an upper estimate of the gas of an answer about a sample, beside reading the state."""
        feature, lane = self._asking_gas
        return _GAS + self._vector_gas[0] * self._vectors + (feature + lane * self._vectors) * self.size_of(sample)

    def counting_gas(self, sample: bytes) -> int:
        """Return an upper estimate of the gas of finding out in memory whether the model gets a test sample right."""
        vector, lane = self._vector_gas
        return _GAS_TEST + (vector + lane * self.size_of(sample)) * self._vectors

    def largest_sample(self, size: int) -> bytes:
        """Return a sample of so many features, or of as many as the model takes."""
        return self.pack(range(min(size, self.n_features, self._most_features)))

    @property
    def _most_features(self) -> int:
        """The most features of a sample, so that no transaction about it takes more than eight million gas."""
        # of a counting model: see contracts/models/CountTable.sol
        return min(self._affordable(1, 400, self.slots), self._most_lanes // self.max_classes)

    def _affordable(self, feature_slots: int, feature_gas: int, slots: int) -> int:
        """Return what contracts/libraries/SparseSample.sol does: features that all touch slots of their own, or all."""
        left = max(_SAMPLE_GAS - SLOT_GAS * slots, 0)
        return max(_SAMPLE_GAS // (feature_slots * SLOT_GAS + feature_gas), left // feature_gas)

    def _check_indices(self, indices: NDArray[np.integer]) -> None:
        if indices[-1] >= self.n_features:
            raise InvalidInput(
                f"There is no feature {indices[-1]}: this model has {self.n_features}, 0 to {self.n_features - 1}."
            )
        if len(indices) > self._most_features:
            raise InvalidInput(
                f"The sample has {len(indices):,} features; with {self.n_features:,} features and {self.max_classes} "
                f"classes this model takes up to {self._most_features:,}, so that no transaction about a sample needs "
                "too much gas: leave the rarest out."
            )

    @classmethod
    def rows(cls, X: Any) -> sparse.csr_matrix:
        """Return samples as rows: see `Twin.rows`."""
        from scipy import sparse  # takes longer to import than one sample takes to learn

        try:
            given = X if sparse.issparse(X) else np.asarray(X)
        except ValueError:  # rows of different lengths
            given = np.array(None)
        if given.dtype.kind == "c":
            raise InvalidInput(f"Complex data not supported: rows are numbers, not {given.dtype}.")
        if given.ndim != 2 or given.dtype.kind not in "biuf":
            raise InvalidInput(
                f"Rows are an array or sparse matrix of numbers, one row per sample, not of shape {given.shape} and "
                f"{given.dtype}. Reshape your data: use an encoder's transform, or write [row] for a single row."
            )
        rows = sparse.csr_matrix(given, dtype=np.float64, copy=True)
        rows.sum_duplicates()
        rows.eliminate_zeros()
        # A NaN fails both comparisons.
        misfits = np.flatnonzero(~((rows.data > 0) & (rows.data < np.inf)))
        if misfits.size:
            row = np.searchsorted(rows.indptr, misfits[0], side="right") - 1
            value = rows.data[misfits[0]]
            neither = "Negative values in data are" if -np.inf < value < 0 else "NaN and inf are"
            raise InvalidInput(
                f"Row {row} has {value} in column {rows.indices[misfits[0]]}, and a feature is there (above 0) or not "
                f"(0). {neither} neither; use an encoder's transform."
            )
        present = np.ones(rows.nnz, dtype=np.int64)
        return sparse.csr_matrix((present, rows.indices, rows.indptr), shape=rows.shape)

    def _learnable(
        self, rows: sparse.csr_matrix, labels: NDArray[np.int64]
    ) -> tuple[sparse.csr_matrix, NDArray[np.int64]]:
        samples = np.diff(rows.indptr) > 0
        return rows[samples], labels[samples]

    def _each(self, rows: sparse.csr_matrix) -> Iterator[Features]:
        bounds = rows.indptr.tolist()
        for start, end in pairwise(bounds):
            yield Features(rows.indices[start:end], rows.data[start:end])

    def _dots(self, rows: sparse.csr_matrix, vectors: NDArray[np.int64]) -> NDArray[np.int64]:
        # At most 65,535 lanes of less than 2**16 each.
        dots: NDArray[np.int64] = rows @ vectors.T
        return dots

    def _features(self, sample: bytes) -> Features:
        features = _read(sample)
        self._check_indices(features.indices)
        return features

    def _positions(self, vectors: NDArray[np.int64], indices: NDArray[np.integer]) -> NDArray[np.int64]:
        return indices.astype(np.int64) * self._vectors + vectors[:, np.newaxis]

    def _to_layout(self, table: NDArray[np.int64]) -> NDArray[np.int64]:
        return table.T

    def _from_layout(self, lanes: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.ascontiguousarray(lanes.reshape(-1, self._vectors).T)


# A sample that is contributed is read again when it is learnt, and whenever somebody claims something about it.
@lru_cache(maxsize=512)
def _read(sample: bytes) -> Features:
    """Return the features of a sample, or refuse what no model takes."""
    if len(sample) % 2:
        raise InvalidInput(f"The sample has {len(sample)} bytes; a sparse sample has two bytes per feature.")
    indices = unpack_sparse(sample)
    if indices.size == 0 or (indices[1:] <= indices[:-1]).any():
        pack_sparse(indices)
    present = np.ones(len(indices), dtype=np.int64)
    for shared in (indices, present):
        shared.flags.writeable = False
    return Features(indices, present)
