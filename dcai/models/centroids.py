"""The nearest centroid, of vectors and of binary features."""

from __future__ import annotations

from dcai.models.counting import CountingModel
from dcai.models.twins.centroids import NearestCentroidTwin, SparseNearestCentroidTwin


class NearestCentroid(CountingModel):
    """The nearest of the averages of each class' vectors: see `CentroidTwin` for the rule.

    Examples
    --------
    >>> from dcai.encoders import VectorEncoder
    >>> from dcai.models import NearestCentroid
    >>> X = VectorEncoder().fit_transform([[3.0, 1.0], [2.0, 0.0], [0.0, 1.0], [1.0, 9.0]])
    >>> model = NearestCentroid(classes=("no", "yes")).fit(X, ["no", "no", "yes", "yes"])
    >>> model.predict(X).tolist()
    ['no', 'no', 'yes', 'yes']
    """

    twin_type = NearestCentroidTwin


class SparseNearestCentroid(CountingModel):
    """The nearest of the averages of each class' binary features: see `CentroidTwin` for the rule.

    Examples
    --------
    >>> import numpy as np
    >>> from dcai.models import SparseNearestCentroid
    >>> X = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 0], [0, 0, 1]])
    >>> model = SparseNearestCentroid(classes=("no", "yes")).fit(X, [1, 0, 1, 0])
    >>> model.predict(X).tolist()
    ['yes', 'no', 'yes', 'no']
    """

    twin_type = SparseNearestCentroidTwin
