"""The twin of contracts/models/SparsePerceptron.sol and SparseMulticlassPerceptron.sol."""

from __future__ import annotations

from typing import ClassVar

from dcai.encoders.base import MAX_FEATURES
from dcai.models.lanes import INT8
from dcai.models.perceptron import Perceptron
from dcai.models.sparse import SparseModel

_GAS_TEST = 1_400
_GAS_POSTING = 175


class SparsePerceptron(SparseModel, Perceptron):
    """Rosenblatt's perceptron over binary features: see `Perceptron` for the rule, and `State` for the parameters.

    Weights are signed bytes: -128 to 127.

    Examples
    --------
    >>> import numpy as np
    >>> from dcai.models import SparsePerceptron
    >>> X = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 0], [0, 0, 1]])
    >>> model = SparsePerceptron(classes=("no", "yes")).fit(X, [1, 0, 1, 0])
    >>> model.predict(X).tolist()
    [1, 0, 1, 0]
    """

    contracts: ClassVar[tuple[str, ...]] = ("SparsePerceptron", "SparseMulticlassPerceptron")

    _lane = INT8
    _bias_unit = 1
    _most_lanes = 32_000
    _asking_gas = (350, 90)

    def counting_gas(self, sample: bytes) -> int:
        """Return an upper estimate of the gas of finding out in memory whether the model gets a test sample right."""
        if not self._binary:
            return super().counting_gas(sample)
        # of one vector, margins are kept and move with its weights: see contracts/libraries/SparseExam.sol
        return _GAS_TEST + _GAS_POSTING * self.size_of(sample)

    @property
    def _most_features(self) -> int:
        # of one vector, all that there are fit into a transaction
        return MAX_FEATURES if self._binary else super()._most_features
