"""An account whose key the node holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dcai.accounts.numbers import is_number_taken, numbering
from dcai.chain.receipts import RawReceipt, wait_for
from dcai.chain.rpc import RpcFailure, to_int
from dcai.errors import NodeError, TransactionPending

if TYPE_CHECKING:
    from dcai.chain.call import Call
    from dcai.chain.chain import Chain
    from dcai.chain.receipts import Receipt

Submit = Callable[[dict[str, str]], RawReceipt]
"""Hands the fields of a transaction to a node, and returns the receipt as the node answers it."""


class Unlocked:
    """An account of a node, which signs for it: of a local chain, or of a node that has unlocked it.

    Parameters
    ----------
    chain : Chain
    address : str
        With its checksum.
    submit : callable, optional
        The quicker way of a local node, which answers with the receipt.
    """

    def __init__(self, chain: Chain, address: str, submit: Submit | None = None) -> None:
        self.chain = chain
        self.address = address
        self._hand_over = submit or self._submit

    def __repr__(self) -> str:
        return f"<Unlocked {self.address} at {self.chain.backend}>"

    def send(self, call: Call) -> Receipt:
        """Let the node sign and send a call: see `Account.send`."""
        return self.chain.execute(call, self.address, self._hand_over)

    def _submit(self, transaction: dict[str, str]) -> RawReceipt:
        # a lost answer could hide a transaction that was sent; the nonce keeps a second one out
        request = self.chain.request
        with numbering(self.chain.chain_id, self.address):
            nonce = request("eth_getTransactionCount", [self.address, "pending"])
            try:
                sent = request("eth_sendTransaction", [{**transaction, "nonce": nonce}])
            except RpcFailure as failure:
                if not is_number_taken(failure):
                    raise
                raise TransactionPending(
                    f"While a transaction was sent, {self.address} sent one with its number, {to_int(nonce)}: either "
                    "the connection was lost, or somebody else was faster; look whether "
                    "it was this one before you send it again."
                ) from None
            except NodeError as error:
                raise TransactionPending(
                    f"Whether transaction {to_int(nonce)} of {self.address} was sent is not known. {error} Look it up "
                    "before you send it again."
                ) from error
        return wait_for(request, sent, patience=self.chain.patience)
