"""Natural logarithms of integers, digit for digit those that the contracts compute."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_LN_WAD = 41_446_531_673_892_822_312
"""ln(10**18) in units of 1e-18, rounded down."""

_TO_NANO = 10**9

_DOUBTFUL = 1e-3
"""Logarithms of float64 that are this close to a whole number of 1e-9 are computed exactly."""


def ln_wad(x: int) -> int:
    """Return ln(x / 10**18) in units of 1e-18, as Solady's ``FixedPointMathLib.lnWad`` does.

    Parameters
    ----------
    x : int
        1 to 2**255 - 1.
    """
    log2 = x.bit_length() - 1
    # x / 2**log2 in units of 2**-96: from 1 to below 2.
    x = (x << (255 - log2)) >> 159
    p = (((3273285459638523848632254066296 + x) * x) >> 96) + 24828157081833163892658089445524
    p = ((p * x) >> 96) + 43456485725739037958740375743393
    p = ((p * x) >> 96) - 11111509109440967052023855526967
    p = ((p * x) >> 96) - 45023709667254063763336534515857
    p = ((p * x) >> 96) - 14706773417378608786704636184526
    p = p * x - (795164235651350426258249787498 << 96)
    q = 5573035233440673466300451813936 + x
    q = ((x * q) >> 96) + 71694874799317883764090561454958
    q = ((x * q) >> 96) + 283447036172924575727196451306956
    q = ((x * q) >> 96) + 401686690394027663651624208769553
    q = ((x * q) >> 96) + 204048457590392012362485061816622
    q = ((x * q) >> 96) + 31853899698501571402653359427138
    q = ((x * q) >> 96) + 909429971244387300277376558375
    # Both are above 0, where // rounds as the EVM's sdiv does.
    r = 1677202110996718588342820967067443963516166 * (p // q)
    r += 16597577552685614221487285958193947469193820559219878177908093499208371 * (log2 - 96)
    r += 600920179829731861736702779321621459595472258049074101567377883020018308
    return r >> 174


@lru_cache(maxsize=2**16)
def log(x: int) -> int:
    """Return ln(x) in units of 1e-9, rounded down.

    Parameters
    ----------
    x : int
        1 to 2**255 - 1.
    """
    # ln_wad rounds down: the sum is -1 for an x of 1, which the contract rounds to 0.
    return max(ln_wad(x) + _LN_WAD, 0) // _TO_NANO


def log_products(factors: NDArray[np.int64], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return `log` of the product of each run of factors.

    Parameters
    ----------
    factors : numpy.ndarray of int64, shape (n,)
        1 to 2**26 - 1.
    starts : numpy.ndarray of int64, shape (runs,)
        Where each run begins, strictly increasing from 0 on. A run has at most nine factors, and so a product below
        2**234.
    """
    nano = np.log(np.multiply.reduceat(factors.astype(np.float64), starts)) * _TO_NANO
    logs: NDArray[np.int64] = np.floor(nano).astype(np.int64)
    # Nine roundings of a product (1e-15 of it, so 1e-6 here), one of a logarithm of at most 163 (3e-5), one of the last
    # product (2e-5): what is farther than that from a whole number is rounded down to the right one.
    doubtful = np.flatnonzero(np.abs(nano - np.rint(nano)) < _DOUBTFUL)
    ends = np.append(starts[1:], len(factors))
    for run in doubtful.tolist():
        logs[run] = log(math.prod(factors[starts[run] : ends[run]].tolist()))
    return logs
