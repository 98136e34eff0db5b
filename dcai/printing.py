"""What everything that is printed goes through, on its way to a terminal, a pipe or a file."""

from __future__ import annotations

import codecs
import io
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from dcai.untrusted import printable

# What our own sentences and tables hold beside ASCII; other characters are escaped.
_ASCII = {
    "…": "...",
    "±": "+-",
    "\N{MINUS SIGN}": "-",
    "\N{MULTIPLICATION SIGN}": "x",
    "→": "->",
    "·": "-",
    "√": "sqrt",
    "\N{REPLACEMENT CHARACTER}": "?",
}


class Printable(io.TextIOBase):
    """Standard output or error for everybody who writes text there without asking whether it is printable."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream

    @property
    def encoding(self) -> str:  # type: ignore[override]  # an attribute there
        return getattr(self.stream, "encoding", None) or "utf-8"

    def write(self, text: str) -> int:
        self.stream.write(printable(text))
        return len(text)

    def flush(self) -> None:
        self.stream.flush()

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self.stream.fileno()


@contextmanager
def printable_streams() -> Iterator[None]:
    """Let nothing reach standard output and error that steers a terminal, nor what they can't encode."""
    before = sys.stdout, sys.stderr
    make_streams_printable()
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def make_streams_printable() -> None:
    """Do so from now on."""
    sys.stdout, sys.stderr = map(_shown, (sys.stdout, sys.stderr))


def _shown(stream: Any) -> Any:
    if stream is None or isinstance(stream, Printable):
        return stream
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors=_PLAIN)
    return Printable(stream)


def _plain(error: UnicodeError) -> tuple[str | bytes, int]:
    """Write what an encoding lacks in plainer characters."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_in_ascii, error.object[error.start : error.end])), error.end


def _in_ascii(character: str) -> str:
    name = unicodedata.name(character, "")
    if name.startswith("BOX DRAWINGS"):
        return "-" if name.endswith("HORIZONTAL") else "|" if name.endswith("VERTICAL") else "+"
    return _ASCII.get(character) or character.encode("ascii", "backslashreplace").decode()


_PLAIN = "dcai-plain"
codecs.register_error(_PLAIN, _plain)
