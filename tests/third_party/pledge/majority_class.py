"""A third party's model: the twin of contracts/MajorityClass.sol, and the estimator around it."""

import numpy as np

from dcai.models import Model
from dcai.models.twins import SparseTwin
from dcai.models.twins.fields import integers
from dcai.models.twins.lanes import UINT16

FULL = 65_535


class MajorityClassTwin(SparseTwin):
    """The twin of contracts/MajorityClass.sol."""

    contracts = ("MajorityClass",)

    _lane = UINT16
    _header_bytes = 2

    def touched(self, sample, label):
        return sorted({0, (16 + 2 * label) // 32})

    @classmethod
    def _size(cls, max_classes, n_features):
        return 2 * max_classes

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

    def _empty(self):
        return self.counts_[: len(self.classes)] == 0

    def _row_scores(self, rows):
        return np.tile(self.counts_[: len(self.classes)], (rows.shape[0], 1))

    def _score(self, features, label):
        return int(self.counts_[label])

    def _terms(self, features, label):
        return int(self.counts_[label]), [0] * len(features.indices)


class MajorityClass(Model):
    """Whatever a sample says, it is of the class that most samples were of."""

    twin_type = MajorityClassTwin
