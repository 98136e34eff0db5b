"""What is wrong with the value of an option, in a sentence of ours that names both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from dcai.errors import InvalidInput
from dcai.untrusted import shortened

# What pydantic, which reads arguments for typer, expects.
_EXPECTED = {
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number of fewer digits",
    "int_from_float": "a whole number",
    "int_type": "a whole number",
    "float_parsing": "a number",
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
}


def place(given: str) -> Path:
    """Return a path; an empty one, which would be the working folder, is refused.

    Raises
    ------
    ValueError
    """
    if not given:
        raise ValueError("must name a file or folder (. is the working folder)")
    return Path(given)


def path_option(*names: str, help: str) -> Any:
    """Return an option of a path: see `place`."""
    return typer.Option(*names, parser=place, metavar="PATH", help=help)


@contextmanager
def values_as_one_sentence() -> Iterator[None]:
    """Turn the library's error about a value into one of ours.

    Raises
    ------
    InvalidInput
        With the option, the value and what is expected.
    """
    try:
        yield
    except typer.BadParameter as error:
        fault = _fault(error.__cause__)
        if fault is None or error.param is None:
            raise
        name = max(error.param.opts, key=len) if error.param.opts else error.param.name
        named = name if str(name).startswith("-") else str(name).upper()
        raise InvalidInput(f"{named} {fault}.") from error


def _fault(cause: Any) -> str | None:
    """Return what is wrong, of an error of pydantic's; None of any other."""
    if not hasattr(cause, "errors"):
        return None
    first = cause.errors()[0]
    value = shortened(first["input"])
    if first["type"] == "value_error":
        told = first["msg"].removeprefix("Value error, ")
        return f"{told}, not {value}" if told.startswith("must") else None
    expected = _EXPECTED.get(first["type"])
    return None if expected is None else f"must be {expected.format(**first.get('ctx', {}))}, not {value}"
