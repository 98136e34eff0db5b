"""The twins of contracts/models/NearestCentroid.sol and SparseNearestCentroid.sol."""

from __future__ import annotations

from dcai.models.twins.centroid import CentroidTwin
from dcai.models.twins.dense import DenseTwin
from dcai.models.twins.lanes import INT24, UINT16
from dcai.models.twins.sparse import SparseTwin


class NearestCentroidTwin(DenseTwin, CentroidTwin):
    """The nearest of the averages of each class' vectors."""

    contracts = ("NearestCentroid",)

    # 65,535 signed bytes add up to 24 bits at most.
    _lane = INT24

    @property
    def most_features(self) -> int:
        """The most features of a model with so many classes that can be deployed."""
        return min(3_500, 27_500 // self.max_classes)


class SparseNearestCentroidTwin(SparseTwin, CentroidTwin):
    """The nearest of the averages of each class' binary features."""

    contracts = ("SparseNearestCentroid",)

    _lane = UINT16
    _vector_gas = (1_500, 115)
