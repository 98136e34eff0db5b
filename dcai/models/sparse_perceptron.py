"""The twin of contracts/models/SparsePerceptron.sol and SparseMulticlassPerceptron.sol."""

from __future__ import annotations

from dcai.models.lanes import INT8
from dcai.models.perceptron import Perceptron
from dcai.models.sparse import SparseModel


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
