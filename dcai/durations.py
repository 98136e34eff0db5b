"""Durations as people write and read them: seconds, a timedelta, or text such as "1 day" or "36 hours"."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from math import isfinite

Duration = int | timedelta | str

_UNITS = {"week": 604_800, "day": 86_400, "hour": 3600, "minute": 60, "second": 1}
_TEXT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(second|minute|hour|day|week)s?\s*")


def seconds(duration: Duration) -> int:
    """Return a duration in whole seconds.

    Raises
    ------
    InvalidInput
        If it is negative, no whole number of seconds, or text of another form than "1 day", "36 hours", "90 seconds".
    """
    from dcai.errors import InvalidInput  # which itself tells durations

    if isinstance(duration, str):
        match = _TEXT.fullmatch(duration)
        if match is None:
            raise InvalidInput(f'{duration!r} is no duration; write seconds, or text such as "1 day" or "36 hours".')
        value = float(Decimal(match[1]) * _UNITS[match[2]])
    else:
        value = duration.total_seconds() if isinstance(duration, timedelta) else duration
    if not isinstance(value, int | float) or not isfinite(value) or value < 0 or value != int(value):
        raise InvalidInput(f"A duration is a whole number of seconds from 0 on, not {duration!r}.")
    return int(value)


def duration_text(total: int) -> str:
    """Return seconds in the two largest units: 90061 -> "1 day 1 hour"."""
    parts = []
    rest = total
    for unit, size in _UNITS.items():
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {unit}{'s' if count > 1 else ''}")
    return " ".join(parts[:2]) or "0 seconds"
