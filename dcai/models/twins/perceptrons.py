"""The twins of contracts/models/SparsePerceptron.sol, DensePerceptron.sol and of both for several classes."""

from __future__ import annotations

from dcai.models.twins.dense import DenseTwin
from dcai.models.twins.lanes import INT8, INT16
from dcai.models.twins.perceptron import PerceptronTwin
from dcai.models.twins.sparse import SparseTwin

_GAS_TEST = 1_400
_GAS_POSTING = 175


class SparsePerceptronTwin(SparseTwin, PerceptronTwin):
    """Rosenblatt's perceptron over binary features. Weights are signed bytes: -128 to 127."""

    contracts = ("SparsePerceptron", "SparseMulticlassPerceptron")

    _lane = INT8
    _bias_unit = 1
    _asking_gas = (350, 90)

    def counting_gas(self, sample: bytes) -> int:
        """Return an upper estimate of the gas of finding out in memory whether the model gets a test sample right."""
        if not self._binary:
            return super().counting_gas(sample)
        # of one vector, margins are kept and move with its weights: see contracts/libraries/SparseExam.sol
        return _GAS_TEST + _GAS_POSTING * self.size_of(sample)

    @property
    def _most_features(self) -> int:
        if self._binary:
            return self._affordable(1, 400, self.slots)
        # the weights of a feature may begin at any byte of a slot
        return self._affordable((self.max_classes + 30) // 32 + 1, 320 * self.max_classes, self.slots)


class DensePerceptronTwin(DenseTwin, PerceptronTwin):
    """Rosenblatt's perceptron over vectors. Weights are signed integers of two bytes: -32,768 to 32,767.

    Samples and weights are 127 times what they would be for vectors of unit norm, and so the bias counts 127² times.
    """

    contracts = ("DensePerceptron", "DenseMulticlassPerceptron")

    _lane = INT16
    _bias_unit = 127**2

    @property
    def most_features(self) -> int:
        """The most features of a model with so many classes that can be deployed."""
        return self.max_features if self._binary else 5_150 // self.max_classes - 3
