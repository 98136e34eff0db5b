"""JSON that may come from anybody."""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import Any

MAX_NESTING = 20
"""How deep lists and objects may be nested."""


def parse(text: bytes) -> Any:
    """Return the value that a JSON text is of.

    Raises
    ------
    ValueError
        If it is no JSON in UTF-8, or nested more than 20 deep.
    """
    # a deeper one would overflow the interpreter's stack: py-evm raises the limit that guards it
    brackets = re.findall(rb"[\[\]{}]", re.sub(rb'"(?:[^"\\]|\\.)*"', b"", text))
    if max(accumulate(1 if one in b"[{" else -1 for one in brackets), default=0) > MAX_NESTING:
        raise ValueError(f"lists and objects are nested more than {MAX_NESTING} deep")
    return json.loads(text.decode())
