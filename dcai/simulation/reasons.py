"""Why samples are skipped, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def told(skipped: Mapping[str, int]) -> str:
    """Return how many samples are skipped, and why: {"TooLarge": 3} -> "3 more skipped: 3 too large"."""
    each = ", ".join(f"{count:,} {_CAPITAL.sub(' ', reason).lower()}" for reason, count in skipped.items())
    return f"{sum(skipped.values()):,} more skipped: {each}"
