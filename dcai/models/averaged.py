"""The averaged perceptron, over binary features."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dcai.models.base import Model
from dcai.models.twins.averaged import AveragedPerceptronTwin


class AveragedPerceptron(Model):
    """The averaged perceptron over binary features: see `AveragedPerceptronTwin` for the rule, `Model` for parameters.

    Examples
    --------
    >>> import numpy as np
    >>> from dcai.models import AveragedPerceptron
    >>> X = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 0], [0, 0, 1]])
    >>> model = AveragedPerceptron().fit(X, ["yes", "no", "yes", "no"])
    >>> model.predict([[1, 0, 0], [0, 0, 1]]).tolist()
    ['yes', 'no']
    >>> model.updates_, model.weights_.tolist(), model.cached_weights_.tolist()
    (2, [[1, 0, -1]], [[0, -1, -1]])
    """

    twin_type = AveragedPerceptronTwin
    _twin: AveragedPerceptronTwin

    @property
    def updates_(self) -> int:
        """The number of samples that the weights got wrong when they were learnt."""
        return self._twin.updates_

    @property
    def weights_(self) -> NDArray[np.int64]:
        """The current weights, shape (1 or max_classes, n_features)."""
        return self._twin.weights_

    @property
    def bias_(self) -> NDArray[np.int64]:
        """The current biases, shape (1 or max_classes,)."""
        return self._twin.bias_

    @property
    def cached_weights_(self) -> NDArray[np.int64]:
        """The sum of all steps of each weight, each times the number of updates before it; shaped like `weights_`.

        The average of the weights is ``weights_ - cached_weights_ / updates_``.
        """
        return self._twin.cached_weights_

    @property
    def cached_bias_(self) -> NDArray[np.int64]:
        """The same of the biases, shape (1 or max_classes,)."""
        return self._twin.cached_bias_
