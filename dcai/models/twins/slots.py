"""Slots of twelve signed integers of 21 bits each, from the highest bit on; four bits are spare."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dcai.models.twins.state import SLOT

LANES = 12
_BITS = 21
LOWEST, HIGHEST = -(1 << _BITS - 1), (1 << _BITS - 1) - 1


def size(count: int) -> int:
    """Return how many bytes so many integers take: whole slots."""
    return -(-count // LANES) * SLOT


def pack(values: NDArray[np.int64], over: bytes | bytearray) -> bytes:
    """Return integers as slots.

    Parameters
    ----------
    values : numpy.ndarray of int64, shape (n,)
    over : bytes
        As many slots as they take, whose other bits stay as they are.
    """
    bits = _bits(over)
    lanes = unpack(over)
    lanes[: len(values)] = values
    digits = lanes[:, np.newaxis] >> np.arange(_BITS - 1, -1, -1) & 1
    bits[:, : LANES * _BITS] = digits.reshape(len(bits), -1)
    return np.packbits(bits, axis=1).tobytes()


def unpack(packed: bytes | bytearray) -> NDArray[np.int64]:
    """Return the integers that slots hold, shape (12 * slots,)."""
    digits = _bits(packed)[:, : LANES * _BITS].reshape(-1, _BITS).astype(np.int64)
    values: NDArray[np.int64] = digits @ (1 << np.arange(_BITS - 1, -1, -1))
    return np.where(values > HIGHEST, values - (1 << _BITS), values)


def _bits(packed: bytes | bytearray) -> NDArray[np.uint8]:
    return np.unpackbits(np.frombuffer(packed, dtype=np.uint8)).reshape(-1, 8 * SLOT)
