"""Samples and batches as the contracts read them.

Asking about a text needs no NumPy, which takes a sixth of the time of a prediction to import; what does imports it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isqrt
from numbers import Integral
from struct import pack
from typing import TYPE_CHECKING

from dcai.errors import InvalidInput, NothingToEncode
from dcai.untrusted import shortened

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_FEATURES = 65_535
"""Most features of sparse samples: their indices are uint16."""

MAX_DIMENSIONS = 4_096
"""Most dimensions of a dense sample."""

DTYPES = {8: "int8", 16: "int16"}
"""Bits of an integer of a dense sample -> its type in NumPy; the models of this package take 8."""

MAX_BATCH = 256
"""The most samples that one batch holds."""

BATCH = 256
"""Stands for a label where the sample is a batch."""

LONGEST = 0xFFFF
"""The most bytes of a sample in a batch."""


def pack_sparse(indices: object) -> bytes:
    """Return a sparse sample: strictly increasing feature indices as big-endian uint16.

    Parameters
    ----------
    indices : array-like of int, shape (n,)

    Raises
    ------
    InvalidInput
        If there are none, or they repeat, fall, or don't fit.
    """
    import numpy as np

    array = np.asarray(indices)
    if array.ndim != 1 or array.size == 0:
        kind = NothingToEncode if array.shape == (0,) else InvalidInput
        raise kind("A sample needs at least one feature, as a flat list of feature indices.")
    if array.dtype.kind not in "iu":
        raise InvalidInput(f"Feature indices are whole numbers, not {array.dtype}.")
    array = array.astype(np.int64)
    if array[0] < 0 or array[-1] > 0xFFFF or (np.diff(array) <= 0).any():
        raise InvalidInput(
            f"Feature indices must increase strictly, from 0 on and up to 65,535; these are "
            f"{np.array2string(array, threshold=8)}."
        )
    return array.astype(">u2").tobytes()


def pack_features(features: Sequence[int]) -> bytes:
    """Return a sparse sample of what a coding has found: strictly increasing feature indices."""
    return pack(f">{len(features)}H", *features)


def unpack_sparse(sample: bytes) -> NDArray[np.int64]:
    """Return the feature indices of a sparse sample."""
    import numpy as np

    return np.frombuffer(sample, dtype=">u2").astype(np.int64)


def unpack_dense(sample: bytes) -> NDArray[np.int64]:
    """Return the vector of a dense sample."""
    import numpy as np

    return np.frombuffer(sample, dtype=np.int8).astype(np.int64)


def norm_bounds(d: int, bits: int) -> tuple[int, int]:
    """Bound the squared norm of a row that `VectorEncoder` encoded: low <= the sum of its squares <= high.

    Rounding moves each of d coordinates by at most 1/2, so it moves the vector, of norm scale, by at most sqrt(d) / 2;
    by the triangle inequality its norm stays within scale ± sqrt(d) / 2. The integers within the square of that are
    those from low = ⌈(scale - √d / 2)²⌉ to high = ⌊(scale + √d / 2)²⌋, which is here computed in integers, as
    (4 scale² + d ± √(16 scale² d)) / 4.

    Parameters
    ----------
    d : int
        Number of dimensions, 1 to 4,096.
    bits : int
        8 (scale 127) or 16 (scale 32,767).

    Returns
    -------
    tuple of int
        low and high, both allowed.

    Raises
    ------
    InvalidInput
        If `d` or `bits` is out of range.

    Examples
    --------
    >>> norm_bounds(512, bits=8)
    (13384, 19130)
    >>> 127**2
    16129
    """
    # float64's own error changes none of this: it moves a squared norm by a relative 1e-15 or so (NumPy sums pairwise),
    # and the integers next to the allowed ones are a relative 2e-14 and more outside of the real bounds.
    check_dimensions(d)
    scale = scale_of(bits)
    centre, root = 4 * scale**2 + d, isqrt(16 * scale**2 * d)
    return -((root - centre) // 4), (centre + root) // 4


def check_dimensions(d: int) -> None:
    """Refuse a number of dimensions that no dense sample has."""
    if not isinstance(d, Integral) or isinstance(d, bool) or not 1 <= d <= MAX_DIMENSIONS:
        raise InvalidInput(
            f"The number of dimensions must be an integer from 1 to {MAX_DIMENSIONS:,}, not {shortened(d)}; "
            "TruncatedSVD of scikit-learn reduces larger ones."
        )


def scale_of(bits: int) -> int:
    """Return what a coordinate of 1 becomes, or refuse a number of bits that no dense sample has."""
    import numpy as np

    if not isinstance(bits, Integral) or bits not in DTYPES:
        raise InvalidInput(f"bits must be 8 or 16, not {shortened(bits)}.")
    return int(np.iinfo(DTYPES[int(bits)]).max)


def check_dense(vectors: object, name: str = "Row {}") -> NDArray[np.int8]:
    """Return vectors as signed bytes, or refuse them where they are not dense samples.

    Parameters
    ----------
    vectors : array-like of int, shape (n, d)
    name : str
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
    import numpy as np

    if hasattr(vectors, "toarray"):
        raise InvalidInput("Dense samples are an array, and this is a sparse matrix; use VectorEncoder.")
    try:
        given = np.asarray(vectors)
    except ValueError:  # rows of different lengths
        given = np.array(None)
    if given.dtype.kind == "c":
        raise InvalidInput(f"Complex data not supported: dense samples are whole numbers, not {given.dtype}.")
    if given.ndim == 2 and given.shape[1] == 0:
        raise InvalidInput(
            f"Found dense samples with 0 feature(s) (shape={given.shape}) while a minimum of 1 is required."
        )
    if given.ndim != 2 or given.dtype.kind not in "iuf":
        raise InvalidInput(
            f"Dense samples are an array of whole numbers, one row per sample, not of shape {given.shape} and "
            f"{given.dtype}. Reshape your data: use VectorEncoder, or write [row] for a single row."
        )
    low, high = norm_bounds(given.shape[1], 8)
    if given.dtype != np.int8:
        # A NaN fails both comparisons.
        misfits = np.argwhere(~((given >= -128) & (given <= 127) & (np.trunc(given) == given)))
        if len(misfits):
            row, column = misfits[0]
            raise InvalidInput(
                f"{name.format(row)} has {given[row, column]} in column {column}, and dense samples are whole numbers "
                "from -128 to 127, never NaN or inf; use VectorEncoder."
            )
    rows = given.astype(np.int8)
    squares = np.einsum("ij,ij->i", rows, rows, dtype=np.int64)
    too_far = np.flatnonzero((squares < low) | (squares > high))
    if len(too_far):
        raise InvalidInput(
            f"{name.format(too_far[0])} has a sum of squares of {squares[too_far[0]]:,}, and a dense sample of "
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
