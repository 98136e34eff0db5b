"""Models that learn by counting."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dcai.errors import InvalidInput
from dcai.models.twins.fields import integers
from dcai.models.twins.lanes import UINT16, UINT48
from dcai.models.twins.twin import Features, Twin

FULL = UINT16.highest
"""A class with as many samples learns nothing more: no sum can overflow, and averages stay exact."""


class CountingTwin(Twin, ABC):
    """A model that knows, for each class, how many samples it had, and the sum of them.

    A class without samples is empty and never wins; one with 65,535 learns nothing more. Sums and totals that no
    samples add up to, as the initial parameters of a contract may be, stop at the end of their range.

    Attributes
    ----------
    counts_ : numpy.ndarray of int64, shape (max_classes,)
        The number of samples of each class, 0 to 65,535.
    sums_ : numpy.ndarray of int64, shape (max_classes, n_features)
        The sum of each class' samples.
    totals_ : numpy.ndarray of int64, shape (max_classes,)
        What the contract keeps, of the sums of each class, to spare itself a loop.
    """

    counts_: NDArray[np.int64]
    sums_: NDArray[np.int64]
    totals_: NDArray[np.int64]

    _header_bytes = 8

    @property
    def _largest(self) -> int:
        """What a sample adds to a sum at most: 1, or what a signed byte holds."""
        return 128 if self.dense else 1

    @property
    def _table(self) -> NDArray[np.int64]:
        return self.sums_

    @abstractmethod
    def _growth(self, features: Features, label: int) -> int:
        """Return by how much the total of a class grows with a sample."""

    @abstractmethod
    def _totals(self, sums: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the totals of sums, shape (..., n_features), along their last axis."""

    def _clear(self) -> None:
        self.counts_ = np.zeros(self._vectors, dtype=np.int64)
        self.sums_ = np.zeros((self._vectors, self.n_features), dtype=np.int64)
        self.totals_ = np.zeros(self._vectors, dtype=np.int64)

    def _header(self) -> bytes:
        pairs = zip(self.counts_.tolist(), self.totals_.tolist(), strict=True)
        return b"".join(count.to_bytes(2, "big") + total.to_bytes(6, "big") for count, total in pairs)

    def _set_state(self, header: bytes, table: NDArray[np.int64]) -> None:
        numbers = np.frombuffer(header, dtype=np.uint8).reshape(-1, self._header_bytes)
        self.counts_ = UINT16.unpack(numbers[:, :2].tobytes())
        self.totals_ = UINT48.unpack(numbers[:, 2:].tobytes())
        self.sums_ = table

    def _dump(self) -> dict[str, object]:
        return {"counts": self.counts_.tolist(), "sums": self.sums_.tolist()}

    def _load(self, state: object) -> None:
        self.counts_ = integers(state, "counts", self.counts_.shape, 0, FULL)
        self.sums_ = integers(state, "sums", self.sums_.shape, self._lane.lowest, self._lane.highest)
        self.totals_ = self._totals(self.sums_)
        impossible = np.argwhere(np.abs(self.sums_) > self._largest * self.counts_[:, np.newaxis])
        if len(impossible):
            label, feature = impossible[0]
            raise InvalidInput(
                f"sums[{label}][{feature}] in the model file is {self.sums_[label, feature]:,}, which "
                f"{self.counts_[label]:,} samples can't add up to: at most {self._largest} each; save the model again."
            )

    def _learn_rows(self, rows: Any, labels: NDArray[np.int64]) -> None:
        for label in np.unique(labels).tolist():
            if not self._possible(label):
                # Nothing is at the end of its range after samples alone, so that only here each has to be looked at.
                for features in itertools.compress(self._each(rows), labels == label):
                    self._learn(features, label)
                continue
            learnt = np.flatnonzero(labels == label)[: FULL - int(self.counts_[label])]
            # A sparse matrix gives a matrix of one row.
            self.sums_[label] += np.asarray(rows[learnt].sum(axis=0, dtype=np.int64)).ravel()
            self.counts_[label] += len(learnt)
            if len(learnt):
                self.totals_[label] = self._totals(self.sums_[label])

    def _learn(self, features: Features, label: int) -> None:
        if self.counts_[label] == FULL:
            return
        total = int(self.totals_[label]) + self._growth(features, label)
        self.totals_[label] = min(max(total, 0), UINT48.highest)
        sums = self.sums_[label, features.indices] + features.values
        self.sums_[label, features.indices] = np.clip(sums, self._lane.lowest, self._lane.highest)
        self.counts_[label] += 1

    def possible(self) -> list[bool]:
        """Tell for each class whether samples may add up to its sums: at most one of a word for each, say."""
        return [self._possible(label) for label in range(len(self.classes))]

    def _possible(self, label: int) -> bool:
        sums = self.sums_[label]
        fitting = bool((np.abs(sums) <= self._largest * self.counts_[label]).all())
        return fitting and bool(self.totals_[label] == self._totals(sums))

    def _empty(self) -> NDArray[np.bool_]:
        empty: NDArray[np.bool_] = self.counts_[: len(self.classes)] == 0
        return empty
