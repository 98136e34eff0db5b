"""What models that count have learnt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dcai.models.base import Model
from dcai.models.twins.counting import CountingTwin


class CountingModel(Model):
    """A model around a `CountingTwin`, which knows for each class how many samples it had, and the sum of them."""

    _twin: CountingTwin

    @property
    def counts_(self) -> NDArray[np.int64]:
        """The number of samples of each class, 0 to 65,535; shape (max_classes,)."""
        return self._twin.counts_

    @property
    def sums_(self) -> NDArray[np.int64]:
        """The sum of each class' samples, shape (max_classes, n_features)."""
        return self._twin.sums_

    @property
    def totals_(self) -> NDArray[np.int64]:
        """What the contract keeps of the sums of each class, to spare itself a loop; shape (max_classes,)."""
        return self._twin.totals_
