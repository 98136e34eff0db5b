"""Real data, encoded for a model, and the part that agents contribute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dcai.datasets import Dataset
from dcai.encoders import Encoder, TabularEncoder, TextEncoder, VectorEncoder
from dcai.errors import InvalidInput
from dcai.models import Model
from dcai.samples import pack_sparse, unpack_sparse


class Sample(NamedTuple):
    """A sample of the agents' data: its bytes, its true label, and the row that it came from."""

    data: bytes
    label: int
    row: int


@dataclass(frozen=True)
class Encoded:
    """A data set as features.

    Attributes
    ----------
    rows, hidden : matrices, shape (n, features)
        To contribute, and to test with: sparse for a sparse model, else dense.
    labels, truth : numpy.ndarray of int64, shape (n,)
        Their classes.
    """

    rows: Any
    labels: NDArray[np.int64]
    hidden: Any
    truth: NDArray[np.int64]


def encoder_for(dataset: Dataset, model: type[Model], vocabulary: int, bins: int) -> Encoder:
    """Return the encoder, fitted on the training part, that makes samples of a model.

    Raises
    ------
    InvalidInput
        If there is none: a model of vectors with texts.
    """
    if dataset.kind == "text":
        if model.dense:
            raise InvalidInput(
                f"{model.__name__} takes vectors and {dataset.name} holds texts; use SparsePerceptron, NaiveBayes or "
                "SparseNearestCentroid."
            )
        return TextEncoder(vocabulary_size=vocabulary).fit(dataset.train_inputs)
    encoder = VectorEncoder() if model.dense else TabularEncoder(bins=bins)
    return encoder.fit(dataset.train_inputs, feature_names=dataset.feature_names)


def encode(dataset: Dataset, encoder: Encoder) -> Encoded:
    """Encode a data set; training inputs without a known feature are left out: there is nothing to send."""
    rows: Any = encoder.transform(dataset.train_inputs)
    labels = np.asarray(dataset.train_labels, dtype=np.int64)
    if not encoder.dense:
        known = np.diff(rows.indptr) > 0
        rows, labels = rows[known], labels[known]
    return Encoded(
        rows, labels, encoder.transform(dataset.test_inputs), np.asarray(dataset.test_labels, dtype=np.int64)
    )


def packed(rows: Any) -> list[bytes]:
    """Return rows, none of them empty, as they are sent to the contract."""
    if isinstance(rows, np.ndarray):
        data, ends = rows.astype(np.int8).tobytes(), rows.shape[1] * np.arange(len(rows) + 1)
    else:
        data, ends = rows.indices.astype(">u2").tobytes(), 2 * rows.indptr
    return [data[start:end] for start, end in pairwise(ends.tolist())]


class Pool:
    """The samples that agents contribute, in order, each once.

    Parameters
    ----------
    rows, labels
        As of `Encoded`.
    """

    def __init__(self, rows: Any, labels: NDArray[np.int64]) -> None:
        self._rows = rows
        self._samples = packed(rows)
        self._labels = labels
        self._given = 0
        self._back: list[int] = []
        self._next: Sample | None = None
        self._closed = False
        self._found: dict[tuple[int | None, int | None], NDArray[np.int64]] = {}

    @property
    def left(self) -> int:
        """How many are left."""
        return 0 if self._closed else len(self._labels) - self._given + len(self._back)

    @property
    def given(self) -> int:
        """How many were contributed."""
        return self._given - len(self._back)

    def next(self) -> Sample | None:
        """Return the next sample; None if none is left."""
        if self._next is None and self.left:
            row = self._back[0] if self._back else self._given
            self._next = self._sample(row)
        return self._next

    def use(self, row: int) -> None:
        """Take the next sample."""
        if self._back:
            self._back.remove(row)
        else:
            self._given += 1
        self._next = None

    def put_back(self, row: int) -> None:
        """Put a refused sample back: it is next again."""
        self._back.append(row)
        self._next = None

    def close(self) -> None:
        """Give out no more."""
        self._closed, self._next = True, None

    def example(self, rng: np.random.Generator, label: int | None, feature: int | None) -> Sample | None:
        """Return any sample, used or not, perhaps of a class or with a feature; None if there is none."""
        found = self._found.get((label, feature))
        if found is None:
            wanted = np.ones(len(self._labels), dtype=np.bool_) if label is None else self._labels == label
            if feature is not None:
                column = self._rows[:, [feature]]
                wanted &= (column if isinstance(column, np.ndarray) else column.toarray())[:, 0] != 0
            found = self._found[label, feature] = np.flatnonzero(wanted)
        return self._sample(int(rng.choice(found))) if len(found) else None

    def noise(self, rng: np.random.Generator, like: bytes) -> bytes:
        """Return a sample of the size of another, with random features."""
        if isinstance(self._rows, np.ndarray):  # the same numbers in another order have the same norm
            return rng.permutation(np.frombuffer(like, dtype=np.int8)).tobytes()
        return pack_sparse(np.sort(rng.choice(self._rows.shape[1], size=len(like) // 2, replace=False)))

    def union(self, samples: Sequence[bytes], most: int | None) -> bytes:
        """Return a sample with the most frequent features of all; of dense ones, which have a fixed size, the first."""
        if isinstance(self._rows, np.ndarray):
            return samples[0]
        features, counts = np.unique(np.concatenate([unpack_sparse(one) for one in samples]), return_counts=True)
        return pack_sparse(np.sort(features[np.argsort(-counts, kind="stable")[:most]]))

    def _sample(self, row: int) -> Sample:
        return Sample(self._samples[row], int(self._labels[row]), row)
