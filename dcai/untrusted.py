"""What may come from anybody: JSON, and values that errors name."""

from __future__ import annotations

import json
import re
import reprlib
from itertools import accumulate
from typing import Any

_shortener = reprlib.Repr()
_shortener.maxstring = _shortener.maxother = _shortener.maxlong = 60

shortened = _shortener.repr
"""Return the `repr` of a value, cut to what fits into a sentence."""

# one without an end goes to the end of all: looked for again at each of its quotes, it would take quadratic time
_TEXTS = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|\\?\Z)', re.DOTALL)

MAX_NESTING = 20
"""How deep lists and objects may be nested."""


def parse(text: bytes) -> Any:
    """Return the value that a JSON text is of.

    Raises
    ------
    ValueError
        If it is not JSON in UTF-8, or nested more than 20 deep.
    """
    # a deeper one would overflow the interpreter's stack: py-evm raises the limit that guards it
    brackets = re.findall(rb"[\[\]{}]", _TEXTS.sub(b"", text))
    if max(accumulate(1 if one in b"[{" else -1 for one in brackets), default=0) > MAX_NESTING:
        raise ValueError(f"lists and objects are nested more than {MAX_NESTING} deep")
    return json.loads(text.decode())
