"""A data set from the user's own CSV file."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from dcai.datasets.csv_rows import read_rows
from dcai.datasets.dataset import Dataset, Inputs
from dcai.encoders import cells as contents
from dcai.errors import InvalidInput

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".csv", ".csv.gz")

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?")
_WITH_COMMA = re.compile(r"\s*[+-]?[0-9]*,[0-9]+(?:[eE][+-]?[0-9]+)?\s*")
_MISSING = ("nan", "null", "none", "na", "n/a")
_MOST_NAMED = 20


def read_csv(
    path: Path, *, label: str = "label", text: str = "text", kind: Literal["text", "table"] | None = None
) -> Dataset:
    """Read a CSV file with a header; all rows are for training.

    Cells are separated by commas, semicolons or tabs. The file is in UTF-8, or in UTF-16 with its mark.

    Parameters
    ----------
    path : path
        Packed with gzip or not.
    label : str
        The column of the classes. Each distinct cell is a class, whatever white space is around it. Classes are in
        increasing order: of numbers if all cells are numbers, else of text.
    text : str
        The column of the texts.
    kind : {"text", "table"}, optional
        What the inputs are: the texts, or all other columns that contain numbers or categories. By default the texts
        if the file has that column. Where cells aren't separated by commas, numbers may have decimal commas. An empty
        cell is a missing value, and so is what people write for one among numbers, such as NA or ?.

    Returns
    -------
    Dataset
        All rows in the order of the file as the training part, and an empty test part; `left_out` are the columns that
        aren't inputs.

    Raises
    ------
    InvalidInput
        If the file can't be read or is not CSV, a column is missing, a label is empty or written in two ways, all rows
        have one class, or a column of numbers has a cell that is neither a finite number nor missing; the message names
        the line.
    """
    header, rows, lines, separator = read_rows(path, label)
    columns = dict(zip(header, zip(*rows, strict=True), strict=True)) if rows else {}
    left_out = {"": "it has no name"} if "" in header else {}
    columns.pop("", None)
    classes, labels = _labels(path, _column(path, columns, label), label, lines)
    kind = kind or ("text" if text in columns else "table")
    inputs: Inputs
    if kind == "text":
        names, inputs = None, list(_column(path, columns, text))
        left_out |= {name: "only the texts are learnt" for name in columns if name not in (label, text)}
    else:
        learnt: dict[str, NDArray[np.float64] | list[str | None]] = {}
        for name, cells in columns.items():
            if name == label:
                continue
            if name == text:
                left_out[name] = "its texts are not learnt with a table"
                continue
            values = _values(path, name, cells, lines, decimal_commas=separator != ",")
            if isinstance(values, str):
                left_out[name] = values
            else:
                learnt[name] = values
        if not learnt:
            raise InvalidInput(
                f"{path} has no column of numbers beside {label!r}; of categories neither, since most texts of a "
                "column are in one row only. Name one of texts with --text."
            )
        names, inputs = tuple(learnt), _table(learnt)
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
        left_out=left_out,
    )


def _column(path: Path, columns: dict[str, tuple[str, ...]], name: str) -> tuple[str, ...]:
    if name not in columns:
        named = ", ".join(map(repr, list(columns)[:_MOST_NAMED])) + (", …" if len(columns) > _MOST_NAMED else "")
        raise InvalidInput(
            f"{path} has no column {name!r}; its columns are {named}. The first line holds their names; say which one "
            "is meant with --label or --text."
        )
    return columns[name]


def _labels(
    path: Path, cells: Sequence[str], column: str, lines: Sequence[int]
) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    names = {cell: " ".join(cell.split()) for cell in set(cells)}
    first: dict[str, int] = {}
    for line, cell in zip(lines, cells, strict=True):
        if not names[cell]:
            raise InvalidInput(f"Line {line} of {path} has no {column!r}; fill it in, or remove the row.")
        first.setdefault(names[cell], line)
    _check_variants(path, column, first)
    values = {name: Decimal(name) for name in first if _NUMBER.fullmatch(name)}
    missing = [name for name in first if name not in values]
    if values and missing and all(name.lower() in _MISSING for name in missing):
        raise InvalidInput(
            f"Line {first[missing[0]]} of {path} has {missing[0]!r} as its {column!r}, and all others are numbers; "
            "fill it in, or remove the row."
        )
    classes = sorted(first) if missing else sorted(first, key=values.__getitem__)
    if len(classes) < 2:
        raise InvalidInput(f"All rows of {path} have the same {column!r}, {classes[0]!r}; a model needs two classes.")
    numbers = {name: number for number, name in enumerate(classes)}
    return tuple(classes), np.array([numbers[names[cell]] for cell in cells], dtype=np.int64)


def _check_variants(path: Path, column: str, first: dict[str, int]) -> None:
    """Refuse classes that are one for whoever reads them: Spam and spam, 1 and 1.0.

    Parameters
    ----------
    first
        The line in which each of them comes first.
    """
    seen: dict[object, str] = {}
    for name, line in first.items():
        other = seen.setdefault(_meant(name), name)
        if other != name:
            raise InvalidInput(
                f"Column {column!r} of {path} has {other!r} (line {first[other]}) and {name!r} (line {line}), which "
                "look like one class: write it in one way, or give one of them another name."
            )


def _meant(name: str) -> object:
    if _NUMBER.fullmatch(name):
        return Decimal(name)
    visible = "".join(one for one in name if unicodedata.category(one) != "Cf")
    return unicodedata.normalize("NFKC", visible).casefold()


def _values(
    path: Path, name: str, cells: Sequence[str], lines: Sequence[int], *, decimal_commas: bool
) -> NDArray[np.float64] | list[str | None] | str:
    """Return a column of numbers or of categories, or why it is left out."""
    filled = [cell for cell in cells if cell.strip()]
    if not filled:
        return "it is empty"
    named = [cell for cell in filled if not contents.is_no_number(cell)]
    commas = sum(1 for cell in named if _WITH_COMMA.fullmatch(cell))
    if contents.are_numbers(sum(_number(cell) is not None for cell in named) + commas, len(named), len(filled)):
        return _numbers(path, name, cells, lines, decimal_commas=decimal_commas)
    categories = [contents.category_of(cell) for cell in cells]
    times = Counter(category for category in categories if category is not None)
    if 2 * sum(1 for count in times.values() if count == 1) > len(filled):
        return "most of its texts are in one row only"
    return categories


def _numbers(
    path: Path, name: str, cells: Sequence[str], lines: Sequence[int], *, decimal_commas: bool
) -> NDArray[np.float64]:
    """Return a column of numbers, NaN where one is missing."""
    values = [np.nan if contents.is_no_number(cell) else _number(cell) for cell in cells]
    kind = "a finite number"
    commas = [bool(_WITH_COMMA.fullmatch(cell)) for cell in cells] if None in values else []
    if any(commas):
        if not decimal_commas:
            fault = commas.index(True)
            raise InvalidInput(
                f"Line {lines[fault]} of {path} has {cells[fault]!r} in column {name!r}: where commas separate cells, "
                "numbers have decimal points; write them so, or separate cells by semicolons."
            )
        values = [
            value if value is not None and np.isnan(value) else None if "." in cell else _number(cell.replace(",", "."))
            for cell, value in zip(cells, values, strict=True)
        ]
        kind = "a finite number with a decimal comma"
    for line, cell, value in zip(lines, cells, values, strict=True):
        if value is None or np.isinf(value):
            raise InvalidInput(
                f"Line {line} of {path} has {cell!r} in column {name!r}, which is not {kind}; correct it, or "
                "remove the row or the column."
            )
    return np.array(values, dtype=np.float64)


def _table(learnt: Mapping[str, NDArray[np.float64] | list[str | None]]) -> NDArray[np.float64] | pd.DataFrame:
    numbers = [column for column in learnt.values() if isinstance(column, np.ndarray)]
    if len(numbers) == len(learnt):
        return np.column_stack(numbers)
    import pandas as pd  # which takes longer to import than most files to read

    typed = {name: one if isinstance(one, np.ndarray) else pd.Categorical(one) for name, one in learnt.items()}
    return pd.DataFrame(typed)


def _number(cell: str) -> float | None:
    if "_" in cell:  # which Python passes over
        return None
    try:
        return float(cell)
    except ValueError:
        return None
