"""What may come from anybody: JSON, TOML, texts that are printed, and values that errors name."""

from __future__ import annotations

import json
import re
import reprlib
import tomllib
import unicodedata
from typing import Any

_LONGEST = 60
_MOST_BITS = 4_000  # Python converts ints up to some 14,000 bits to digits


class _Shortener(reprlib.Repr):
    def repr_int(self, x: int, level: int) -> str:
        """Return the digits of an int, of which there may be more than Python converts."""
        bits = x.bit_length()
        return super().repr_int(x, level) if bits <= _MOST_BITS else f"an integer of {bits:,} bits"


_shortener = _Shortener()
_shortener.maxstring = _shortener.maxother = _LONGEST
_shortener.maxlong = 80  # a word of the EVM, whole

shortened = _shortener.repr
"""Return the `repr` of a value, cut to what fits into a sentence."""

# A text without an end goes to the end of all: looked for again at each of its quotes, it would take quadratic time.
# What was matched is never given back, which takes neither time nor memory.
_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)

MAX_NESTING = 20
"""How deep lists and objects may be nested."""

_MOST_DOTS = 100


def printable(text: str) -> str:
    """Return a text as it can be shown to people: no character of it steers a terminal or hides others.

    Control characters, those that turn the direction of writing, invisible ones and halves of surrogates become
    U+FFFD; unusual spaces become spaces. Line breaks stay: see `one_line`.

    Examples
    --------
    >>> printable("\\x1b[2Jfine\\u202e")
    '�[2Jfine�'
    """
    return text if text.isprintable() else "".join(map(_shown, text))


def one_line(text: str) -> str:
    """Return a text as it can be shown in one line, as in a cell of a table or within a sentence."""
    return printable(text.replace("\n", " "))


def _shown(character: str) -> str:
    if character.isprintable() or character == "\n":
        return character
    return " " if character == "\t" or unicodedata.category(character) == "Zs" else "\N{REPLACEMENT CHARACTER}"


def parse(text: bytes) -> Any:
    """Return the value that a JSON text is of.

    Raises
    ------
    ValueError
        If it is not JSON in UTF-8, or nested more than 20 deep.
    """
    # a deeper one would overflow the interpreter's stack: py-evm raises the limit that guards it
    depth = 0
    for token in _TOKENS.finditer(text):
        first = text[token.start()]
        depth += (first in b"[{") - (first in b"]}")
        if depth > MAX_NESTING:
            raise ValueError(f"lists and objects are nested more than {MAX_NESTING} deep")
    return json.loads(text.decode())


def parse_toml(text: str) -> dict[str, Any]:
    """Return the table that a TOML text describes.

    Raises
    ------
    ValueError
        If it is not TOML, has a number of more than 4,300 digits or a line with more than 100 dots, or is nested more
        than 20 deep.
    """
    # the time that a dotted key takes is quadratic in the number of its parts
    if any(line.count(".") > _MOST_DOTS for line in text.splitlines()):
        raise ValueError(f"a line has more than {_MOST_DOTS} dots")
    nested = ValueError(f"tables and lists are nested more than {MAX_NESTING} deep")
    try:
        table = tomllib.loads(text)
    except RecursionError:
        raise nested from None
    layer: list[Any] = [table]
    for _ in range(MAX_NESTING + 1):
        inner = (one.values() if isinstance(one, dict) else one for one in layer if isinstance(one, dict | list))
        layer = [value for values in inner for value in values]
    if layer:
        raise nested
    return table
