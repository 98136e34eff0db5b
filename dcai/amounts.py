"""Amounts of money as people write them: wei, or text such as "1 gwei" or "0.01 ether"."""

from __future__ import annotations

import re
from decimal import Context, Decimal
from fractions import Fraction

from dcai.errors import InvalidInput
from dcai.integers import whole
from dcai.untrusted import shortened

Amount = int | str
"""A whole number of wei, or text with a unit."""

UNITS = {"wei": 1, "gwei": 10**9, "ether": 10**18, "eth": 10**18}
"""Wei in each unit."""

MOST_WEI = 2**256 - 1

_EXACT = Context(prec=80)

# a contract's amounts have up to 78 digits
_TEXT = re.compile(r"([0-9]{1,80}(?:\.[0-9]{1,80})?(?:e[+-]?[0-9]{1,2})?) ?([a-z]+)", re.IGNORECASE)


def wei(amount: Amount, name: str = "An amount") -> int:
    """Return an amount in wei, exactly.

    Parameters
    ----------
    amount
        A whole number of wei, or text: a number and its unit (wei, gwei, ether or eth). Text without a unit is refused.
    name
        What errors call it.

    Raises
    ------
    InvalidInput
        If it is neither, isn't a whole number of wei, or is out of the range from 0 to 2^256 - 1 wei.

    Examples
    --------
    >>> wei("0.01 ether"), wei("1gwei"), wei(5)
    (10000000000000000, 1000000000, 5)
    """
    value = _fraction(amount)
    if value is None or value.denominator != 1 or not 0 <= value <= MOST_WEI:
        raise InvalidInput(
            f"{name} is a whole number of wei from 0 to 2^256 - 1, or text with a unit such as '5 wei', '1 gwei' or "
            f"'0.01 ether', not {shortened(amount)}."
        )
    return int(value)


def rounded(amount_wei: int, unit: str = "ether") -> str:
    """Return an amount in a unit, to nine digits, to read.

    Examples
    --------
    >>> rounded(3_600_000_000_000_000), rounded(1_500_000_000, "gwei"), rounded(21_000_000_000_000)
    ('0.0036 ether', '1.5 gwei', '0.000021 ether')
    """
    value = Context(prec=9).divide(Decimal(amount_wei), Decimal(UNITS[unit]))
    return f"{value.normalize():,f} {unit}"


def exact(wei: int) -> str:
    """Return an amount in ether and, behind it, in wei: both are exact.

    Examples
    --------
    >>> exact(3_600_000_000_000_000)
    '0.0036 ether (3600000000000000 wei)'
    """
    ether = Decimal(wei).scaleb(-18, _EXACT).normalize(_EXACT)
    return f"{ether:f} ether ({wei} wei)"


def _fraction(amount: object) -> Fraction | int | None:
    """Return an amount in wei, or None if it isn't one."""
    if isinstance(amount, str):
        match = _TEXT.fullmatch(amount.strip())
        unit = UNITS.get(match[2].lower()) if match else None
        return None if match is None or unit is None else Fraction(match[1]) * unit
    try:
        return whole(amount)
    except TypeError:
        return None
