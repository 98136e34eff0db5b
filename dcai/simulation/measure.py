"""How good a model is, on samples that nobody trains with."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dcai.models.twins import Twin


class Measure:
    """Accuracy and recall of each class on a hidden test set.

    Parameters
    ----------
    hidden : matrix, shape (n, features)
    truth : numpy.ndarray of int64, shape (n,)
    classes : int

    Attributes
    ----------
    accuracy : float
        As last measured.
    recall : tuple of float
        Of each class the part of its samples that is recognised; nan of one without a sample.
    """

    def __init__(self, hidden: Any, truth: NDArray[np.int64], classes: int) -> None:
        self._hidden, self._truth = hidden, truth
        self._counts = np.bincount(truth, minlength=classes)
        self._parameters = b""
        self.accuracy = 0.0
        self.recall: tuple[float, ...] = ()

    def __call__(self, model: Twin) -> None:
        """Measure a model, where it isn't the one that was measured last."""
        parameters = model.parameters()
        if parameters == self._parameters:
            return
        self._parameters = parameters
        right = model.predict(self._hidden) == self._truth
        self.accuracy = float(np.mean(right))
        found = np.bincount(self._truth[right], minlength=len(self._counts))
        with np.errstate(invalid="ignore"):
            self.recall = tuple((found / self._counts).tolist())
