"""Tables of numbers, as the encoders of rows get them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dcai.errors import InvalidInput
from dcai.untrusted import shortened


def read_training_table(
    inputs: ArrayLike, feature_names: Sequence[str] | None
) -> tuple[NDArray[np.float64], list[str]]:
    """Read the table that an encoder is fitted on.

    Parameters
    ----------
    inputs : array-like of float, shape (n, columns)
    feature_names : sequence of str, optional
        A name for every column; "column 0" and so on when not given.

    Returns
    -------
    tuple of numpy.ndarray of float64, shape (n, columns), and list of str
        The table, with at least one row and one column, and the names of its columns.

    Raises
    ------
    InvalidInput
        If the table is empty, not rectangular or holds a value that is not a finite number, or the names are not one
        str per column.
    """
    table = as_floats(inputs)
    _check_two_dimensional(table)
    if 0 in table.shape:
        raise InvalidInput(
            f"A training table needs a row and a column; this one has {table.shape[0]} sample(s) and {table.shape[1]} "
            f"feature(s) (shape={table.shape}) while a minimum of 1 is required."
        )
    columns = table.shape[1]
    names = default_names(columns) if feature_names is None else list(feature_names)
    if len(names) != columns:
        raise InvalidInput(
            f"feature_names has {len(names)} names and the table {columns} columns; give one per column."
        )
    names = check_names(names)
    _check_finite(table, names)
    return table, names


def read_rows(inputs: ArrayLike, names: Sequence[str]) -> NDArray[np.float64]:
    """Read rows for an encoder that was fitted on columns of these names.

    Returns
    -------
    numpy.ndarray of float64, shape (n, len(names))
        An empty list has no rows.

    Raises
    ------
    InvalidInput
        If a row has another number of columns, or a value is not a finite number.
    """
    table = as_floats(inputs)
    if table.shape == (0,):
        return table.reshape(0, len(names))
    _check_two_dimensional(table)
    if table.shape[1] != len(names):
        raise InvalidInput(
            f"Row 0 has {table.shape[1]} values and this encoder {len(names)} columns, "
            f"from {shortened(names[0])} to {shortened(names[-1])}; give one value per column."
        )
    _check_finite(table, names)
    return table


def as_floats(table: ArrayLike) -> NDArray[np.float64]:
    """Read numbers as float64, of whatever shape they have.

    Raises
    ------
    InvalidInput
        If a value is not a number, or rows differ in length; the sentence says where.
    """
    if getattr(getattr(table, "dtype", None), "kind", "") == "c":
        raise InvalidInput("Complex data not supported: a table holds real numbers.")
    try:
        return np.asarray(table, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidInput(_first_fault(table)) from error


def default_names(columns: int) -> list[str]:
    """Name columns by their numbers."""
    return [f"column {column}" for column in range(columns)]


def check_names(names: list[Any]) -> list[str]:
    """Return names of columns as plain str.

    Raises
    ------
    InvalidInput
        If one of them is not a str.
    """
    for column, name in enumerate(names):
        if not isinstance(name, str):
            raise InvalidInput(f"The name of column {column} must be a str, not {shortened(name)}.")
    # NumPy's own str would show as np.str_('age') in every message.
    return [str(name) for name in names]


def _check_two_dimensional(table: NDArray[np.float64]) -> None:
    if table.ndim != 2:
        raise InvalidInput(
            f"A table has rows and columns, this has shape {table.shape}. Reshape your data, or write [row] for a "
            "single row."
        )


def _check_finite(table: NDArray[np.float64], names: Sequence[str]) -> None:
    faults = np.argwhere(~np.isfinite(table))
    if len(faults):
        row, column = faults[0]
        raise InvalidInput(
            f"Row {row}, column {column} ({shortened(names[column])}) holds {table[row, column]}; "
            "fill in or leave out rows with values that are missing or infinite."
        )


def _first_fault(table: Any) -> str:
    """Say where a table that NumPy could not read as numbers goes wrong."""
    if hasattr(table, "toarray"):
        return f"A table is dense, this is a sparse matrix of shape {table.shape}; give its toarray()."
    # A data frame would give the names of its columns in place of its rows.
    rows = np.asarray(table) if hasattr(table, "__array__") else table
    rows = [np.asarray(row, dtype=object) for row in rows] if np.iterable(rows) else []
    for row, cells in enumerate(rows):
        if cells.shape != rows[0].shape:
            return f"Row {row} has shape {cells.shape} and row 0 {rows[0].shape}; give every row the same columns."
        for column, value in enumerate(cells.flat):
            try:
                float(value)
            except (TypeError, ValueError, OverflowError):
                return f"Row {row}, column {column} holds {shortened(value)}, which float64 can't hold; give a number."
    return f"A table holds rows of numbers; this is {shortened(table)}."
