"""Samples and batches as the contracts read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dcai.encoders.vector import norm_bounds
from dcai.errors import InvalidInput

MAX_BATCH = 256
"""The most samples that one batch holds."""

BATCH = 256
"""Stands for a label where the sample is a batch."""

LONGEST = 0xFFFF
"""The most bytes of a sample in a batch."""


def pack_sparse(indices: Any) -> bytes:
    """Return a sparse sample: strictly increasing feature indices as big-endian uint16.

    Parameters
    ----------
    indices : array-like of int, shape (n,)

    Raises
    ------
    InvalidInput
        If there is none, or they repeat, fall, or don't fit.
    """
    array = np.asarray(indices)
    if array.ndim != 1 or array.size == 0:
        raise InvalidInput("A sample needs at least one feature, as a flat list of feature indices.")
    if array.dtype.kind not in "iu":
        raise InvalidInput(f"Feature indices are whole numbers, not {array.dtype}.")
    array = array.astype(np.int64)
    if array[0] < 0 or array[-1] > 0xFFFF or (np.diff(array) <= 0).any():
        raise InvalidInput(
            f"Feature indices must increase strictly, from 0 on and up to 65,535; these are "
            f"{np.array2string(array, threshold=8)}."
        )
    return array.astype(">u2").tobytes()


def unpack_sparse(sample: bytes) -> NDArray[np.int64]:
    """Return the feature indices of a sparse sample."""
    return np.frombuffer(sample, dtype=">u2").astype(np.int64)


def unpack_dense(sample: bytes) -> NDArray[np.int64]:
    """Return the vector of a dense sample."""
    return np.frombuffer(sample, dtype=np.int8).astype(np.int64)


def check_dense(vectors: Any, told: str = "Row {}") -> NDArray[np.int8]:
    """Return vectors as signed bytes, or refuse those that are no dense samples.

    Parameters
    ----------
    vectors : array-like of int, shape (n, d)
    told
        What errors call one of them, by its number.

    Returns
    -------
    numpy.ndarray of int8, shape (n, d)

    Raises
    ------
    InvalidInput
        If they aren't of that shape, one holds anything but integers from -128 to 127, or its sum of squares isn't
        within `norm_bounds`.
    """
    try:
        given = np.asarray(vectors)
    except ValueError:  # rows of different lengths
        given = np.array(None)
    if given.ndim != 2 or given.dtype.kind not in "iuf":
        raise InvalidInput(
            f"Dense samples are an array of whole numbers, one row a sample, not of shape {given.shape} and "
            f"{given.dtype}; use VectorEncoder."
        )
    low, high = norm_bounds(given.shape[1], 8)
    if given.dtype != np.int8:
        # A NaN fails both comparisons.
        misfits = np.argwhere(~((given >= -128) & (given <= 127) & (np.trunc(given) == given)))
        if len(misfits):
            row, column = misfits[0]
            raise InvalidInput(
                f"{told.format(row)} has {given[row, column]} in column {column}, and dense samples are whole numbers "
                "from -128 to 127; use VectorEncoder."
            )
    rows = given.astype(np.int8)
    squares = np.einsum("ij,ij->i", rows, rows, dtype=np.int64)
    too_far = np.flatnonzero((squares < low) | (squares > high))
    if len(too_far):
        raise InvalidInput(
            f"{told.format(too_far[0])} has a sum of squares of {squares[too_far[0]]:,}, and a dense sample of "
            f"{rows.shape[1]} numbers has one from {low:,} to {high:,}; use VectorEncoder, which gives all rows one "
            "length."
        )
    return rows


def pack_batch(samples: Sequence[bytes], labels: Sequence[int]) -> bytes:
    """Return a batch: the number of samples less one (a byte), then for each its label (1), length (2) and bytes.

    Raises
    ------
    InvalidInput
        If there are no samples or more than 256, or not as many labels.
    """
    if not 1 <= len(samples) <= MAX_BATCH or len(samples) != len(labels):
        raise InvalidInput(
            f"A batch has 1 to {MAX_BATCH} samples and a label for each, not {len(samples)} and {len(labels)} labels."
        )
    longest = max(map(len, samples))
    if longest > LONGEST:
        raise InvalidInput(
            f"A sample in a batch has at most {LONGEST:,} bytes, this one {longest:,}; contribute it by itself."
        )
    parts = [bytes([len(samples) - 1])]
    for sample, label in zip(samples, labels, strict=True):
        parts += (bytes([label]), len(sample).to_bytes(2, "big"), sample)
    return b"".join(parts)


def unpack_batch(batch: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield each sample of a batch with its label."""
    offset = 1
    for _ in range(batch[0] + 1):
        length = int.from_bytes(batch[offset + 1 : offset + 3], "big")
        yield batch[offset + 3 : offset + 3 + length], batch[offset]
        offset += 3 + length
