"""Lanes: the small big-endian integers that a model's parameters are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_WIDEST = 8


@dataclass(frozen=True)
class Lane:
    """An integer of `size` bytes, at most seven; two's complement where it is signed."""

    size: int
    signed: bool

    @property
    def lowest(self) -> int:
        """The smallest number that it holds."""
        return -(1 << (8 * self.size - 1)) if self.signed else 0

    @property
    def highest(self) -> int:
        """The largest number that it holds."""
        return (1 << (8 * self.size - self.signed)) - 1

    def pack(self, values: NDArray[np.int64]) -> bytes:
        """Return numbers as bytes, in the order of the array's elements."""
        octets = np.ascontiguousarray(values, dtype=">i8").reshape(-1, 1).view(np.uint8)
        return octets[:, _WIDEST - self.size :].tobytes()

    def unpack(self, packed: bytes) -> NDArray[np.int64]:
        """Return the numbers that bytes hold, shape (len(packed) / size,)."""
        octets = np.zeros((len(packed) // self.size, _WIDEST), dtype=np.uint8)
        octets[:, : self.size] = np.frombuffer(packed, dtype=np.uint8).reshape(-1, self.size)
        unused = 8 * (_WIDEST - self.size)
        # A right shift of signed integers copies the sign, one of unsigned integers brings zeros.
        wide: NDArray[np.int64] = octets.view(">i8" if self.signed else ">u8").ravel() >> unused
        return wide.astype(np.int64)


INT8 = Lane(1, signed=True)
INT16 = Lane(2, signed=True)
INT24 = Lane(3, signed=True)
INT40 = Lane(5, signed=True)
UINT16 = Lane(2, signed=False)
UINT24 = Lane(3, signed=False)
UINT48 = Lane(6, signed=False)
