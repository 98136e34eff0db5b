"""Rows of numbers as the quantile bins that their values fall into."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from dcai.encoders.base import SparseEncoder
from dcai.encoders.checks import check_integer
from dcai.encoders.codings.coding import UINT16_INDICES
from dcai.encoders.codings.tabular import TabularCoding
from dcai.encoders.tables import read_training_table
from dcai.samples import MAX_FEATURES


class TabularEncoder(SparseEncoder):
    """One binary feature for every bin of every column; a row has exactly one feature of each column.

    The edges between the bins of a column are its quantiles in the training table, taken as values that occur in it
    (the inverse of the empirical distribution function, definition 1 of Hyndman and Fan, 1996), so that every
    bin held a training value. A bin includes its upper edge. Equal edges are merged: a column with few different
    values has few bins, a constant one has one. A value outside of the training range is in the outermost bin.

    Parameters
    ----------
    bins : int
        Most bins of a column, at least 2; all columns together have at most 65,535.

    Attributes
    ----------
    column_names_ : list of str
        The names of the columns.
    edges_ : list of numpy.ndarray of float64
        For each column the strictly increasing edges between its bins, one fewer than there are bins.
    n_features_ : int
        The number of bins of all columns.

    Examples
    --------
    >>> encoder = TabularEncoder(bins=2).fit([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]], feature_names=["age", "height"])
    >>> encoder.feature_names()
    ['age <= 2.0', '2.0 < age', 'any height']
    >>> encoder.encode([7.5, 4.0]).tolist()
    [1, 2]
    """

    coding_type = TabularCoding

    def __init__(self, bins: int = 8) -> None:
        self.bins = bins

    def fit(self, inputs: ArrayLike, y: object = None, *, feature_names: Sequence[str] | None = None) -> Self:
        """Learn the edges of the bins.

        Parameters
        ----------
        inputs : array-like of float, shape (n, columns)
            The training table, n ≥ 1.
        y : object
            Ignored, it is there for scikit-learn's pipelines.
        feature_names : sequence of str, optional
            A name for every column; "column 0" and so on when not given.

        Raises
        ------
        InvalidInput
            If `bins` is out of range, the table is empty, not rectangular or holds a value that is not a finite number,
            the names are not one str per column, or there would be more than 65,535 features.
        """
        bins = check_integer("bins", self.bins, 2, MAX_FEATURES, UINT16_INDICES)
        table, names = read_training_table(inputs, feature_names)
        quantiles = np.arange(1, bins) / bins
        at_quantiles = np.quantile(table, quantiles, axis=0, method="inverted_cdf")
        # An edge at the largest value would have an empty bin above it.
        edges = [np.unique(at[at < top]) for at, top in zip(at_quantiles.T, table.max(axis=0), strict=True)]
        return self._take(TabularCoding(names, edges))

    @classmethod
    def from_coding(cls, coding: TabularCoding) -> Self:
        """Make the fitted encoder around a coding."""
        return cls(max(2, *(len(column) + 1 for column in coding.edges)))._take(coding)

    def _take(self, coding: TabularCoding) -> Self:
        self.column_names_, self.edges_ = coding.column_names, coding.edges
        self.n_features_in_ = len(coding.column_names)
        return super()._take(coding)
