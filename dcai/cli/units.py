"""Amounts and durations as options; a number without a unit counts wei or seconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dcai import amounts, durations
from dcai.errors import InvalidInput


def wei(given: str) -> int:
    """Return an amount in wei."""
    return amounts.wei(_with_unit(given, "wei"))


def seconds(given: str) -> int:
    """Return a duration in seconds."""
    return durations.seconds(_with_unit(given, "seconds"))


@contextmanager
def naming(option: str) -> Iterator[None]:
    """Let the error about a value name the option that it was given as."""
    try:
        yield
    except InvalidInput as error:
        raise InvalidInput(f"{str(error).removesuffix('.')} ({option}).") from error


def _with_unit(given: str, unit: str) -> str:
    number = given.strip()
    return f"{number} {unit}" if number[-1:].isdecimal() else number
