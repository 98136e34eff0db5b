"""Rows of a table as the bins and categories of their cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from dcai.encoders.codings.coding import Indices, SparseCoding, spec_field
from dcai.encoders.codings.columns import Column, Numbers, checked_edges, column_from_spec
from dcai.encoders.tables import check_names, read_rows
from dcai.errors import InvalidInput
from dcai.samples import MAX_FEATURES

if TYPE_CHECKING:
    from dcai.encoders.tabular import TabularEncoder

# what specs of version 1 hold: bins only, and no feature for a missing value
_BINS, _ALL = 1, 2


class TabularCoding(SparseCoding):
    """One binary feature for every bin and every category of every column: see `TabularEncoder`.

    Parameters
    ----------
    columns : sequence of Column

    Raises
    ------
    InvalidInput
        If there are more than 65,535 features.
    """

    kind = "tabular"
    takes_texts = False
    versions: ClassVar[tuple[int, ...]] = (_BINS, _ALL)

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = tuple(columns)
        self._all_numbers = all(isinstance(column, Numbers) for column in columns)
        self.column_names = [column.name for column in columns]
        self.n_features_ = sum(column.size for column in columns)
        if self.n_features_ > MAX_FEATURES:
            what = "bins" if self._all_numbers else "bins and categories"
            raise InvalidInput(
                f"{len(columns):,} columns have {self.n_features_:,} {what} together, and the limit is "
                f"{MAX_FEATURES:,}; use fewer {what} or columns."
            )

    def indices(self, inputs: Any) -> Indices:
        """Encode the rows of a table: see `SparseCoding.indices`."""
        table = read_rows(inputs, self.column_names, whole=not self._all_numbers)
        found = np.empty(table.shape, dtype=np.int64)
        first = 0
        for at, column in enumerate(self.columns):
            features = column.features(table[:, at], at)
            found[:, at] = np.where(features < 0, features, features + first)
            first += column.size
        present = found >= 0
        starts = np.concatenate([[0], np.cumsum(present.sum(axis=1))])
        return Indices(found[present].astype(np.int32), starts)

    def feature_names(self) -> list[str]:
        """Name every bin by its column and its edges, such as "11.2 < age <= 13.1", and every category by both."""
        return [name for column in self.columns for name in column.feature_names()]

    def spec(self) -> dict[str, Any]:
        """Describe the coding: its columns, each with its edges or its categories.

        Where there are bins only, and none for missing values, this is version 1, which earlier releases read too.
        """
        numbers = [column for column in self.columns if isinstance(column, Numbers) and not column.missing]
        if len(numbers) == len(self.columns):
            edges = [column.edges.tolist() for column in numbers]
            return {"kind": self.kind, "version": _BINS, "columns": self.column_names[:], "edges": edges}
        return {"kind": self.kind, "version": _ALL, "columns": [column.spec() for column in self.columns]}

    def estimator(self) -> TabularEncoder:
        """Return the fitted scikit-learn transformer that encodes as this does; imports scikit-learn."""
        from dcai.encoders.tabular import TabularEncoder

        return TabularEncoder.from_coding(self)

    @classmethod
    def _from_fields(cls, spec: Mapping[str, object]) -> Self:
        given = spec_field(spec, "columns", list)
        if spec["version"] == _ALL:
            columns = [column_from_spec(one) for one in given]
        else:
            edges = spec_field(spec, "edges", list)
            if len(given) != len(edges):
                raise InvalidInput(
                    f"The encoder's spec has {len(given)} columns and edges for {len(edges)}; give both, of one length."
                )
            pairs = zip(check_names(given), edges, strict=True)
            columns = [Numbers(name, checked_edges(name, some)) for name, some in pairs]
        if not columns:
            raise InvalidInput("The encoder's spec has 0 columns; it needs one.")
        return cls(columns)
