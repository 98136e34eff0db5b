"""Perceptrons over binary features and over vectors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dcai.models.base import Model
from dcai.models.twins.perceptron import PerceptronTwin
from dcai.models.twins.perceptrons import DensePerceptronTwin, SparsePerceptronTwin


class _Perceptron(Model):
    _twin: PerceptronTwin

    @property
    def weights_(self) -> NDArray[np.int64]:
        """The weights, shape (1 or max_classes, n_features)."""
        return self._twin.weights_

    @property
    def bias_(self) -> NDArray[np.int64]:
        """The biases, shape (1 or max_classes,)."""
        return self._twin.bias_


class SparsePerceptron(_Perceptron):
    """Rosenblatt's perceptron over binary features: see `PerceptronTwin` for the rule, and `Model` for the parameters.

    Weights are signed bytes: -128 to 127.

    Examples
    --------
    >>> import numpy as np
    >>> from dcai.models import SparsePerceptron
    >>> X = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 0], [0, 0, 1]])
    >>> model = SparsePerceptron().fit(X, ["yes", "no", "yes", "no"])
    >>> model.predict(X).tolist()
    ['yes', 'no', 'yes', 'no']
    """

    twin_type = SparsePerceptronTwin


class DensePerceptron(_Perceptron):
    """Rosenblatt's perceptron over vectors: see `PerceptronTwin` for the rule, and `Model` for the parameters.

    Weights are signed integers of two bytes: -32,768 to 32,767. Samples and weights are 127 times what they would be
    for vectors of unit norm, and so the bias counts 127² times.

    Examples
    --------
    >>> from dcai.encoders import VectorEncoder
    >>> from dcai.models import DensePerceptron
    >>> X = VectorEncoder().fit_transform([[3.0, 1.0], [2.0, 0.0], [0.0, 1.0], [1.0, 9.0]])
    >>> model = DensePerceptron(classes=("no", "yes")).fit(X, ["no", "no", "yes", "yes"])
    >>> model.predict(X).tolist()
    ['no', 'no', 'yes', 'yes']
    """

    twin_type = DensePerceptronTwin
