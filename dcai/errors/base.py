"""What can go wrong without a contract: input, accounts, nodes and transactions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dcai.untrusted import printable

if TYPE_CHECKING:
    from dcai.chain.receipts import Receipt


class DcaiError(Exception):
    """The base of every error that `dcai` raises on purpose; its text is one sentence for a person."""

    def __str__(self) -> str:
        """Return the sentence; it may quote a stranger, and shows up in terminals, notebooks and logs."""
        return printable(super().__str__())


class InvalidInput(DcaiError, ValueError):
    """A value was refused before anything was sent: the text names it, the limit and the way out."""


class WrongPassword(InvalidInput):
    """The password of a keystore's account doesn't open its file."""


class NothingToEncode(InvalidInput):
    """An input holds nothing that its encoder knows, so there is no sample to send."""


class AnvilUnusable(RuntimeWarning):
    """The anvil that is installed can't be used, and py-evm is in its place; the text says why."""


class NodeError(DcaiError):
    """The node can't be reached, is not the one that was meant, or refuses a request for a reason of its own."""


class NodeUnreachable(NodeError):
    """No node answers."""


class InsufficientFunds(DcaiError):
    """An account has less money than what it is to send, and nothing was sent; `needed_wei` and `balance_wei`."""

    def __init__(self, sentence: str, needed_wei: int = 0, balance_wei: int = 0) -> None:
        super().__init__(sentence)
        self.needed_wei = needed_wei
        self.balance_wei = balance_wei


class TooManyRequests(NodeUnreachable):
    """The node limits how often it is asked, and doesn't answer for now."""


class FeeTooHigh(DcaiError):
    """The node asks for a higher fee than the account pays; nothing was signed."""


class AccountBusy(DcaiError):
    """Another process sends from the account; nothing was sent."""


class NoTrainer(DcaiError):
    """There is no trainer of a known kind at an address."""


class UnfinishedTrainer(NoTrainer):
    """A trainer's deployment was interrupted: nobody can use it before its creator has finished it.

    Attributes
    ----------
    address : str
    """

    def __init__(self, sentence: str, address: str) -> None:
        super().__init__(sentence)
        self.address = address


class ContractReverted(DcaiError):
    """A contract refused a call."""


class TransactionFailed(DcaiError):
    """A transaction was sent and failed; `__cause__` says why, if that is known.

    Attributes
    ----------
    transaction_hash : str or None
        None where a node that signs for itself didn't tell it.
    receipt : Receipt or None
        What it used, if that is known.
    """

    def __init__(self, sentence: str, receipt: Receipt | None = None, *, transaction_hash: str | None = None) -> None:
        super().__init__(sentence)
        self.receipt = receipt
        self.transaction_hash = transaction_hash if receipt is None else receipt.transaction_hash


class TransactionPending(TransactionFailed):
    """A transaction was sent, or may have been, and its outcome is not known yet: look it up, don't send it again."""
