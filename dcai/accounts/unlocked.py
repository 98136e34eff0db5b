"""An account whose key the node holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from dcai.accounts.limits import FeeLimits
from dcai.accounts.numbers import is_number_taken, next_number, numbering, wait_for_holder
from dcai.chain.fees import distinct, fees
from dcai.chain.receipts import RawReceipt, wait_for
from dcai.chain.rpc import RpcFailure, field, to_address, to_bytes, to_hex, to_int
from dcai.errors import NodeError, TransactionPending

if TYPE_CHECKING:
    from dcai.chain.call import Call
    from dcai.chain.chain import Chain
    from dcai.chain.receipts import Receipt

# How often others may be faster before it is an error.
_OVERTAKEN = 5

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
    limits : FeeLimits, optional
        The most that it pays for a transaction.
    """

    def __init__(
        self, chain: Chain, address: str, submit: Submit | None = None, *, limits: FeeLimits | None = None
    ) -> None:
        self.chain = chain
        self.address = address
        self.limits = limits or FeeLimits()
        self._hand_over = submit or self._submit

    def __repr__(self) -> str:
        return f"<Unlocked {self.address} at {self.chain.backend}>"

    def send(self, call: Call) -> Receipt:
        """Let the node sign and send a call: see `Account.send`."""
        return self.chain.execute(call, self.address, self._hand_over)

    def _submit(self, transaction: dict[str, str]) -> RawReceipt:
        with numbering(self.chain, self.address):
            sent = self._send_as_next(transaction)
        return wait_for(self.chain.request, sent, patience=self.chain.patience)

    def _send_as_next(self, transaction: dict[str, str]) -> str:
        for _ in range(1 + _OVERTAKEN):
            number = next_number(self.chain.request, self.address)
            given = self._drawn(transaction, number)
            try:
                sent: str = self.chain.request("eth_sendTransaction", [given])
                return sent
            except RpcFailure as failure:
                if not is_number_taken(failure):
                    raise
            except NodeError:  # the node may have it all the same
                pass
            found = wait_for_holder(self.chain, self.address, number)
            if found is None:
                break
            if _content(found, "input") == _content(given, "data"):
                return to_hex(field(found, "hash"))
        raise TransactionPending(
            f"Whether transaction {number} of {self.address} was sent is not known: either the connection was lost, or "
            "somebody else was faster; look it up before you send it again."
        )

    def _drawn(self, transaction: dict[str, str], number: int) -> dict[str, str]:
        """Return the fields of a transaction of this number.

        A lost answer could hide a transaction that was sent; the number keeps a second one out, and the price that is
        drawn tells it from one that somebody else sent.
        """
        asked = fees(self.chain)
        self.limits.check(self.chain, asked, int(transaction["gas"], 16))
        price = {name: hex(wei) for name, wei in distinct(asked).items()}
        return {**transaction, **price, "chainId": hex(self.chain.chain_id), "nonce": hex(number)}


def _content(transaction: Mapping[str, Any], data: str) -> tuple[object, ...]:
    """Return what tells a transaction of a number from another one."""
    to = transaction.get("to")
    highest = "gasPrice" if transaction.get("maxFeePerGas") is None else "maxFeePerGas"
    amounts = (to_int(field(transaction, name)) for name in ("value", "gas", highest))
    return (None if to is None else to_address(to), *amounts, to_bytes(field(transaction, data)))
