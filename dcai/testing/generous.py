"""An account that asks for no estimates."""

from __future__ import annotations

from dataclasses import dataclass

from dcai.accounts import Account
from dcai.chain import Call, Receipt
from dcai.chain.execution import TRANSACTION_GAS_LIMIT


@dataclass(frozen=True)
class Generous:
    """An account that gives a call all the gas that a transaction may use: an estimate takes the node longer.

    What the contract refuses is then sent, and fails.
    """

    account: Account

    @property
    def address(self) -> str:
        """The account's address."""
        return self.account.address

    def send(self, call: Call) -> Receipt:
        """Send a call with the largest gas limit."""
        return self.account.send(call.with_gas(TRANSACTION_GAS_LIMIT))
