"""The twin of contracts/models/NearestCentroid.sol."""

from __future__ import annotations

from typing import ClassVar

from dcai.models.centroid import CentroidModel
from dcai.models.dense import DenseModel
from dcai.models.lanes import INT24


class NearestCentroid(DenseModel, CentroidModel):
    """The nearest of the averages of each class' vectors: see `CentroidModel` for the rule.

    Examples
    --------
    >>> from dcai.encoders import VectorEncoder
    >>> from dcai.models import NearestCentroid
    >>> X = VectorEncoder().fit_transform([[3.0, 1.0], [2.0, 0.0], [0.0, 1.0], [1.0, 9.0]])
    >>> model = NearestCentroid(classes=("no", "yes")).fit(X, ["no", "no", "yes", "yes"])
    >>> model.predict(X).tolist()
    [0, 0, 1, 1]
    """

    contracts: ClassVar[tuple[str, ...]] = ("NearestCentroid",)

    # 65,535 signed bytes add up to 24 bits at most.
    _lane = INT24
