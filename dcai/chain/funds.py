"""Amounts of money that sentences name: in ether to read, and in wei to the unit."""

from __future__ import annotations

from decimal import Context, Decimal

from dcai.errors import InsufficientFunds

_EXACT = Context(prec=80)


def amount_text(wei: int) -> str:
    """Return an amount in ether and, behind it, in wei: both are exact.

    Examples
    --------
    >>> amount_text(3_600_000_000_000_000)
    '0.0036 ether (3600000000000000 wei)'
    """
    ether = Decimal(wei).scaleb(-18, _EXACT).normalize(_EXACT)
    return f"{ether:f} ether ({wei} wei)"


def short_of(sender: str, value: int, balance: int) -> InsufficientFunds:
    """Return the error of an account that has less than a transaction is to send, or nothing left for its gas."""
    besides = "" if balance < value else ", which leaves too little for gas"
    return InsufficientFunds(
        f"{sender} has {amount_text(balance)}, and this sends {amount_text(value)}{besides}: send it some first.",
        value,
        balance,
    )
