"""Points in time and durations in words."""

from __future__ import annotations

from datetime import UTC, datetime

UNITS = {"week": 604_800, "day": 86_400, "hour": 3600, "minute": 60, "second": 1}
"""Seconds per unit, the largest first."""

# The end of the year 9999, after which there are no dates: a claim may name any time.
_LAST_DATE = 253_402_300_799


def moment_text(second: int) -> str:
    """Return a point in time, seconds since 1970, as people write it."""
    if second > _LAST_DATE:
        return f"second {second}"
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def duration_text(total: int) -> str:
    """Return seconds in the two largest units: 90061 -> "1 day 1 hour"."""
    parts = []
    rest = total
    for unit, size in UNITS.items():
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {unit}{'s' if count > 1 else ''}")
    return " ".join(parts[:2]) or "0 seconds"
