"""Durations as people write them: seconds, a timedelta, or text such as "1 day" or "36 hours"."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from math import isfinite

from dcai.errors import InvalidInput
from dcai.times import UNITS

Duration = int | timedelta | str

_TEXT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(second|minute|hour|day|week)s?\s*")


def seconds(duration: Duration) -> int:
    """Return a duration in whole seconds.

    Raises
    ------
    InvalidInput
        If it is negative, not a whole number of seconds, or text that doesn't read like "1 day" or "36 hours".
    """
    if isinstance(duration, str):
        match = _TEXT.fullmatch(duration)
        if match is None:
            raise InvalidInput(f'{duration!r} is not a duration; write seconds, or text such as "1 day" or "36 hours".')
        value = float(Decimal(match[1]) * UNITS[match[2]])
    else:
        value = duration.total_seconds() if isinstance(duration, timedelta) else duration
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not isfinite(value) or value < 0 or value != int(value):
        raise InvalidInput(f"A duration is a whole number of seconds, 0 or more, not {duration!r}.")
    return int(value)
