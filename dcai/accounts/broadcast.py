"""A signed transaction on its way: the same bytes are sent until its outcome is known."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from dcai.accounts.numbers import holder, is_known, is_mined, is_number_taken
from dcai.chain.lag import until_there
from dcai.chain.receipts import RawReceipt, wait_for, was_sent
from dcai.chain.rpc import RpcFailure, field, to_hex
from dcai.errors import NodeError, TransactionFailed, TransactionPending

if TYPE_CHECKING:
    from eth_account.datastructures import SignedTransaction

    from dcai.chain.chain import Chain

AGAIN_SECONDS = 5
"""How often a transaction that the node has dropped is sent again."""


class Broadcast:
    """A signed transaction on its way.

    Parameters
    ----------
    chain : Chain
    address : str
        Whose it is.
    number : int
        Its nonce.
    signed : eth_account.datastructures.SignedTransaction

    Attributes
    ----------
    transaction_hash : str
    """

    def __init__(self, chain: Chain, address: str, number: int, signed: SignedTransaction) -> None:
        self.transaction_hash: str = signed.hash.to_0x_hex()
        self._chain, self._address, self._number = chain, address, number
        self._bytes = signed.raw_transaction.to_0x_hex()
        self._next = 0.0

    def is_accepted(self) -> bool:
        """Send it, and tell whether the node has it; if not, another one has its number for good.

        Raises
        ------
        RpcFailure
            If the node refuses it for another reason, and doesn't have it.
        TransactionPending
            If it isn't known in time which transaction has the number.
        KeyboardInterrupt
            If somebody interrupts it; the text names the transaction.
        """
        try:
            self._send()
        except RpcFailure as failure:
            if is_known(failure):
                return True
            # an answer may have been lost, and the same bytes sent again
            if is_number_taken(failure):
                return self._has_number()
            if not was_sent(self._chain.request, self.transaction_hash, repeated=failure.repeated):
                raise
        except NodeError:  # the node may have it all the same, which only its receipt tells
            pass
        except KeyboardInterrupt:
            raise KeyboardInterrupt(
                f"Transaction {self.transaction_hash} may be on its way: look it up before you send it again."
            ) from None
        return True

    def wait(self) -> RawReceipt:
        """Wait for its receipt, and send it again and again where the node doesn't have it any more.

        Raises
        ------
        TransactionFailed
            If another transaction has its number. `TransactionPending` if there is no receipt in time.
        """
        self._next = time.monotonic() + AGAIN_SECONDS
        return wait_for(self._asking, self.transaction_hash, patience=self._chain.patience)

    def _asking(self, method: str, params: Sequence[object]) -> Any:
        answer = self._chain.request(method, params)
        if answer is None and method == "eth_getTransactionReceipt" and time.monotonic() >= self._next:
            with suppress(RpcFailure, NodeError):
                self._send_again()
            self._next = time.monotonic() + AGAIN_SECONDS
        return answer

    def _send_again(self) -> None:
        if self._is_there():
            return
        other = self._overtaker()
        if other is not None:
            raise TransactionFailed(
                f"Transaction {self.transaction_hash} can't get into a block any more: {other} of the same account has "
                f"its number, {self._number}. Nothing came of it; send it again if you still want it.",
                transaction_hash=self.transaction_hash,
            )
        self._send()

    def _send(self) -> None:
        self._chain.request("eth_sendRawTransaction", [self._bytes])

    def _is_there(self) -> bool:
        return self._chain.request("eth_getTransactionByHash", [self.transaction_hash]) is not None

    def _overtaker(self) -> str | None:
        """Return the hash of another transaction in a block that has the number, if one is known."""
        if not is_mined(self._chain.request, self._address, self._number):
            return None
        found = holder(self._chain.request, self._address, self._number)
        if found is None or to_hex(field(found, "hash")) == self.transaction_hash:
            return None
        return to_hex(field(found, "hash"))

    def _has_number(self) -> bool:
        """Wait until it is known whether it is this one that has the number, or another one."""

        def known() -> bool | None:
            with suppress(RpcFailure, NodeError):
                if self._is_there():
                    return True
                if self._overtaker() is not None:
                    return False
            return None

        found = until_there(known, self._chain.patience)
        if found is None:
            raise TransactionPending(
                f"Transaction {self.transaction_hash} was sent, and the node says that another one has its number, "
                f"{self._number}, and shows neither: look both up before you send it again.",
                transaction_hash=self.transaction_hash,
            )
        return found
