"""The data that a command is given: a data set by its name, or a CSV file."""

from __future__ import annotations

from pathlib import Path

from dcai import datasets
from dcai.datasets import Dataset
from dcai.datasets.csv_file import SUFFIXES, read_csv
from dcai.errors import InvalidInput
from dcai.fitting import Kind


def read(data: str, label: str | None, text: str | None, kind: Kind | None) -> Dataset:
    """Return a data set.

    Parameters
    ----------
    data
        A name, or a path that ends in .csv or .csv.gz.
    label, text
        The columns of a CSV file.
    kind
        The kind that its inputs must have; None if the file decides.

    Raises
    ------
    InvalidInput
        If there is no such data set, or columns are named of one that is not a CSV file.
    """
    if data.lower().endswith(SUFFIXES):
        if text is not None and kind == "table":
            raise InvalidInput(f"--text {text} is of texts, and the encoder takes numbers; leave it out.")
        kind = kind if text is None else "text"
        label, text = "label" if label is None else label, "text" if text is None else text
        if label == text:
            raise InvalidInput(f"--label and --text both name the column {label!r}: the classes aren't the texts.")
        return read_csv(Path(data), label=label, text=text, kind=kind)
    if data not in datasets.names():
        raise InvalidInput(
            f"There is no data set {data!r}: name a file that ends in .csv or .csv.gz, or one of "
            f"{', '.join(datasets.names())}."
        )
    if label is not None or text is not None:
        raise InvalidInput(f"--label and --text are for CSV files; {data} is a data set whose columns are known.")
    return datasets.load(data)
