"""Whether there is enough money for what is sent."""

from __future__ import annotations

from dcai.amounts import exact
from dcai.errors import InsufficientFunds, NodeError

# as anvil, geth and others say it, and eth-tester and py-evm
_NO_MONEY = ("insufficient funds", "enough balance", "cannot afford")


def is_for_money(error: NodeError) -> bool:
    """Tell whether a node refuses a transaction since its sender has too little money."""
    return any(words in str(error).lower() for words in _NO_MONEY)


def short_of(sender: str, value: int, balance: int) -> InsufficientFunds:
    """Return the error of an account that has less than a transaction is to send, or nothing left for its gas."""
    besides = "" if balance < value else ", which leaves too little for gas"
    return InsufficientFunds(
        f"{sender} has {exact(balance)}, and this sends {exact(value)}{besides}: send it some first.",
        value,
        balance,
    )
