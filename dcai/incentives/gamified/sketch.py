"""Which features somebody has sent, as 128 bits: the twin of contracts/libraries/Sketch.sol."""

from __future__ import annotations

from collections.abc import Iterable

from dcai.samples import unpack_dense, unpack_sparse

BITS = 128

# 2^32 over the golden ratio.
_MULTIPLIER = 2_654_435_769

# A coordinate of 1.
_SCALE = 127


def sketch(sample: bytes, *, dense: bool) -> int:
    """Return the bits of a sample's features.

    Of a vector those coordinates that are as far from 0 as their mean square or further, with their signs.
    """
    if not dense:
        return _bits(unpack_sparse(sample).tolist())
    values = unpack_dense(sample).tolist()
    return _bits(
        2 * position + (value < 0)
        for position, value in enumerate(values)
        if value * value * len(values) >= _SCALE * _SCALE
    )


def _bits(features: Iterable[int]) -> int:
    bits = 0
    for feature in features:
        bits |= 1 << (feature * _MULTIPLIER >> 25) % BITS
    return bits
