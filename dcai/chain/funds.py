"""Amounts of money that sentences name: in ether to read, and in wei to the unit."""

from __future__ import annotations

from decimal import Context, Decimal

from dcai.errors import InsufficientFunds, NodeError

_EXACT = Context(prec=80)

# as anvil, geth and others say it, and eth-tester and py-evm
_NO_MONEY = ("insufficient funds", "enough balance", "cannot afford")


def amount_text(wei: int) -> str:
    """Return an amount in ether and, behind it, in wei: both are exact.

    Examples
    --------
    >>> amount_text(3_600_000_000_000_000)
    '0.0036 ether (3600000000000000 wei)'
    """
    ether = Decimal(wei).scaleb(-18, _EXACT).normalize(_EXACT)
    return f"{ether:f} ether ({wei} wei)"


def is_for_money(error: NodeError) -> bool:
    """Tell whether a node refuses a transaction since its sender has too little money."""
    return any(words in str(error).lower() for words in _NO_MONEY)


def short_of(sender: str, value: int, balance: int) -> InsufficientFunds:
    """Return the error of an account that has less than a transaction is to send, or nothing left for its gas."""
    besides = "" if balance < value else ", which leaves too little for gas"
    return InsufficientFunds(
        f"{sender} has {amount_text(balance)}, and this sends {amount_text(value)}{besides}: send it some first.",
        value,
        balance,
    )
