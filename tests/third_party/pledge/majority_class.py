"""A third party's model: the twin of tests/support/contracts/MajorityClass.sol."""

import numpy as np

from dcai.models import SparseModel
from dcai.models.fields import integers
from dcai.models.lanes import UINT16

FULL = 65_535


class MajorityClass(SparseModel):
    """The twin of tests/support/contracts/MajorityClass.sol."""

    contracts = ("MajorityClass",)

    _lane = UINT16
    _header_bytes = 2

    def touched(self, sample, label):
        return sorted({0, (16 + 2 * label) // 32})

    @classmethod
    def _size(cls, max_classes, n_features):
        return 2 * max_classes

    @property
    def _vectors_read(self):
        return 1

    @property
    def _table(self):
        return np.empty((self._vectors, 0), dtype=np.int64)

    def _clear(self):
        self.counts_ = np.zeros(self._vectors, dtype=np.int64)

    def _header(self):
        return UINT16.pack(self.counts_)

    def _set_state(self, header, table):
        self.counts_ = UINT16.unpack(header)

    def _dump(self):
        return {"counts": self.counts_.tolist()}

    def _load(self, state):
        self.counts_ = integers(state, "counts", self.counts_.shape, 0, FULL)

    def _learn(self, features, label):
        self.counts_[label] = min(self.counts_[label] + 1, FULL)

    def _learn_rows(self, rows, labels):
        for label in labels:
            self._learn(None, label)

    def _learning(self, label):
        return np.array([label])

    def _empty(self):
        return self.counts_[: len(self.classes)] == 0

    def _row_scores(self, rows):
        return np.tile(self.counts_[: len(self.classes)], (rows.shape[0], 1))

    def _score(self, features, label):
        return int(self.counts_[label])

    def _terms(self, features, label):
        return int(self.counts_[label]), [0] * len(features.indices)
