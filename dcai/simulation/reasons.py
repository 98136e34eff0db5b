"""Why samples are skipped, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def in_words(skipped: Mapping[str, int]) -> str:
    """Return why how many samples are skipped: {"TooLarge": 3, "NoKnownWord": 1} -> "3 too large, 1 no known word"."""
    return ", ".join(f"{count:,} {_CAPITAL.sub(' ', reason).lower()}" for reason, count in skipped.items())
