"""Rows of floats as small signed integers of one norm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.preprocessing import StandardScaler

from dcai.encoders.base import DenseEncoder
from dcai.encoders.codings.vector import VectorCoding
from dcai.encoders.tables import numeric, read_training_table
from dcai.errors import InvalidInput
from dcai.samples import check_dimensions, scale_of
from dcai.untrusted import shortened

_COMPARED_ROWS = 500


class QuantisationLoss(NamedTuple):
    """What rounding did to the rows that an encoder was fitted on: u is a row of unit norm, v = encoded row / scale.

    The error of a norm is |‖v‖ - 1|. The error of a cosine is |cos(v, v') - cos(u, u')|: relative to 1, the largest
    cosine, since an error relative to a cosine near 0 says nothing. Norms are of all rows; cosines of all pairs among
    500 rows evenly spaced through the table, or of all rows where there are fewer (0.0 where there is no pair).
    """

    norm_mean: float
    norm_max: float
    cosine_mean: float
    cosine_max: float


class VectorEncoder(DenseEncoder):
    """Each row scaled to unit Euclidean norm and rounded to integers: the samples of dense models.

    Coordinate x of a row becomes round(x / norm of the row * scale), halves to even, with scale 127 as int8 or 32,767
    as int16. Rows are not centred unless `standardize` is set. How long a row was is lost, its direction stays. All
    rows have nearly the same norm, within `norm_bounds`, so that none can move a shared model further than another.

    Sums of products of these integers leave their dtype: widen them first (``rows.astype(np.int64)``).

    Parameters
    ----------
    bits : int
        8 or 16, the size of an integer. The models of this package take 8 bits, and what int8 costs in accuracy, that
        of norms and cosines, is in `loss_`; 16 is for contracts of others.
    standardize : bool
        Subtract from every column its mean in the training table and divide by its standard deviation (population; a
        constant column is only centred), before the norm is taken. For columns of different units, such as sensors.
        Means and deviations become part of the spec: about 20 bytes per column.

    Attributes
    ----------
    column_names_ : list of str
        The names of the columns.
    mean_, std_ : numpy.ndarray of float64, shape (n_features_,)
        What is subtracted from each column, and then divides it (1 for a constant column); of shape (0,) where
        `standardize` is not set.
    n_features_ : int
        The number of columns, at most 4,096.
    loss_ : QuantisationLoss
        What rounding did to norms and cosines of the training table: mean and largest error of both. Only after `fit`:
        the spec does not hold it.

    Examples
    --------
    >>> encoder = VectorEncoder(bits=8).fit([[3.0, 4.0], [0.1, 0.0]])
    >>> encoder.transform([[3.0, 4.0], [-60.0, 80.0]]).tolist()
    [[76, 102], [-76, 102]]
    >>> encoder.encode([0.0, 1e-9]).tolist()
    [0, 127]
    >>> print(f"{encoder.loss_.norm_max:.4f} {encoder.loss_.cosine_max:.4f}")
    0.0016 0.0025
    """

    coding_type = VectorCoding

    def __init__(self, bits: int = 8, standardize: bool = False) -> None:
        self.bits = bits
        self.standardize = standardize

    def fit(self, inputs: ArrayLike, y: object = None, *, feature_names: Sequence[str] | None = None) -> Self:
        """Learn the number of columns, what standardises them where that is asked for, and measure the loss.

        Parameters
        ----------
        inputs : array-like of float, shape (n, columns)
            The training table, n ≥ 1.
        y : object
            Ignored, it is there for scikit-learn's pipelines.
        feature_names : sequence of str, optional
            A name for every column; "column 0" and so on when not given.

        Raises
        ------
        InvalidInput
            If a parameter is out of range, the table is empty, not rectangular, has more than 4,096 columns, holds a
            value that is not a finite number or a row of zeros, or the names are not one str per column.
        """
        scale = scale_of(self.bits)
        if not isinstance(self.standardize, bool):
            raise InvalidInput(f"standardize must be True or False, not {shortened(self.standardize)}.")
        names, given, _ = read_training_table(inputs, feature_names)
        table = numeric(given, names)
        check_dimensions(len(names))
        mean, std = _moments(table, names) if self.standardize else (np.empty(0), np.empty(0))
        coding = VectorCoding(names, self.bits, mean, std)
        unit = coding.unit_rows(table)
        self.loss_ = _loss(unit, coding.quantised(unit) / scale)
        return self._take(coding)

    @classmethod
    def from_coding(cls, coding: VectorCoding) -> Self:
        """Make the fitted encoder around a coding."""
        return cls(coding.bits, standardize=bool(coding.mean.size))._take(coding)

    def _take(self, coding: VectorCoding) -> Self:
        self.column_names_, self.mean_, self.std_ = coding.column_names, coding.mean, coding.std
        self.n_features_in_ = len(coding.column_names)
        return super()._take(coding)


def _moments(table: NDArray[np.float64], names: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    with np.errstate(over="ignore", invalid="ignore"):
        scaler = StandardScaler().fit(table)
    # A variance that left the range of float64 is taken for that of a constant column, with a scale of 1.
    faults = np.flatnonzero(~np.isfinite(scaler.mean_) | ~np.isfinite(scaler.var_))
    if faults.size:
        raise InvalidInput(
            f"The values of column {faults[0]} ({shortened(names[faults[0]])}) are too large to be standardised in "
            "float64; use another unit for it."
        )
    return scaler.mean_, scaler.scale_


def _loss(unit: NDArray[np.float64], rounded: NDArray[np.float64]) -> QuantisationLoss:
    norms = np.linalg.norm(rounded, axis=1, keepdims=True)
    of_norms = np.abs(norms - 1)
    rows = np.linspace(0, len(unit) - 1, min(len(unit), _COMPARED_ROWS)).astype(int)
    directions = rounded[rows] / norms[rows]
    differences = np.abs(directions @ directions.T - unit[rows] @ unit[rows].T)
    of_cosines = differences[np.triu_indices(len(rows), k=1)] if len(rows) > 1 else np.zeros(1)
    return QuantisationLoss(
        float(of_norms.mean()), float(of_norms.max()), float(of_cosines.mean()), float(of_cosines.max())
    )
