"""The twin of contracts/models/SparsePerceptron.sol and SparseMulticlassPerceptron.sol."""

from __future__ import annotations

from collections.abc import Sequence

from dcai.encoders.base import MAX_FEATURES
from dcai.models.lanes import INT8
from dcai.models.perceptron import Perceptron
from dcai.models.sparse import SparseModel

_GAS_TEST = 1_500
_GAS_POSTING = 350


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

    _lane = INT8
    _bias_unit = 1
    _most_lanes = 32_000
    _asking_gas = (350, 90)

    def exam_gas(self, samples: Sequence[bytes]) -> int:
        """Return an upper estimate of the gas of counting mistakes on test samples before and after one is learnt."""
        if not self._binary:
            return super().exam_gas(samples)
        # one vector's margins move with its weights: see contracts/libraries/SparseExam.sol
        return sum(_GAS_TEST + _GAS_POSTING * self.size_of(sample) for sample in samples)

    @property
    def _most_features(self) -> int:
        # of one vector, all that there are fit into a transaction
        return MAX_FEATURES if self._binary else super()._most_features
