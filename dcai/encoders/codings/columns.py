"""What a column of a table becomes: a feature for each bin of its numbers, or for each of its categories."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dcai.encoders import cells
from dcai.encoders.checks import is_finite_number
from dcai.encoders.codings.coding import spec_field
from dcai.errors import InvalidInput
from dcai.untrusted import shortened

NOTHING = -1
"""In place of a feature where a cell has none."""


class Column(ABC):
    """A column whose cells have at most one feature each.

    Parameters
    ----------
    name : str
    missing : bool
        Whether a missing value is a feature, the last one.

    Attributes
    ----------
    size : int
        Number of features.
    """

    def __init__(self, name: str, size: int, *, missing: bool) -> None:
        self.name, self.missing = name, missing
        self.size = size + missing

    @property
    def _if_missing(self) -> int:
        return self.size - 1 if self.missing else NOTHING

    @abstractmethod
    def features(self, given: NDArray[Any], column: int) -> NDArray[np.int64]:
        """Return the feature of each cell, counted from 0, or `NOTHING`.

        Parameters
        ----------
        given : numpy.ndarray of float64 or object, shape (n,)
        column
            Its number, for errors.

        Raises
        ------
        InvalidInput
            If a cell holds what this column can't.
        """

    def feature_names(self) -> list[str]:
        """Name every feature."""
        return [*self._names(), f"{self.name} is missing"] if self.missing else self._names()

    @property
    def summary(self) -> str:
        """How many features there are of which kind, in a few words."""
        missing = "missing values" if self.missing else ""
        return " and ".join(filter(None, (self._counted(), missing)))

    @abstractmethod
    def _names(self) -> list[str]:
        """Name every feature but that of a missing value."""

    @abstractmethod
    def _counted(self) -> str:
        """Count the features but that of a missing value, in words; nothing if there is none."""

    @abstractmethod
    def spec(self) -> dict[str, Any]:
        """Describe the column as JSON-able values, from which `column_from_spec` makes its equal."""


class Numbers(Column):
    """A column of numbers, in bins.

    Parameters
    ----------
    name, missing
        See `Column`.
    edges : numpy.ndarray of float64
        The strictly increasing edges between the bins, one fewer than there are bins.
    """

    def __init__(self, name: str, edges: NDArray[np.float64], *, missing: bool = False) -> None:
        super().__init__(name, len(edges) + 1, missing=missing)
        self.edges = edges

    def features(self, given: NDArray[Any], column: int) -> NDArray[np.int64]:
        """Return the bin of each number: see `Column.features`."""
        numbers = cells.numbers(given, column, self.name)
        bins = np.searchsorted(self.edges, numbers, side="left").astype(np.int64)
        bins[np.isnan(numbers)] = self._if_missing
        return bins

    def _names(self) -> list[str]:
        edges = self.edges.tolist()
        if not edges:
            return [f"any {self.name}"]
        inner = [f"{low} < {self.name} <= {high}" for low, high in pairwise(edges)]
        return [f"{self.name} <= {edges[0]}", *inner, f"{edges[-1]} < {self.name}"]

    def _counted(self) -> str:
        return f"{len(self.edges) + 1} bins" if len(self.edges) else "1 bin: all numbers are the same"

    def spec(self) -> dict[str, Any]:
        """Describe the column: its name, its edges, and whether a missing value is a feature."""
        return {"name": self.name, "edges": self.edges.tolist(), "missing": self.missing}


class Categories(Column):
    """A column of texts, or of whatever stands for categories: a feature for each.

    Parameters
    ----------
    name, missing
        See `Column`.
    categories : sequence of str
        As `dcai.encoders.cells.category_of` gives them; all different.
    """

    def __init__(self, name: str, categories: Sequence[str], *, missing: bool = False) -> None:
        super().__init__(name, len(categories), missing=missing)
        self.categories = tuple(categories)
        self._feature_of: dict[str | None, int] = {category: at for at, category in enumerate(categories)}
        self._feature_of[None] = self._if_missing

    def features(self, given: NDArray[Any], column: int) -> NDArray[np.int64]:
        """Return the feature of each category: see `Column.features`. One that isn't known has none."""
        known = self._feature_of
        found = [known.get(one, NOTHING) for one in cells.categories(given, column, self.name)]
        return np.array(found, dtype=np.int64)

    def _names(self) -> list[str]:
        return [f"{self.name} = {category}" for category in self.categories]

    def _counted(self) -> str:
        count = len(self.categories)
        return f"{count:,} categories" if count > 1 else "1 category: all texts are the same" if count else ""

    def spec(self) -> dict[str, Any]:
        """Describe the column: its name, its categories, and whether a missing value is a feature."""
        return {"name": self.name, "categories": list(self.categories), "missing": self.missing}


def column_from_spec(spec: Mapping[str, object]) -> Column:
    """Make the column that a spec describes, which may come from anybody.

    Raises
    ------
    InvalidInput
        If a field is missing or wrong.
    """
    name, missing = spec_field(spec, "name", str), spec_field(spec, "missing", bool)
    if ("edges" in spec) == ("categories" in spec):
        raise InvalidInput(f"Column {shortened(name)} of the encoder's spec has either edges or categories.")
    if "edges" in spec:
        return Numbers(name, checked_edges(name, spec["edges"]), missing=missing)
    categories = spec_field(spec, "categories", list)
    for category in categories:
        if not isinstance(category, str):
            raise InvalidInput(f"A category of column {shortened(name)} must be a str, not {shortened(category)}.")
    if len(set(categories)) < len(categories):
        raise InvalidInput(f"Column {shortened(name)} of the encoder's spec has a category twice; it is one feature.")
    if not categories and not missing:
        raise InvalidInput(f"Column {shortened(name)} of the encoder's spec has no feature; it needs one.")
    return Categories(name, categories, missing=missing)


def checked_edges(name: str, edges: object) -> NDArray[np.float64]:
    """Return the edges between bins, which may come from anybody, as an array.

    Raises
    ------
    InvalidInput
        If they are not a list of finite numbers that increase.
    """
    if not isinstance(edges, list):
        raise InvalidInput(f"The edges of column {shortened(name)} must be a list, not {shortened(edges)}.")
    for edge in edges:
        if not is_finite_number(edge):
            raise InvalidInput(f"An edge of column {shortened(name)} must be a finite number, not {shortened(edge)}.")
    as_floats = [float(edge) for edge in edges]
    for low, high in pairwise(as_floats):
        if not low < high:
            raise InvalidInput(f"The edges of column {shortened(name)} must increase, but {high} comes after {low}.")
    return np.array(as_floats, dtype=np.float64)
