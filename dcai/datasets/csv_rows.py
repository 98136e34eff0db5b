"""The rows of a CSV file, however spreadsheets write one: encodings, separators, quotes."""

from __future__ import annotations

import csv
import gzip
import sys
import zlib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_LE
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, TextIOWrapper
from itertools import chain, count
from pathlib import Path
from typing import NamedTuple

from dcai.errors import InvalidInput

# of two that both fit a file, the first counts
_SEPARATORS = (",", ";", "\t")

# a mark that another one begins with comes after it
_MARKS = {BOM_UTF8: "utf-8-sig", BOM_UTF32_LE: "utf-32", BOM_UTF16_LE: "utf-16", BOM_UTF16_BE: "utf-16"}
_GZIP = b"\x1f\x8b"


class Rows(NamedTuple):
    """The rows of a file.

    Attributes
    ----------
    header : list of str
        The names of the columns.
    cells : list of list of str
        As many in each row as there are columns.
    lines : list of int
        The last line of each row.
    separator : str
        What stands between cells.
    """

    header: list[str]
    cells: list[list[str]]
    lines: list[int]
    separator: str


def read_rows(path: Path, label: str) -> Rows:
    """Read a file with a header; rows without anything in them are passed over.

    Parameters
    ----------
    path
        Packed with gzip or not.
    label
        A column that it should have: the separator is the one with which it does.

    Raises
    ------
    InvalidInput
        If it can't be read, isn't CSV, or has no rows, two columns of one name, or a row of another length.
    """
    try:
        with path.open("rb") as file, _long_cells():
            rows = _rows(path, file, label)
    except FileNotFoundError:
        raise InvalidInput(f"There is no file {path}.") from None
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path} is not a CSV file in UTF-8: {_misfit(path, error)}") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InvalidInput(f"{path} is not a CSV file in UTF-8: it is packed, and damaged ({error}).") from error
    except OSError as error:
        raise InvalidInput(f"{path} can't be read: {error.strerror}.") from error
    twice = [name for name, times in Counter(rows.header).items() if name and times > 1]
    if twice:
        raise InvalidInput(f"{path} has two columns {twice[0]!r}; rename one in its first line.")
    columns = len(rows.header)
    for line, cells in zip(rows.lines, rows.cells, strict=True):
        if len(cells) != columns:
            raise InvalidInput(
                f"Line {line} of {path} has {len(cells)} cells, but the first line names {columns} columns; "
                "correct the line."
            )
    return rows


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let a cell be as long as a text is; the csv module refuses more than 131,072 characters."""
    before = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _opened(file: BufferedReader) -> tuple[BufferedReader | gzip.GzipFile, str]:
    """Return what gives a file's content unpacked, and its encoding."""
    content = gzip.GzipFile(fileobj=file) if file.peek(2)[:2] == _GZIP else file
    start = content.peek(4)[:4]
    return content, next((name for mark, name in _MARKS.items() if start.startswith(mark)), "utf-8")


def _rows(path: Path, file: BufferedReader, label: str) -> Rows:
    content, encoding = _opened(file)
    lines = _checked(path, TextIOWrapper(content, encoding, newline=""))
    first, skipped = next(lines, ""), 0
    if first.strip().lower() in {f"sep={separator}".strip() for separator in _SEPARATORS}:  # as Excel writes
        first, skipped = next(lines, ""), 1
    separator = _separator(first, label)
    reader = csv.reader(chain([first], lines), delimiter=separator, strict=True)
    numbered: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                numbered.append((skipped + reader.line_num, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        what = f"{error}."
        if "end of data" in what:
            what += f" The row that begins in line {skipped + begins} opens a quote that is never closed; close it."
        else:
            what = f"{what[:-1]} in line {skipped + reader.line_num}; a quote inside of quotes is written twice."
        raise InvalidInput(f"{path} is not a CSV file in UTF-8: {what}") from error
    if len(numbered) < 2:
        raise InvalidInput(f"{path} has no rows; it needs a first line of column names, and rows below it.")
    (_, header), *rest = numbered
    return Rows([name.strip() for name in header], [row for _, row in rest], [line for line, _ in rest], separator)


def _checked(path: Path, lines: Iterator[str]) -> Iterator[str]:
    """Yield lines that are text."""
    for number, line in zip(count(1), lines, strict=False):
        if "\0" in line:
            raise InvalidInput(
                f"Line {number} of {path} has a zero byte, which no text has; if it is UTF-16, save it as UTF-8."
            )
        yield line


def _separator(header: str, label: str) -> str:
    """Return what separates the names in a header: that with which the label has a column, else the most frequent."""
    columns = {separator: _names(header, separator) for separator in _SEPARATORS}
    for separator, names in columns.items():
        if label in names:
            return separator
    return max(_SEPARATORS, key=lambda separator: len(columns[separator]))


def _names(header: str, separator: str) -> list[str]:
    return [name.strip() for name in next(csv.reader([header], delimiter=separator), [])]


def _misfit(path: Path, error: UnicodeDecodeError) -> str:
    """Say where a file is not text; the decoder only knows the place in what it had read."""
    if error.encoding == "utf-8":
        with path.open("rb") as file:
            for number, line in enumerate(_opened(file)[0], start=1):
                try:
                    line.decode()
                except UnicodeDecodeError as found:
                    return (
                        f"line {number} has the byte 0x{line[found.start]:02x}. Save it as UTF-8; of Latin-1, `iconv "
                        "-f latin1 -t utf-8` makes it."
                    )
    return f"{error}."
