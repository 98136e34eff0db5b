"""Cells of tables as people have them: numbers, texts, and nothing."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dcai.errors import InvalidInput
from dcai.untrusted import shortened

MARKS = ("?", "nan", "null", "none", "na", "n/a", "<na>", "#n/a")
"""What people write in a column of numbers where there is none, in small letters."""

_NOTHING = ("NAType", "NaTType")  # pandas', whose comparisons answer with themselves


def is_missing(value: object) -> bool:
    """Tell whether a cell holds nothing: None, NaN, the NA and NaT of pandas, or a text without a character in it."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, float) and isnan(value)) or type(value).__name__ in _NOTHING


def is_no_number(value: object) -> bool:
    """Tell whether a cell in a column of numbers is missing: there is nothing in it, or what people write for that."""
    return is_missing(value) or (isinstance(value, str) and value.strip().lower() in MARKS)


def number_of(value: Any) -> float:
    """Return the number in a cell, NaN where it is missing.

    Raises
    ------
    TypeError, ValueError, OverflowError
        If it holds something else.
    """
    return float("nan") if is_no_number(value) else float(value)


def category_of(value: Any) -> str | None:
    """Return the category in a cell, None where it is missing.

    A text counts without the white space around it and with one space for what is inside. A number is its shortest
    text, without a decimal point if it is whole; a truth value is True or False.

    Raises
    ------
    TypeError, ValueError
        If it holds neither a text nor a number.
    """
    if is_missing(value):
        return None
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, Integral):
        return str(int(value))
    number = float(value)
    return str(int(number)) if number.is_integer() else repr(number)


def holds_numbers(values: NDArray[Any]) -> bool:
    """Tell whether a column holds numbers: see `are_numbers`."""
    if values.dtype != object:
        return True
    filled = [value for value in values if not is_missing(value)]
    named = [value for value in filled if not is_no_number(value)]
    return are_numbers(sum(map(_is_number, named)), len(named), len(filled))


def are_numbers(found: int, named: int, filled: int) -> bool:
    """Tell whether a column holds numbers, so that another text in it is a slip; otherwise it holds categories.

    Parameters
    ----------
    found
        Cells with a number.
    named
        Cells with a number or a text, but those that people write for a missing number.
    filled
        Cells with anything.
    """
    return found > 0 and (found >= filled / 2 or found == named)


def numbers(cells: NDArray[Any], column: int, name: str) -> NDArray[np.float64]:
    """Return the numbers of a column, NaN where one is missing.

    Raises
    ------
    InvalidInput
        If a cell holds something else, or an infinite number; the sentence says in which row.
    """
    try:
        found = np.asarray(cells, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        found = np.array([_number(value, row, column, name) for row, value in enumerate(cells)], dtype=np.float64)
    infinite = np.flatnonzero(np.isinf(found))
    if infinite.size:
        raise InvalidInput(
            f"{_place(int(infinite[0]), column, name)} holds {found[infinite[0]]}; fill in a finite number, or leave "
            "the cell empty."
        )
    return found


def categories(cells: NDArray[Any], column: int, name: str) -> list[str | None]:
    """Return the categories of a column, None where one is missing.

    Raises
    ------
    InvalidInput
        If a cell holds neither a text nor a number; the sentence says in which row.
    """
    found: list[str | None] = []
    for row, value in enumerate(cells):
        try:
            found.append(category_of(value))
        except (TypeError, ValueError, OverflowError):
            raise InvalidInput(
                f"{_place(row, column, name)} holds {shortened(value)}; give a text, a number, or None."
            ) from None
    return found


def finite(table: NDArray[np.float64], names: Sequence[str]) -> None:
    """Refuse a table of numbers in which one is missing.

    Raises
    ------
    InvalidInput
        The sentence says in which row and column.
    """
    faults = np.argwhere(~np.isfinite(table))
    if len(faults):
        row, column = faults[0]
        raise InvalidInput(
            f"{_place(row, column, names[column])} holds {table[row, column]}; "
            "fill in or leave out rows with values that are missing or infinite."
        )


def _place(row: int, column: int, name: str) -> str:
    return f"Row {row}, column {column} ({shortened(name)})"


def _is_number(value: Any) -> bool:
    """Tell whether a cell that isn't missing holds a number."""
    try:
        float(value)
    except (TypeError, ValueError, OverflowError):
        return False
    return True


def _number(value: Any, row: int, column: int, name: str) -> float:
    try:
        return number_of(value)
    except (TypeError, ValueError, OverflowError):
        raise InvalidInput(
            f"Row {row}, column {column} holds {shortened(value)}, which float64 can't hold; {shortened(name)} is a "
            "column of numbers: give one."
        ) from None
