"""What linear models have in common: a vector of weights and a bias per class, or one of each for two classes."""

from __future__ import annotations

from abc import ABC

import numpy as np
from numpy.typing import NDArray

from dcai.models.twins.lanes import INT16
from dcai.models.twins.twin import Twin

NO_BIAS = INT16.lowest
"""Stands for the bias of a class without a sample of its own, where there are vectors for all classes."""


class LinearTwin(Twin, ABC):
    """A linear model: for two classes there is one vector, and class 1 is where its score is above 0.

    For more classes there is one vector per class, and the largest score wins; a class without a sample of its own is
    empty, and never wins.

    Attributes
    ----------
    bias_ : numpy.ndarray of int64, shape (1 or max_classes,)
        `NO_BIAS` of an empty class.
    """

    bias_: NDArray[np.int64]

    @property
    def contract(self) -> str:
        """The name of the Solidity model that it is deployed as: there is another one for more than two classes."""
        return self.contracts[0 if self._binary else 1]

    @property
    def _binary(self) -> bool:
        return self.max_classes == 2

    @classmethod
    def _vectors_of(cls, max_classes: int) -> int:
        return 1 if max_classes == 2 else max_classes

    @property
    def _vectors_read(self) -> int:
        return self._vectors_used

    @property
    def _vectors_used(self) -> int:
        return 1 if self._binary else len(self.classes)

    @property
    def _lowest_bias(self) -> int:
        return INT16.lowest if self._binary else INT16.lowest + 1

    def _begin(self, labels: NDArray[np.int64]) -> None:
        if not self._binary:
            self.bias_[labels] = 0

    def _empty(self) -> NDArray[np.bool_]:
        return np.zeros(2, dtype=np.bool_) if self._binary else self._empty_vectors(self._vectors_used)

    def _empty_vectors(self, count: int) -> NDArray[np.bool_]:
        return np.zeros(1, dtype=np.bool_) if self._binary else self.bias_[:count] == NO_BIAS
