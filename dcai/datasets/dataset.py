"""A loaded data set: inputs and labels, split into a training and a test part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Inputs: TypeAlias = "list[str] | NDArray[np.float64] | pd.DataFrame"


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set, split into a training and a test part.

    Attributes
    ----------
    name : str
        Its name in the catalogue.
    title : str
        Its published title.
    labels : tuple of str
        Names of the classes; a label is an index into it.
    kind : {"text", "table"}
        An input is a text or a row of a table.
    train_inputs, test_inputs : list of str, or float array or pandas.DataFrame of shape (n, columns)
        Texts for ``"text"``, rows for ``"table"``: a data frame if there are categories, which are columns of that
        type. A missing number is NaN.
    train_labels, test_labels : int array of shape (n,)
    feature_names : tuple of str, or None
        Names of the columns that are inputs; None for ``"text"``.
    left_out : mapping of str to str
        Columns of its file that are not inputs, each with the reason.
    """

    name: str
    title: str
    labels: tuple[str, ...]
    kind: Literal["text", "table"]
    train_inputs: Inputs
    train_labels: NDArray[np.int64]
    test_inputs: Inputs
    test_labels: NDArray[np.int64]
    feature_names: tuple[str, ...] | None = None
    left_out: Mapping[str, str] = field(default_factory=dict)
