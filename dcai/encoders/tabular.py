"""Rows of a table as the quantile bins of their numbers, and their categories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Tags

from dcai.encoders import cells
from dcai.encoders.base import SparseEncoder
from dcai.encoders.checks import check_integer
from dcai.encoders.codings.coding import UINT16_INDICES
from dcai.encoders.codings.columns import Categories, Column, Numbers
from dcai.encoders.codings.tabular import TabularCoding
from dcai.encoders.tables import read_training_table
from dcai.samples import MAX_FEATURES


class TabularEncoder(SparseEncoder):
    """One binary feature for every bin of a column of numbers, and for every category of any other column.

    The edges between the bins of a column are its quantiles in the training table, taken as values that occur in it
    (the inverse of the empirical distribution function, definition 1 of Hyndman and Fan, 1996), so that every
    bin held a training value. A bin includes its upper edge. Equal edges are merged: a column with few different
    values has few bins, a constant one has one. A value outside of the training range is in the outermost bin.

    A column holds numbers if at least half of its filled cells do, and then another text in it is refused; otherwise
    it holds categories, as do the columns of a data frame whose type says so. The features of a column are then its
    categories, the most frequent first. A category is a text, whatever white space is around it; numbers and truth
    values among them count as their text.

    A missing value is a feature of its own in columns where the training table has one: None, NaN, pandas' NA, an
    empty text, and among numbers also "?", "NA", "n/a", "null", "none" and "nan".

    What the training table didn't have has no feature: neither a category that isn't known nor a missing value in a
    column that had none.

    A table is an array, a list of rows or a data frame, and a row a list, a dict by the names of the columns, or a row
    of a data frame. By name, the order doesn't count, and what else there is is passed over.

    Parameters
    ----------
    bins : int
        Most bins of a column, at least 2; all columns together have at most 65,535 features.
    max_categories : int
        Most categories of a column: the most frequent ones. Others have no feature.

    Attributes
    ----------
    column_names_ : list of str
        The names of the columns.
    columns_ : tuple of Numbers or Categories
        What has become of each: its `edges`, strictly increasing and one fewer than there are bins, or its
        `categories`; whether a `missing` value is a feature; and its `size`, the number of its features.
    n_features_ : int
        The number of features of all columns.

    Examples
    --------
    >>> rows = [{"age": 31, "work": "sales"}, {"age": 52, "work": "law"}, {"age": None, "work": "sales"}]
    >>> encoder = TabularEncoder(bins=2).fit(rows)
    >>> encoder.feature_names()
    ['age <= 31.0', '31.0 < age', 'age is missing', 'work = sales', 'work = law']
    >>> encoder.encode({"work": "law", "age": 40}).tolist()
    [1, 4]
    >>> encoder.encode([None, "fishing"]).tolist()
    [2]
    """

    coding_type = TabularCoding

    def __init__(self, bins: int = 8, max_categories: int = 256) -> None:
        self.bins = bins
        self.max_categories = max_categories

    def fit(self, inputs: Any, y: object = None, *, feature_names: Sequence[str] | None = None) -> Self:
        """Learn the edges of the bins, and the categories.

        Parameters
        ----------
        inputs : array-like of shape (n, columns), data frame, or list of rows
            The training table, n ≥ 1.
        y : object
            Ignored, it is there for scikit-learn's pipelines.
        feature_names : sequence of str, optional
            A name for every column; by default those of a data frame or of the first dict, else "column 0" and so on.

        Raises
        ------
        InvalidInput
            If `bins` or `max_categories` is out of range, the table is empty or not rectangular, a cell holds what its
            column can't, the names are not one str per column, or there would be more than 65,535 features.
        """
        bins = check_integer("bins", self.bins, 2, MAX_FEATURES, UINT16_INDICES)
        most = check_integer("max_categories", self.max_categories, 1, MAX_FEATURES, UINT16_INDICES)
        table = read_training_table(inputs, feature_names)
        columns: list[Column] = []
        for at, name in enumerate(table.names):
            given = table.values[:, at]
            if at not in table.categorical and cells.holds_numbers(given):
                columns.append(_binned(name, cells.numbers(given, at, name), bins))
            else:
                columns.append(_categories(name, cells.categories(given, at, name), most))
        return self._take(TabularCoding(columns))

    @classmethod
    def from_coding(cls, coding: TabularCoding) -> Self:
        """Make the fitted encoder around a coding."""
        bins = max(2, *(len(column.edges) + 1 for column in coding.columns if isinstance(column, Numbers)), 2)
        most = max(1, *(len(column.categories) for column in coding.columns if isinstance(column, Categories)), 1)
        return cls(bins, most)._take(coding)

    def _take(self, coding: TabularCoding) -> Self:
        self.column_names_, self.columns_ = coding.column_names, coding.columns
        self.n_features_in_ = len(coding.columns)
        return super()._take(coding)

    def __sklearn_tags__(self) -> Tags:
        """Say that tables may have texts in them, and missing values."""
        tags = super().__sklearn_tags__()
        tags.input_tags.categorical = tags.input_tags.string = tags.input_tags.allow_nan = True
        return tags


def _binned(name: str, given: NDArray[np.float64], bins: int) -> Column:
    values = given[~np.isnan(given)]
    missing = len(values) < len(given)
    if not len(values):
        return Categories(name, (), missing=True)
    at_quantiles = np.quantile(values, np.arange(1, bins) / bins, method="inverted_cdf")
    # An edge at the largest value would have an empty bin above it.
    return Numbers(name, np.unique(at_quantiles[at_quantiles < values.max()]), missing=missing)


def _categories(name: str, given: Sequence[str | None], most: int) -> Column:
    counts = Counter(category for category in given if category is not None)
    frequent = sorted(counts, key=lambda category: (-counts[category], category))[:most]
    return Categories(name, frequent, missing=None in given)
