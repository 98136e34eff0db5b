"""An account whose key the node holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dcai.chain.receipts import RawReceipt, wait_for
from dcai.chain.rpc import RpcFailure
from dcai.errors import TransactionFailed

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
        self._chain = chain
        self.address = address
        self._hand_over = submit or self._submit

    def __repr__(self) -> str:
        return f"<Unlocked {self.address} at {self._chain.backend}>"

    def send(self, call: Call) -> Receipt:
        """Let the node sign and send a call: see `Account.send`."""
        return self._chain.execute(call, self.address, self._hand_over)

    def _submit(self, transaction: dict[str, str]) -> RawReceipt:
        # a lost answer could hide a transaction that was sent; the nonce keeps a second one out
        request = self._chain.request
        nonce = request("eth_getTransactionCount", [self.address, "pending"])
        try:
            sent = request("eth_sendTransaction", [{**transaction, "nonce": nonce}])
        except RpcFailure as failure:
            if "nonce" not in failure.message.lower():
                raise
            raise TransactionFailed(
                f"The connection was lost while a transaction was sent, and {self.address} has sent one with its "
                f"number, {int(nonce, 16)}, since: look whether it was this one before you send it again."
            ) from None
        return wait_for(request, sent)
