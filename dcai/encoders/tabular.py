"""Rows of numbers as the quantile bins that their values fall into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from dcai.encoders.base import MAX_FEATURES, SPEC_VERSION, UINT16_INDICES, Encoder, shortened, spec_field
from dcai.encoders.checks import check_integer, is_finite_number
from dcai.encoders.tables import check_names, read_rows, read_training_table
from dcai.errors import InvalidInput


class TabularEncoder(Encoder):
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

    kind = "tabular"

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
            If `bins` is out of range, the table is empty, not rectangular or holds a value that is no finite number,
            the names are not one str a column, or there would be more than 65,535 features.
        """
        bins = check_integer("bins", self.bins, 2, MAX_FEATURES, UINT16_INDICES)
        table, names = read_training_table(inputs, feature_names)
        quantiles = np.arange(1, bins) / bins
        at_quantiles = np.quantile(table, quantiles, axis=0, method="inverted_cdf")
        # An edge at the largest value would have an empty bin above it.
        edges = [np.unique(at[at < top]) for at, top in zip(at_quantiles.T, table.max(axis=0), strict=True)]
        return self._set_edges(names, edges)

    def transform(self, inputs: ArrayLike) -> sparse.csr_matrix:
        """Encode the rows of a table.

        Parameters
        ----------
        inputs : array-like of float, shape (n, columns)

        Returns
        -------
        scipy.sparse.csr_matrix of int8, shape (n, n_features_)
            Exactly `columns` ones in every row, their indices sorted.

        Raises
        ------
        InvalidInput
            If a row has another number of columns than the training table, or a value is no finite number.
        """
        check_is_fitted(self, "edges_")
        columns = len(self.edges_)
        table = read_rows(inputs, self.column_names_)
        indices = np.empty(table.shape, dtype=np.int32)
        first = 0
        for column, edges in enumerate(self.edges_):
            indices[:, column] = first + np.searchsorted(edges, table[:, column], side="left")
            first += len(edges) + 1
        row_starts = np.arange(len(table) + 1) * columns
        ones = np.ones(table.size, dtype=np.int8)
        return sparse.csr_matrix((ones, indices.ravel(), row_starts), shape=(len(table), self.n_features_))

    def feature_names(self) -> list[str]:
        """Name every bin by its column and its edges, such as "11.2 < mean radius <= 13.1"."""
        check_is_fitted(self, "edges_")
        return [
            bin_name
            for name, edges in zip(self.column_names_, self.edges_, strict=True)
            for bin_name in _bin_names(name, edges.tolist())
        ]

    def spec(self) -> dict[str, Any]:
        """Describe the fitted encoder: the names of its columns and the edges between their bins."""
        check_is_fitted(self, "edges_")
        return {
            "kind": self.kind,
            "version": SPEC_VERSION,
            "columns": list(self.column_names_),
            "edges": [edges.tolist() for edges in self.edges_],
        }

    @classmethod
    def _from_fields(cls, spec: Mapping[str, Any]) -> Self:
        names, edges = spec_field(spec, "columns", list), spec_field(spec, "edges", list)
        if not names or len(names) != len(edges):
            raise InvalidInput(
                f"the encoder's spec has {len(names)} columns and edges for {len(edges)}: give both, of one length"
            )
        names = check_names(names)
        for name, column in zip(names, edges, strict=True):
            _check_edges(name, column)
        bins = max(2, *(len(column) + 1 for column in edges))
        return cls(bins)._set_edges(names, [np.array(column, dtype=np.float64) for column in edges])

    def _set_edges(self, names: list[str], edges: list[NDArray[np.float64]]) -> Self:
        n_features = sum(len(column) + 1 for column in edges)
        if n_features > MAX_FEATURES:
            raise InvalidInput(
                f"{len(edges):,} columns have {n_features:,} bins together and the limit is {MAX_FEATURES:,}: "
                "use fewer bins or columns"
            )
        self.column_names_ = names
        self.edges_ = edges
        self.n_features_ = n_features
        return self


def _bin_names(column: str, edges: list[float]) -> list[str]:
    if not edges:
        return [f"any {column}"]
    inner = [f"{low} < {column} <= {high}" for low, high in pairwise(edges)]
    return [f"{column} <= {edges[0]}", *inner, f"{edges[-1]} < {column}"]


def _check_edges(name: str, edges: Any) -> None:
    if not isinstance(edges, list):
        raise InvalidInput(f"the edges of column {shortened(name)} must be a list, not {shortened(edges)}")
    for edge in edges:
        if not is_finite_number(edge):
            raise InvalidInput(f"an edge of column {shortened(name)} must be a finite number, not {shortened(edge)}")
    as_floats = [float(edge) for edge in edges]
    for low, high in pairwise(as_floats):
        if not low < high:
            raise InvalidInput(f"the edges of column {shortened(name)} must increase, but {high} comes after {low}")
