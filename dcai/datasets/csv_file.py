"""A CSV file of the user's own as a data set."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dcai.datasets.dataset import Dataset
from dcai.errors import InvalidInput

SUFFIXES = (".csv", ".csv.gz")


def read_csv(
    path: Path, *, label: str = "label", text: str = "text", kind: Literal["text", "table"] | None = None
) -> Dataset:
    """Read a CSV file in UTF-8, with commas and a header; no row is set aside for testing.

    Parameters
    ----------
    path : path
        Unpacked where its name ends in .gz.
    label : str
        The column of the classes; every different cell of it is one, in increasing order, of numbers where all are.
    text : str
        The column of the texts.
    kind : {"text", "table"}, optional
        What the inputs are: the texts, or all other columns in which there are numbers. Left out, the texts where there
        is such a column.

    Returns
    -------
    Dataset
        All rows in the order of the file as the training part, and an empty test part.

    Raises
    ------
    InvalidInput
        If the file can't be read or is not a CSV file, a column is missing, a cell of the label is empty, all rows are
        of one class, or a column has numbers and a cell that is not a finite number; the sentence names the line.
    """
    header, rows, lines = _read(path)
    columns = dict(zip(header, zip(*rows, strict=True), strict=True))
    classes, labels = _labels(path, _column(path, columns, label), label, lines)
    kind = kind or ("text" if text in columns else "table")
    inputs: list[str] | NDArray[np.float64]
    if kind == "text":
        names, inputs = None, list(_column(path, columns, text))
    else:
        numbers = {
            name: values
            for name, cells in columns.items()
            if name != label and (values := _numbers(path, name, cells, lines)) is not None
        }
        if not numbers:
            raise InvalidInput(f"{path} has no column of numbers beside {label!r}; name one of texts with --text.")
        names, inputs = tuple(numbers), np.column_stack(list(numbers.values()))
    return Dataset(
        name=path.name,
        title=path.name,
        labels=classes,
        kind=kind,
        train_inputs=inputs,
        train_labels=labels,
        test_inputs=inputs[:0],
        test_labels=labels[:0],
        feature_names=names,
    )


def _read(path: Path) -> tuple[list[str], list[list[str]], list[int]]:
    """Return the header, the rows, and the line that each row ends at."""
    try:
        numbered = list(_numbered(path))
    except FileNotFoundError:
        raise InvalidInput(f"There is no file {path}.") from None
    except (UnicodeDecodeError, csv.Error, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InvalidInput(f"{path} is not a CSV file in UTF-8: {error}.") from error
    except OSError as error:
        raise InvalidInput(f"{path} can't be read: {error.strerror}.") from error
    if len(numbered) < 2:
        raise InvalidInput(f"{path} has no rows; a first line that names the columns, and rows below it, are needed.")
    (_, header), *rest = numbered
    twice = {name for name in header if header.count(name) > 1}
    if twice:
        raise InvalidInput(f"{path} has two columns {min(twice)!r}; rename one in its first line.")
    for line, cells in rest:
        if len(cells) != len(header):
            raise InvalidInput(
                f"Line {line} of {path} has {len(cells)} cells, and the first line names {len(header)} columns; "
                "correct the line."
            )
    return header, [cells for _, cells in rest], [line for line, _ in rest]


def _numbered(path: Path) -> Iterator[tuple[int, list[str]]]:
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    # Spreadsheets begin files with a byte order mark. A quote that is never closed would swallow all rows after it.
    reader = csv.reader(StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
    for cells in reader:
        if cells:
            yield reader.line_num, cells


def _column(path: Path, columns: dict[str, tuple[str, ...]], name: str) -> tuple[str, ...]:
    if name not in columns:
        raise InvalidInput(f"{path} has no column {name!r}; its columns are {', '.join(map(repr, columns))}.")
    return columns[name]


def _labels(
    path: Path, cells: Sequence[str], column: str, lines: Sequence[int]
) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    for line, cell in zip(lines, cells, strict=True):
        if not cell.strip():
            raise InvalidInput(f"Line {line} of {path} has no {column!r}; fill it in, or remove the row.")
    classes = sorted(set(cells))
    try:
        classes.sort(key=float)
    except ValueError:
        classes.sort()
    if len(classes) < 2:
        raise InvalidInput(f"All rows of {path} have the same {column!r}, {classes[0]!r}; a model needs two classes.")
    numbers = {name: number for number, name in enumerate(classes)}
    return tuple(classes), np.array([numbers[cell] for cell in cells], dtype=np.int64)


def _numbers(path: Path, name: str, cells: Sequence[str], lines: Sequence[int]) -> NDArray[np.float64] | None:
    """Return a column of numbers, or None where no cell is one."""
    values = [_number(cell) for cell in cells]
    if all(value is None for value in values):
        return None
    for line, cell, value in zip(lines, cells, values, strict=True):
        if value is None or not np.isfinite(value):
            raise InvalidInput(
                f"Line {line} of {path} has {cell!r} in column {name!r}, which is not a finite number; fill it in, or "
                "remove the row or the column."
            )
    return np.array(values, dtype=np.float64)


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None
