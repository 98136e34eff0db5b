"""Rows of floats as small signed integers of one norm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dcai.encoders.checks import is_finite_number
from dcai.encoders.codings.coding import SPEC_VERSION, DenseCoding, spec_field
from dcai.encoders.tables import check_names, default_names, numeric, read_rows
from dcai.errors import InvalidInput, NothingToEncode
from dcai.samples import DTYPES, check_dimensions, scale_of
from dcai.untrusted import shortened

if TYPE_CHECKING:
    from dcai.encoders.vector import VectorEncoder


class VectorCoding(DenseCoding):
    """Rows of unit norm in integers: see `VectorEncoder`.

    Parameters
    ----------
    column_names : sequence of str
    bits : int
        8 or 16, the size of an integer.
    mean, std : numpy.ndarray of float64, shape (columns,)
        What is subtracted from each column, and then divides it; both of shape (0,) where columns are not standardised.

    Raises
    ------
    InvalidInput
        If there are more than 4,096 columns, or `bits` is neither.
    """

    kind = "vector"
    takes_texts = False

    def __init__(
        self, column_names: Sequence[str], bits: int, mean: NDArray[np.float64], std: NDArray[np.float64]
    ) -> None:
        check_dimensions(len(column_names))
        scale_of(bits)
        self.column_names, self.bits, self.mean, self.std = list(column_names), int(bits), mean, std
        self.n_features_ = len(self.column_names)

    def vectors(self, inputs: ArrayLike) -> NDArray[np.signedinteger]:
        """Encode the rows of a table: see `DenseCoding.vectors`."""
        return self.quantised(self.unit_rows(numeric(read_rows(inputs, self.column_names), self.column_names)))

    def feature_names(self) -> list[str]:
        """List the names of the columns."""
        return list(self.column_names)

    def spec(self) -> dict[str, Any]:
        """Describe the coding; names of columns are left out where they were not given."""
        unnamed = self.column_names == default_names(self.n_features_)
        return {
            "kind": self.kind,
            "version": SPEC_VERSION,
            "bits": self.bits,
            "dimensions": self.n_features_,
            "columns": [] if unnamed else list(self.column_names),
            "mean": self.mean.tolist(),
            "std": self.std.tolist(),
        }

    def estimator(self) -> VectorEncoder:
        """Return the fitted scikit-learn transformer that encodes as this does; imports scikit-learn."""
        from dcai.encoders.vector import VectorEncoder

        return VectorEncoder.from_coding(self)

    @classmethod
    def _from_fields(cls, spec: Mapping[str, object]) -> Self:
        bits, dimensions = spec_field(spec, "bits", int), spec_field(spec, "dimensions", int)
        scale_of(bits)
        check_dimensions(dimensions)
        fields = {name: spec_field(spec, name, list) for name in ("columns", "mean", "std")}
        for name, values in fields.items():
            if len(values) not in (0, dimensions):
                raise InvalidInput(
                    f"{name!r} in the encoder's spec has {len(values)} values; it must have none or {dimensions}."
                )
        mean, std = fields["mean"], fields["std"]
        if len(mean) != len(std):
            raise InvalidInput(
                f"The encoder's spec has {len(mean)} means and {len(std)} standard deviations; give both or none."
            )
        for column, value in enumerate(mean):
            if not is_finite_number(value):
                raise InvalidInput(f"The mean of column {column} must be a finite number, not {shortened(value)}.")
        for column, value in enumerate(std):
            if not is_finite_number(value) or value <= 0:
                raise InvalidInput(
                    f"The standard deviation of column {column} must be a finite number above 0, not "
                    f"{shortened(value)}."
                )
        names = check_names(fields["columns"]) or default_names(dimensions)
        return cls(names, bits, np.array(mean, dtype=np.float64), np.array(std, dtype=np.float64))

    def unit_rows(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the rows of a table, standardised where that is asked for, with a norm of 1; shape (n, columns)."""
        # In any other order of its memory a table's sums could differ in the last bit from those of its single rows.
        table = np.ascontiguousarray(table)
        if self.mean.size:
            with np.errstate(over="ignore"):
                table = (table - self.mean) / self.std
            faults = np.argwhere(~np.isfinite(table))
            if len(faults):
                row, column = faults[0]
                raise InvalidInput(
                    f"Row {row}, column {column} ({shortened(self.column_names[column])}) is too far from its mean "
                    f"{self.mean[column]} to be divided by its standard deviation {self.std[column]}; "
                    "correct it or leave the row out."
                )
        # Squares of very large or small values would leave the range of float64.
        largest = np.abs(table).max(axis=1, keepdims=True)
        zeros = np.flatnonzero(largest == 0)
        if zeros.size:
            names = self.column_names
            empty = "equals the mean" if self.mean.size else "is zero"
            raise NothingToEncode(
                f"Row {zeros[0]} {empty} in all {len(names)} columns, from {shortened(names[0])} to "
                f"{shortened(names[-1])}, and so has no direction; leave it out."
            )
        table = table / largest
        unit: NDArray[np.float64] = table / np.linalg.norm(table, axis=1, keepdims=True)
        return unit

    def quantised(self, unit: NDArray[np.float64]) -> NDArray[np.signedinteger]:
        """Return rows of unit norm as integers."""
        return np.rint(unit * scale_of(self.bits)).astype(DTYPES[self.bits])
