"""Amounts, durations and whole numbers as options; a number without a unit counts wei or seconds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from dcai import amounts, durations
from dcai.errors import InvalidInput
from dcai.untrusted import shortened

# longer ones are out of every range, and Python doesn't read them
_WHOLE = re.compile("-?[0-9]{1,100}")


def wei(given: str) -> int:
    """Return an amount in wei."""
    return amounts.wei(_with_unit(given, "wei"))


def seconds(given: str) -> int:
    """Return a duration in seconds."""
    return durations.seconds(_with_unit(given, "seconds"))


def whole(given: str, name: str, *, least: int = 0) -> int:
    """Return a whole number of up to 256 bits; `name` is what errors call it."""
    value = int(given) if _WHOLE.fullmatch(given) else given
    if not isinstance(value, int) or not least <= value < 2**256:
        raise InvalidInput(f"{name} is a whole number from {least} to 2^256 - 1, not {shortened(value)}.")
    return value


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
