"""The twin of contracts/models/SparseNearestCentroid.sol."""

from __future__ import annotations

from typing import ClassVar

from dcai.models.centroid import CentroidModel
from dcai.models.lanes import UINT16
from dcai.models.sparse import SparseModel


class SparseNearestCentroid(SparseModel, CentroidModel):
    """The nearest of the averages of each class' binary features: see `CentroidModel` for the rule.

    Examples
    --------
    >>> import numpy as np
    >>> from dcai.models import SparseNearestCentroid
    >>> X = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 0], [0, 0, 1]])
    >>> model = SparseNearestCentroid(classes=("no", "yes")).fit(X, [1, 0, 1, 0])
    >>> model.predict(X).tolist()
    [1, 0, 1, 0]
    """

    contracts: ClassVar[tuple[str, ...]] = ("SparseNearestCentroid",)

    _lane = UINT16
    _vector_gas = (1_500, 115)
