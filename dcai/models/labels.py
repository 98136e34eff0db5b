"""Labels as scikit-learn has them, whatever they are, and as the numbers that contracts know."""

from __future__ import annotations

from collections.abc import Collection
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import assert_all_finite, column_or_1d

from dcai.errors import InvalidInput
from dcai.untrusted import shortened

Labels = NDArray[Any]
"""Names of classes, whole numbers, or what else scikit-learn takes for labels; shape (n,)."""


def read(y: object) -> Labels:
    """Return labels as an array.

    Raises
    ------
    InvalidInput
        If they are missing, not a flat list, or not labels of classes.
    """
    if y is None:
        raise InvalidInput("A classifier requires y to be passed, but the target y is None; give one label per row.")
    try:
        labels: Labels = column_or_1d(y, warn=True)
        assert_all_finite(labels, input_name="y")
        if len(labels):
            check_classification_targets(labels)
    except ValueError as error:
        raise InvalidInput(f"Labels are a flat list, one per row: {error}") from error
    return labels


def check_length(y: Labels, rows: Any) -> None:
    """Refuse labels that are not one per row.

    Raises
    ------
    InvalidInput
    """
    if len(y) != rows.shape[0]:
        raise InvalidInput(f"There are {rows.shape[0]} rows and {len(y)} labels; give one label per row.")


def learnt(y: Labels) -> Labels:
    """Return the classes that labels are of, in increasing order.

    Raises
    ------
    InvalidInput
        If they can't be ordered, or there is only one.
    """
    try:
        classes: Labels = np.unique(y)
    except TypeError as error:
        raise InvalidInput(f"Labels must be all of one type: {error}.") from error
    if len(classes) < 2:
        raise InvalidInput(
            f"A model has two classes or more, and all labels are of one class, {shortened(classes.tolist())}; name "
            "the others with classes=…."
        )
    return classes


def given(classes: object) -> Labels:
    """Return the classes that a model was made with, in their order.

    Raises
    ------
    InvalidInput
        If they are not two or more different names or numbers.
    """
    listed = list(classes) if isinstance(classes, Collection) and not isinstance(classes, str) else []
    names = all(isinstance(one, str) for one in listed)
    numbers = all(isinstance(one, Real | np.bool_) for one in listed)
    if len(set(map(str, listed))) < max(len(listed), 2) or not (names or numbers):
        raise InvalidInput(
            f"A model has two classes or more, whose names are different texts of one line, not {shortened(classes)}."
        )
    return np.array(listed)


def numbered(y: Labels, classes: Labels) -> NDArray[np.int64]:
    """Return labels as positions in the classes.

    Where classes have names, whole numbers are taken for positions.

    Raises
    ------
    InvalidInput
        If one is unknown.
    """
    if y.dtype.kind in "iu" and classes.dtype.kind in "UO":
        numbers = y.astype(np.int64)
        unknown = (numbers < 0) | (numbers >= len(classes))
    else:
        number_of = {label: number for number, label in enumerate(classes.tolist())}
        numbers = np.array([number_of.get(label, -1) for label in y.tolist()], dtype=np.int64)
        unknown = numbers < 0
    if unknown.any():
        raise InvalidInput(
            f"There is no class {y[unknown].tolist()[0]!r}; the classes are {', '.join(map(repr, classes.tolist()))}."
        )
    return numbers
