"""Naive Bayes over binary features."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dcai.models.counting import CountingModel
from dcai.models.twins.naive_bayes import NaiveBayesTwin
from dcai.models.twins.twin import NO_SCORE

_UNIT = 1e-9
"""Scores are natural logarithms in this unit."""


class NaiveBayes(CountingModel):
    """Multinomial naive Bayes over binary features: see `NaiveBayesTwin` for the rule.

    Parameters
    ----------
    classes, max_classes
        See `Model`.
    smoothing : float
        0.001 to 65.535, in whole thousandths: how often every feature counts as seen before the first sample.

    Examples
    --------
    >>> import numpy as np
    >>> from dcai.models import NaiveBayes
    >>> X = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 0], [0, 0, 1]])
    >>> model = NaiveBayes().fit(X, ["yes", "no", "yes", "no"])
    >>> model.predict(X).tolist()
    ['yes', 'no', 'yes', 'no']
    >>> model.predict_proba(X[:1]).round(2).tolist()
    [[0.25, 0.75]]
    """

    twin_type = NaiveBayesTwin

    def __init__(
        self,
        classes: Sequence[str] | Sequence[int] | None = None,
        max_classes: int | None = None,
        smoothing: float = 1.0,
    ) -> None:
        super().__init__(classes, max_classes)
        self.smoothing = smoothing

    def predict_log_proba(self, X: object) -> NDArray[np.float64]:
        """Return the natural logarithm of each class' probability, shape (n, classes); -inf for one without a sample.

        The contract's scores, which are natural logarithms in whole units of 1e-9, less the logarithm of the sum of
        their exponentials.
        """
        scores = self._scores(X)
        # Differences are taken of integers, so that nothing is lost however large they are.
        above = (scores - scores.max(axis=1, keepdims=True)) * _UNIT
        above[scores == NO_SCORE] = -np.inf
        logs: NDArray[np.float64] = above - np.log(np.exp(above).sum(axis=1, keepdims=True))
        return logs

    def predict_proba(self, X: object) -> NDArray[np.float64]:
        """Return the probability of each class, shape (n, classes): 0 to 1, and 1 in all; 0 for one without a sample.

        See `predict_log_proba` for where they come from.
        """
        return np.exp(self.predict_log_proba(X))
