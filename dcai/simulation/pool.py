"""The part of the data that agents contribute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dcai.samples import pack_sparse, unpack_sparse
from dcai.simulation.data import Encoded, packed


class Sample(NamedTuple):
    """A sample of the agents' data: its bytes, its true label, and its place among them."""

    data: bytes
    label: int
    row: int


class Pool:
    """The samples that agents contribute, in order, each once.

    Parameters
    ----------
    data : Encoded
    first : int
        The first of them; those before it have been learnt.
    refusal
        Why the trainer takes no such sample, by name; empty where it does. Such samples are skipped.

    Attributes
    ----------
    skipped : collections.Counter
        Why samples were skipped -> how many, with those that the encoder had nothing for.
    """

    def __init__(self, data: Encoded, first: int, refusal: Callable[[bytes], str]) -> None:
        samples = packed(data.rows[first:])
        reasons = [refusal(sample) for sample in samples]
        taken = np.flatnonzero([not reason for reason in reasons])
        self.skipped = Counter(data.skipped) + Counter(filter(None, reasons))
        self._rows = data.rows[first + taken]
        self._samples = [samples[at] for at in taken]
        self._labels: NDArray[np.int64] = data.labels[first + taken]
        self._origin: NDArray[np.int64] = data.origin[first + taken]
        self._at = {sample: row for row, sample in reversed(list(enumerate(self._samples)))}
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

    def source_of(self, sample: bytes, row: int | None = None) -> tuple[int, int]:
        """Return where a sample comes from: the row of the data set's training part, and its true label there.

        Where several rows are the same and `row` doesn't say which, the first; -1 and -1 of what isn't among the data.
        """
        row = self._at.get(sample) if row is None else row
        return (-1, -1) if row is None else (int(self._origin[row]), int(self._labels[row]))

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

    def union(self, samples: Sequence[bytes], most: int) -> bytes:
        """Return a sample with the most frequent features of all; of dense ones, which have a fixed size, the first."""
        if isinstance(self._rows, np.ndarray):
            return samples[0]
        features, counts = np.unique(np.concatenate([unpack_sparse(one) for one in samples]), return_counts=True)
        return pack_sparse(np.sort(features[np.argsort(-counts, kind="stable")[:most]]))

    def _sample(self, row: int) -> Sample:
        return Sample(self._samples[row], int(self._labels[row]), row)
