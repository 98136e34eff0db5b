"""Rows of floats as small signed integers of one norm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isqrt
from numbers import Integral
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from dcai.encoders.base import SPEC_VERSION, Encoder, NothingToEncode, shortened, spec_field
from dcai.encoders.checks import check_integer, is_finite_number
from dcai.encoders.tables import check_names, default_names, read_rows, read_training_table
from dcai.errors import InvalidInput

MAX_DIMENSIONS = 4096
"""Most dimensions of a dense sample."""

_DTYPES: dict[int, type[np.int8] | type[np.int16]] = {8: np.int8, 16: np.int16}

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


def norm_bounds(d: int, bits: int) -> tuple[int, int]:
    """Bound the squared norm of a row that `VectorEncoder` encoded: low <= the sum of its squares <= high.

    Rounding moves each of d coordinates by at most 1/2, so it moves the vector, of norm scale, by at most sqrt(d) / 2;
    by the triangle inequality its norm stays within scale ± sqrt(d) / 2. The integers within the square of that are
    those from low = ⌈(scale - √d / 2)²⌉ to high = ⌊(scale + √d / 2)²⌋, which is here computed in integers, as
    (4 scale² + d ± √(16 scale² d)) / 4.

    Parameters
    ----------
    d : int
        Number of dimensions, 1 to 4,096.
    bits : int
        8 (scale 127) or 16 (scale 32,767).

    Returns
    -------
    tuple of int
        low and high, both allowed.

    Raises
    ------
    InvalidInput
        If `d` or `bits` is out of range.

    Examples
    --------
    >>> norm_bounds(512, bits=8)
    (13384, 19130)
    >>> 127**2
    16129
    """
    # float64's own error changes none of this: it moves a squared norm by a relative 1e-15 or so (NumPy sums pairwise),
    # and the integers next to the allowed ones are a relative 2e-14 and more outside of the real bounds.
    check_dimensions(d)
    scale = scale_of(bits)
    centre, root = 4 * scale**2 + d, isqrt(16 * scale**2 * d)
    return -((root - centre) // 4), (centre + root) // 4


class VectorEncoder(Encoder):
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
        Means and deviations become part of the spec: about 20 bytes a column.

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
        it is no part of the spec.

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

    kind = "vector"
    dense = True

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
            value that is no finite number or a row of zeros, or the names are not one str a column.
        """
        scale_of(self.bits)
        if not isinstance(self.standardize, bool):
            raise InvalidInput(f"standardize must be True or False, not {shortened(self.standardize)}")
        table, names = read_training_table(inputs, feature_names)
        check_dimensions(len(names))
        mean, std = _moments(table, names) if self.standardize else (np.empty(0), np.empty(0))
        self._set_columns(names, mean, std)
        unit = self._unit_rows(table)
        self.loss_ = _loss(unit, self._quantised(unit) / scale_of(self.bits))
        return self

    def transform(self, inputs: ArrayLike) -> NDArray[np.signedinteger]:
        """Encode the rows of a table.

        Parameters
        ----------
        inputs : array-like of float, shape (n, columns)

        Returns
        -------
        numpy.ndarray of int8 or int16, shape (n, n_features_)
            The sum of squares of every row is within `norm_bounds`; no value is below -127 or -32,767.

        Raises
        ------
        NothingToEncode
            If a row is zero in every column, so that it has no direction.
        InvalidInput
            If a row has another number of columns than the training table, or a value is no finite number.
        """
        check_is_fitted(self, "mean_")
        return self._quantised(self._unit_rows(read_rows(inputs, self.column_names_)))

    def feature_names(self) -> list[str]:
        """List the names of the columns."""
        check_is_fitted(self, "mean_")
        return list(self.column_names_)

    def spec(self) -> dict[str, Any]:
        """Describe the fitted encoder; names of columns are left out where they were not given."""
        check_is_fitted(self, "mean_")
        unnamed = self.column_names_ == default_names(self.n_features_)
        return {
            "kind": self.kind,
            "version": SPEC_VERSION,
            "bits": int(self.bits),
            "dimensions": self.n_features_,
            "columns": [] if unnamed else list(self.column_names_),
            "mean": self.mean_.tolist(),
            "std": self.std_.tolist(),
        }

    @classmethod
    def _from_fields(cls, spec: Mapping[str, Any]) -> Self:
        bits, dimensions = spec_field(spec, "bits", int), spec_field(spec, "dimensions", int)
        scale_of(bits)
        check_dimensions(dimensions)
        fields = {name: spec_field(spec, name, list) for name in ("columns", "mean", "std")}
        for name, values in fields.items():
            if len(values) not in (0, dimensions):
                raise InvalidInput(
                    f"{name!r} in the encoder's spec has {len(values)} values: it must have none or {dimensions}"
                )
        mean, std = fields["mean"], fields["std"]
        if len(mean) != len(std):
            raise InvalidInput(
                f"the encoder's spec has {len(mean)} means and {len(std)} standard deviations: give both or none"
            )
        for column, value in enumerate(mean):
            if not is_finite_number(value):
                raise InvalidInput(f"the mean of column {column} must be a finite number, not {shortened(value)}")
        for column, value in enumerate(std):
            if not is_finite_number(value) or value <= 0:
                raise InvalidInput(
                    f"the standard deviation of column {column} must be a finite number above 0, not {shortened(value)}"
                )
        names = check_names(fields["columns"]) or default_names(dimensions)
        encoder = cls(bits, standardize=bool(mean))
        return encoder._set_columns(names, np.array(mean, dtype=np.float64), np.array(std, dtype=np.float64))

    def _set_columns(self, names: list[str], mean: NDArray[np.float64], std: NDArray[np.float64]) -> Self:
        self.column_names_ = names
        self.mean_ = mean
        self.std_ = std
        self.n_features_ = len(names)
        return self

    def _unit_rows(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        # In any other order of its memory a table's sums could differ in the last bit from those of its single rows.
        table = np.ascontiguousarray(table)
        if self.mean_.size:
            with np.errstate(over="ignore"):
                table = (table - self.mean_) / self.std_
            faults = np.argwhere(~np.isfinite(table))
            if len(faults):
                row, column = faults[0]
                raise InvalidInput(
                    f"row {row}, column {column} ({shortened(self.column_names_[column])}) is too far from its mean "
                    f"{self.mean_[column]} to be divided by its standard deviation {self.std_[column]}: "
                    "correct it or leave the row out"
                )
        # Squares of very large or small values would leave the range of float64.
        largest = np.abs(table).max(axis=1, keepdims=True)
        zeros = np.flatnonzero(largest == 0)
        if zeros.size:
            names = self.column_names_
            empty = "equals the mean" if self.mean_.size else "is zero"
            raise NothingToEncode(
                f"row {zeros[0]} {empty} in all {len(names)} columns, from {shortened(names[0])} to "
                f"{shortened(names[-1])}, and so has no direction: leave it out"
            )
        table = table / largest
        unit: NDArray[np.float64] = table / np.linalg.norm(table, axis=1, keepdims=True)
        return unit

    def _quantised(self, unit: NDArray[np.float64]) -> NDArray[np.signedinteger]:
        return np.rint(unit * scale_of(self.bits)).astype(_DTYPES[self.bits])


def check_dimensions(d: int) -> None:
    """Refuse a number of dimensions that no dense sample has."""
    check_integer("the number of dimensions", d, 1, MAX_DIMENSIONS, "TruncatedSVD of scikit-learn reduces larger ones")


def scale_of(bits: int) -> int:
    """Return what a coordinate of 1 becomes, or refuse a number of bits that no dense sample has."""
    if not isinstance(bits, Integral) or bits not in _DTYPES:
        raise InvalidInput(f"bits must be 8 or 16, not {shortened(bits)}")
    return int(np.iinfo(_DTYPES[int(bits)]).max)


def _moments(table: NDArray[np.float64], names: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    with np.errstate(over="ignore", invalid="ignore"):
        scaler = StandardScaler().fit(table)
    # A variance that left the range of float64 is taken for that of a constant column, with a scale of 1.
    faults = np.flatnonzero(~np.isfinite(scaler.mean_) | ~np.isfinite(scaler.var_))
    if faults.size:
        raise InvalidInput(
            f"the values of column {faults[0]} ({shortened(names[faults[0]])}) are too large to be standardised in "
            "float64: use another unit for it"
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
