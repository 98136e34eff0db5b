"""Tables as people have them: arrays, lists of rows, rows by the names of their columns, data frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dcai.encoders import cells
from dcai.errors import InvalidInput
from dcai.untrusted import shortened

_MOST_NAMED = 20


class Table(NamedTuple):
    """A table in one form, whatever it came in.

    Attributes
    ----------
    names : list of str
        Of its columns.
    values : numpy.ndarray of float64 or object, shape (n, columns)
        Of objects where a cell isn't a number of NumPy's.
    categorical : frozenset of int
        Columns that a data frame holds as categories, whatever these are.
    """

    names: list[str]
    values: NDArray[Any]
    categorical: frozenset[int] = frozenset()


def read_training_table(inputs: Any, feature_names: Sequence[str] | None) -> Table:
    """Read the table that an encoder is fitted on.

    Parameters
    ----------
    inputs : array-like of shape (n, columns), data frame, or list of rows
        A row is a list, or a dict by the names of the columns.
    feature_names : sequence of str, optional
        A name for every column; by default those of a data frame or of the first dict, else "column 0" and so on.

    Returns
    -------
    Table
        With at least one row and one column.

    Raises
    ------
    InvalidInput
        If the table is empty or not rectangular, or the names are not one str per column.
    """
    names = None if feature_names is None else check_names(list(feature_names))
    if is_frame(inputs):
        own = _frame_names(inputs)
        chosen = own if all(isinstance(name, str) for name in own) else default_names(len(own))
        table = _of_frame(inputs, own, chosen if names is None else names)
    else:
        rows = _rows_by_name(inputs)
        if rows is not None:
            names = check_names(list(rows[0])) if names is None else names
            table = Table(names, _objects([_picked(row, at, names) for at, row in enumerate(rows)]))
        else:
            values = _array(inputs)
            _check_two_dimensional(values)
            table = Table(default_names(values.shape[1]) if names is None else names, values)
    shape = table.values.shape
    if 0 in shape:
        raise InvalidInput(
            f"A training table needs a row and a column; this one has {shape[0]} sample(s) and {shape[1]} feature(s) "
            f"(shape={shape}) while a minimum of 1 is required."
        )
    if len(table.names) != shape[1]:
        raise InvalidInput(
            f"feature_names has {len(table.names)} names and the table {shape[1]} columns; give one per column."
        )
    return table


def read_rows(inputs: Any, names: Sequence[str], *, whole: bool = False) -> NDArray[Any]:
    """Read rows for an encoder that was fitted on columns of these names.

    Where the columns have names of their own, a data frame, a dict or a row of a data frame is taken by them, in
    whatever order and with whatever else it has; without, and from lists and arrays, values are taken in their order.

    Parameters
    ----------
    inputs
        See `read_training_table`.
    names
        Of the columns.
    whole
        Keep cells as they are, where the difference between True, 1 and 1.0 counts.

    Returns
    -------
    numpy.ndarray of float64 or object, shape (n, len(names))
        An empty list has no rows.

    Raises
    ------
    InvalidInput
        If a row has another number of columns, or lacks one.
    """
    named = _are_names(names)
    if is_frame(inputs):
        own = _frame_names(inputs)
        if named and _are_names(own):
            _check_present(own, "The table", names)
            own = list(names)
        values = _of_frame(inputs, own, own, whole=whole).values
    else:
        rows = _rows_by_name(inputs)
        if rows is not None and named:
            return _objects([_picked(row, at, names) for at, row in enumerate(rows)])
        if rows is not None and any(isinstance(row, Mapping) for row in inputs):
            raise InvalidInput(
                f"Row 0 is by names, {shortened(list(rows[0]))}, and this encoder knows none of its "
                f"{len(names)} columns by name: give a list of their values in order."
            )
        values = _array(inputs, whole=whole)
    if values.shape == (0,):
        return values.reshape(0, len(names))
    _check_two_dimensional(values)
    if values.shape[1] != len(names):
        raise InvalidInput(
            f"Row 0 has {values.shape[1]} values and this encoder {len(names)} columns, "
            f"from {shortened(names[0])} to {shortened(names[-1])}; give one value per column."
        )
    return values


def numeric(table: NDArray[Any], names: Sequence[str]) -> NDArray[np.float64]:
    """Return a table as float64, or refuse one in which a cell doesn't hold a finite number; shape (n, columns)."""
    if table.dtype == object:
        columns = [cells.numbers(table[:, at], at, name) for at, name in enumerate(names)]
        table = np.column_stack(columns) if len(table) else np.empty(table.shape)
    cells.finite(table, names)
    return table


def as_floats(table: ArrayLike) -> NDArray[np.float64]:
    """Read numbers as float64, of whatever shape they have.

    Raises
    ------
    InvalidInput
        If a value is not a number, or rows differ in length; the sentence says where.
    """
    _check_real(table)
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


def is_frame(table: Any) -> bool:
    """Tell whether this is a data frame, of pandas, polars or pyarrow: columns by name."""
    return hasattr(table, "columns") and hasattr(table, "__getitem__") and hasattr(table, "__len__")


def rows_of(frame: Any, names: Sequence[str]) -> list[Any]:
    """Return the rows of a data frame as an encoder that was fitted on columns of these names takes one.

    Raises
    ------
    InvalidInput
        If two columns have one name.
    """
    own = _frame_names(frame)
    rows = zip(*(np.asarray(frame[name]).tolist() for name in own), strict=True)
    if _are_names(names) and _are_names(own):
        return [dict(zip(own, row, strict=True)) for row in rows]
    return [list(row) for row in rows]


def _are_names(names: Sequence[Any]) -> bool:
    return all(isinstance(name, str) for name in names) and list(names) != default_names(len(names))


def _frame_names(frame: Any) -> list[Any]:
    names = list(frame.column_names if hasattr(frame, "column_names") else frame.columns)
    twice = [name for at, name in enumerate(names) if name in names[:at]] if len(set(names)) < len(names) else []
    if twice:
        raise InvalidInput(f"The table has two columns {shortened(twice[0])}; rename one.")
    return names


def _of_frame(frame: Any, own: Sequence[Any], names: list[str], *, whole: bool = False) -> Table:
    """Return columns of a data frame, under other names."""
    columns: list[NDArray[Any]] = []
    categorical = set()
    for at, name in enumerate(own):
        column = frame[name]
        values = np.asarray(column)
        if getattr(getattr(column, "dtype", None), "categories", None) is not None:
            categorical.add(at)
            values = values.astype(object)
        columns.append(values)
    if not whole and all(column.dtype.kind in "biuf" for column in columns):
        table = np.column_stack(columns).astype(np.float64) if columns else np.empty((len(frame), 0))
        return Table(names, table)
    table = np.empty((len(frame), len(columns)), dtype=object)
    for at, values in enumerate(columns):
        _check_real(values)
        table[:, at] = values
    return Table(names, table, frozenset(categorical))


def _rows_by_name(inputs: Any) -> list[Mapping[str, Any]] | None:
    """Return rows each of which knows the names of its values; None where they are something else."""
    if not isinstance(inputs, list | tuple) or not inputs:
        return None
    rows = [_by_name(row) for row in inputs]
    first = next((at for at, row in enumerate(rows) if row is not None), None)
    if first is None:
        return None
    if None in rows:
        other = rows.index(None)
        raise InvalidInput(f"Row {first} is by the names of its columns, and row {other} isn't; give all rows alike.")
    return [row for row in rows if row is not None]


def _by_name(row: Any) -> Mapping[str, Any] | None:
    if isinstance(row, Mapping):
        return row
    if is_frame(row) and len(row) == 1:
        return {name: np.asarray(row[name]).tolist()[0] for name in _frame_names(row)}
    if hasattr(row, "to_dict") and hasattr(row, "index"):  # a row of a pandas data frame
        by_name: dict[Any, Any] = row.to_dict()
        return by_name if all(isinstance(name, str) for name in by_name) else None
    return None


def _picked(row: Mapping[str, Any], at: int, names: Sequence[str]) -> list[Any]:
    _check_present(row, f"Row {at}", names)
    return [row[name] for name in names]


def _check_present(own: Mapping[str, Any] | Sequence[str], what: str, names: Sequence[str]) -> None:
    known_here = own if isinstance(own, Mapping) else set(own)
    for name in names:
        if name not in known_here:
            known = ", ".join(map(shortened, names[:_MOST_NAMED])) + ", …" * (len(names) > _MOST_NAMED)
            raise InvalidInput(
                f"{what} has no column {shortened(name)}; give every column that this encoder knows, with None where "
                f"a value is missing: {known}."
            )


def _array(inputs: Any, *, whole: bool = False) -> NDArray[Any]:
    """Return a table that knows no names as an array of float64, or of objects where not all cells are numbers."""
    _check_real(inputs)
    if hasattr(inputs, "toarray"):
        raise InvalidInput(f"A table is dense, this is a sparse matrix of shape {inputs.shape}; give its toarray().")
    try:
        values = np.asarray(inputs)
    except (TypeError, ValueError, OverflowError) as error:  # rows of different lengths
        raise InvalidInput(_first_fault(inputs)) from error
    if values.dtype.kind in "biuf" and not whole:
        return values.astype(np.float64, copy=False)
    _check_real(values)
    if values.ndim == 0:
        raise InvalidInput(_first_fault(inputs))
    # NumPy makes texts of the numbers beside a text
    return values if values.dtype == object else np.array(inputs, dtype=object)


def _objects(rows: list[list[Any]]) -> NDArray[np.object_]:
    table = np.empty((len(rows), len(rows[0])), dtype=object)
    for at, row in enumerate(rows):
        table[at, :] = row
    return table


def _check_real(table: Any) -> None:
    kind = getattr(getattr(table, "dtype", None), "kind", "")
    if kind == "c":
        raise InvalidInput("Complex data not supported: a table holds real numbers.")
    if kind in ("M", "m"):
        raise InvalidInput(
            "A table holds numbers and texts, and this column times: make a number of them, such as the hour or the "
            "days since then, or leave it out."
        )


def _check_two_dimensional(table: NDArray[Any]) -> None:
    if table.ndim != 2:
        raise InvalidInput(
            f"A table has rows and columns, this has shape {table.shape}. Reshape your data, or write [row] for a "
            "single row."
        )


def _first_fault(table: Any) -> str:
    """Say where a table that NumPy could not read goes wrong."""
    if hasattr(table, "toarray"):
        return f"A table is dense, this is a sparse matrix of shape {table.shape}; give its toarray()."
    # A data frame would give the names of its columns in place of its rows.
    rows = np.asarray(table) if hasattr(table, "__array__") else table
    rows = [np.asarray(row, dtype=object) for row in rows] if np.iterable(rows) else []
    for row, values in enumerate(rows):
        if values.shape != rows[0].shape:
            return f"Row {row} has shape {values.shape} and row 0 {rows[0].shape}; give every row the same columns."
        for column, value in enumerate(values.flat):
            try:
                float(value)
            except (TypeError, ValueError, OverflowError):
                return f"Row {row}, column {column} holds {shortened(value)}, which float64 can't hold; give a number."
    return f"A table holds rows of numbers; this is {shortened(table)}."
