"""The twin of contracts/models/DensePerceptron.sol and DenseMulticlassPerceptron.sol."""

from __future__ import annotations

from typing import ClassVar

from dcai.models.dense import DenseModel
from dcai.models.lanes import INT16
from dcai.models.perceptron import Perceptron


class DensePerceptron(DenseModel, Perceptron):
    """Rosenblatt's perceptron over vectors: see `Perceptron` for the rule, and `State` for the parameters.

    Weights are signed integers of two bytes: -32,768 to 32,767. Samples and weights are 127 times what they would be
    for vectors of unit norm, and so the bias counts 127² times.

    Examples
    --------
    >>> from dcai.encoders import VectorEncoder
    >>> from dcai.models import DensePerceptron
    >>> X = VectorEncoder().fit_transform([[3.0, 1.0], [2.0, 0.0], [0.0, 1.0], [1.0, 9.0]])
    >>> model = DensePerceptron(classes=("no", "yes")).fit(X, ["no", "no", "yes", "yes"])
    >>> model.predict(X).tolist()
    [0, 0, 1, 1]
    """

    contracts: ClassVar[tuple[str, ...]] = ("DensePerceptron", "DenseMulticlassPerceptron")

    _lane = INT16
    _bias_unit = 127**2
