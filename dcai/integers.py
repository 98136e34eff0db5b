"""Whole numbers as people give them: Python's or NumPy's, and never a bool, which Python would count as 0 or 1."""

from __future__ import annotations

from operator import index
from typing import Any


def whole(value: Any) -> int:
    """Return a whole number as an int.

    Raises
    ------
    TypeError
        If it is anything else: a fraction, a text, True.

    Examples
    --------
    >>> whole(5)
    5
    >>> whole(True)
    Traceback (most recent call last):
    TypeError: True is not a whole number
    """
    if isinstance(value, bool):
        raise TypeError(f"{value} is not a whole number")
    return index(value)
