"""What every account can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from dcai.chain.call import Call
    from dcai.chain.receipts import Receipt


class Account(Protocol):
    """Who pays for calls: a private key on this machine, or an account of the node.

    Whatever has these two can be given as `sender` or `account`.
    """

    @property
    def address(self) -> str:
        """The address, with its checksum."""

    def send(self, call: Call) -> Receipt:
        """Sign and send a call, and wait for its receipt.

        Raises
        ------
        ContractError
            If the contract refuses; where the call names no gas limit, before anything is sent.
        InvalidInput
            If the amount is malformed, or the call needs more gas than a transaction may use.
        TransactionFailed
            If it was sent and failed, or there is no receipt in time.
        """
