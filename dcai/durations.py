"""Durations as people write them: seconds, a timedelta, or text such as "1 day" or "36 hours"."""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction

from dcai.errors import InvalidInput
from dcai.times import UNITS
from dcai.untrusted import shortened

Duration = int | timedelta | str

# a second fewer than 10^30 is later than any contract knows
_TEXT = re.compile(r"([0-9]{1,30}(?:\.[0-9]{1,30})?)\s*(second|minute|hour|day|week)s?")


def seconds(duration: Duration) -> int:
    """Return a duration in whole seconds, exactly.

    Raises
    ------
    InvalidInput
        If it is negative, not a whole number of seconds, or text that doesn't read like "1 day" or "36 hours".
    """
    value: int | float | Fraction | None
    if isinstance(duration, str):
        match = _TEXT.fullmatch(duration.strip())
        if match is None:
            raise InvalidInput(
                f'{shortened(duration)} is not a duration; write seconds, or text such as "1 day" or "36 hours": a '
                "number of seconds, minutes, hours, days or weeks."
            )
        value = Fraction(match[1]) * UNITS[match[2]]
    elif isinstance(duration, timedelta):
        value = Fraction(duration // timedelta.resolution, 10**6)
    else:
        value = duration if isinstance(duration, int | float) and not isinstance(duration, bool) else None
    # NaN is not above 0, infinity is not a whole number
    if value is None or not value >= 0 or not _is_whole(value):
        raise InvalidInput(f"A duration is a whole number of seconds, 0 or more, not {shortened(duration)}.")
    return int(value)


def _is_whole(value: int | float | Fraction) -> bool:
    return value.is_integer() if isinstance(value, float) else value.denominator == 1
