"""The reviews of IMDB by their 1,000 most frequent words."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dcai.datasets import DataUnavailable

FILE = "imdb_top1000_presence_bits.npz"


class Reviews(NamedTuple):
    """Which words each review holds, 0 or 1, shape (n, words), and its label."""

    words: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def take(self, which: NDArray[np.int64]) -> Reviews:
        """Return some of them."""
        return Reviews(self.words[which], self.labels[which])

    def indices(self) -> list[NDArray[np.int64]]:
        """Return the words of each as numbers, ascending."""
        return [np.flatnonzero(row) for row in self.words]

    def samples(self) -> list[bytes]:
        """Return them as the contract gets them."""
        return [row.astype(">u2").tobytes() for row in self.indices()]


class Data(NamedTuple):
    """Reviews to learn from, and others to test on."""

    train: Reviews
    test: Reviews


def available() -> bool:
    """Tell whether the reviews are on this machine."""
    return _file().is_file()


def _file() -> Path:
    return Path(os.environ.get("DCAI_DATA_DIR", "")) / FILE


def load() -> Data:
    """Return the training part and the test part, 25,000 reviews each.

    Raises
    ------
    DataUnavailable
        If they are not on this machine.
    """
    if not available():
        raise DataUnavailable(f"DCAI_DATA_DIR does not name a folder with {FILE}.")
    with np.load(_file()) as arrays:
        train, test = (
            Reviews(
                np.unpackbits(arrays[f"{part}_bits"], axis=1, bitorder="little")[:, :1000],
                arrays[f"{part}_label"].astype(np.int64),
            )
            for part in ("train", "test")
        )
    return Data(train, test)
