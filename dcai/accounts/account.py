"""What every account can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from dcai.chain.receipts import Receipt
from dcai.errors import TransactionFailed
from dcai.untrusted import shortened

if TYPE_CHECKING:
    from dcai.chain.call import Call


class Account(Protocol):
    """An account that pays for calls: a private key on this machine, or an account of the node.

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


def sent(account: Account, call: Call) -> Receipt:
    """Let an account send a call, and return the receipt of a transaction that succeeded, whoever wrote the account.

    Raises
    ------
    TransactionFailed
        If the account returns something else. What `Account.send` raises comes through.
    """
    receipt = account.send(call)
    if not isinstance(receipt, Receipt):
        raise TransactionFailed(
            f"The account {account.address} returned {shortened(receipt)} in place of a receipt: look up whether it "
            "sent the transaction before you send it again."
        )
    if not receipt.ok:
        raise TransactionFailed(f"Transaction {receipt.transaction_hash} was sent and failed.", receipt)
    return receipt
