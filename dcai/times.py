"""Moments and lengths of time as people read them."""

from __future__ import annotations

from datetime import UTC, datetime

UNITS = {"week": 604_800, "day": 86_400, "hour": 3600, "minute": 60, "second": 1}
"""Seconds in each unit, the largest first."""

# The end of the year 9999, beyond which there are no dates: a contract may name any time.
_LAST = 253_402_300_799


def moment_text(second: int) -> str:
    """Return a time, in seconds since 1970: "2026-11-30 16:00:00 UTC"."""
    if second > _LAST:
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
