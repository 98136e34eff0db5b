"""Rows of numbers as the bins that their values fall into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dcai.encoders.checks import is_finite_number
from dcai.encoders.codings.coding import SPEC_VERSION, Indices, SparseCoding, spec_field
from dcai.encoders.tables import check_names, read_rows
from dcai.errors import InvalidInput
from dcai.samples import MAX_FEATURES
from dcai.untrusted import shortened

if TYPE_CHECKING:
    from dcai.encoders.tabular import TabularEncoder


class TabularCoding(SparseCoding):
    """One binary feature for every bin of every column: see `TabularEncoder`.

    Parameters
    ----------
    column_names : sequence of str
    edges : sequence of numpy.ndarray of float64
        For each column the strictly increasing edges between its bins, one fewer than there are bins.

    Raises
    ------
    InvalidInput
        If there are more than 65,535 bins.
    """

    kind = "tabular"
    takes_texts = False

    def __init__(self, column_names: Sequence[str], edges: Sequence[NDArray[np.float64]]) -> None:
        self.column_names, self.edges = list(column_names), list(edges)
        self.n_features_ = sum(len(column) + 1 for column in edges)
        if self.n_features_ > MAX_FEATURES:
            raise InvalidInput(
                f"{len(edges):,} columns have {self.n_features_:,} bins together, and the limit is {MAX_FEATURES:,}; "
                "use fewer bins or columns."
            )

    def indices(self, inputs: ArrayLike) -> Indices:
        """Encode the rows of a table: see `SparseCoding.indices`."""
        table = read_rows(inputs, self.column_names)
        indices = np.empty(table.shape, dtype=np.int32)
        first = 0
        for column, edges in enumerate(self.edges):
            indices[:, column] = first + np.searchsorted(edges, table[:, column], side="left")
            first += len(edges) + 1
        return Indices(indices.ravel(), np.arange(len(table) + 1) * len(self.edges))

    def feature_names(self) -> list[str]:
        """Name every bin by its column and its edges, such as "11.2 < mean radius <= 13.1"."""
        return [
            bin_name
            for name, edges in zip(self.column_names, self.edges, strict=True)
            for bin_name in _bin_names(name, edges.tolist())
        ]

    def spec(self) -> dict[str, Any]:
        """Describe the coding: the names of its columns and the edges between their bins."""
        return {
            "kind": self.kind,
            "version": SPEC_VERSION,
            "columns": list(self.column_names),
            "edges": [edges.tolist() for edges in self.edges],
        }

    def estimator(self) -> TabularEncoder:
        """Return the fitted scikit-learn transformer that encodes as this does; imports scikit-learn."""
        from dcai.encoders.tabular import TabularEncoder

        return TabularEncoder.from_coding(self)

    @classmethod
    def _from_fields(cls, spec: Mapping[str, object]) -> Self:
        names, edges = spec_field(spec, "columns", list), spec_field(spec, "edges", list)
        if not names or len(names) != len(edges):
            raise InvalidInput(
                f"The encoder's spec has {len(names)} columns and edges for {len(edges)}; give both, of one length."
            )
        names = check_names(names)
        for name, column in zip(names, edges, strict=True):
            _check_edges(name, column)
        return cls(names, [np.array(column, dtype=np.float64) for column in edges])


def _bin_names(column: str, edges: list[float]) -> list[str]:
    if not edges:
        return [f"any {column}"]
    inner = [f"{low} < {column} <= {high}" for low, high in pairwise(edges)]
    return [f"{column} <= {edges[0]}", *inner, f"{edges[-1]} < {column}"]


def _check_edges(name: str, edges: object) -> None:
    if not isinstance(edges, list):
        raise InvalidInput(f"The edges of column {shortened(name)} must be a list, not {shortened(edges)}.")
    for edge in edges:
        if not is_finite_number(edge):
            raise InvalidInput(f"An edge of column {shortened(name)} must be a finite number, not {shortened(edge)}.")
    as_floats = [float(edge) for edge in edges]
    for low, high in pairwise(as_floats):
        if not low < high:
            raise InvalidInput(f"The edges of column {shortened(name)} must increase, but {high} comes after {low}.")
