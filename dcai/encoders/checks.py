"""What encoders check of their parameters, of texts and of specs."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from numbers import Integral
from typing import Any

from dcai.errors import InvalidInput
from dcai.untrusted import shortened


def check_integer(name: str, value: object, least: int, most: int, way_out: str) -> int:
    """Return a parameter as an int, or refuse it.

    Parameters
    ----------
    name : str
        What it is called in the sentence.
    value : object
        Any kind of integer, NumPy's too, but not a bool.
    least, most : int
        Both allowed.
    way_out : str
        How the sentence ends: why the limit is there, or what to do.

    Raises
    ------
    InvalidInput
        If the value is not an integer or out of range.
    """
    if not isinstance(value, Integral) or isinstance(value, bool) or not least <= int(value) <= most:
        raise InvalidInput(f"{name} must be an integer from {least:,} to {most:,}, not {shortened(value)}; {way_out}.")
    return int(value)


def check_texts(texts: Iterable[str]) -> list[str]:
    """Return texts as a list.

    Raises
    ------
    InvalidInput
        If they are one str, not an iterable, or one of them is not a str.
    """
    if isinstance(texts, str):
        raise InvalidInput(f"Texts must be a list of str, not the single text {shortened(texts)}; write [text].")
    if not isinstance(texts, Iterable):
        raise InvalidInput(f"Texts must be a list of str, not {shortened(texts)}.")
    texts = list(texts)
    for position, text in enumerate(texts):
        if not isinstance(text, str):
            raise InvalidInput(f"Text {position} must be a str, not {shortened(text)}.")
    return texts


def is_finite_number(value: Any) -> bool:
    """Tell whether a value of a spec is an int or a float, not a bool, that float64 can hold."""
    return type(value) in (int, float) and abs(value) <= sys.float_info.max
