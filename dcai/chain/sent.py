"""A transaction that was sent, as the chain knows it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dcai.chain.receipts import Receipt, is_in_block
from dcai.chain.reverts import explained
from dcai.chain.rpc import RpcFailure, field, to_hex
from dcai.errors import InvalidInput, NodeError
from dcai.untrusted import shortened

if TYPE_CHECKING:
    from dcai.chain.chain import Chain

_HASH = re.compile("0x[0-9a-fA-F]{64}")


@dataclass(frozen=True)
class SentTransaction:
    """A transaction that was sent, as the chain knows it.

    Attributes
    ----------
    transaction_hash : str
    receipt : Receipt or None
        None as long as it is in no block.
    is_known : bool
        Whether the node has it at all. One that it doesn't have may be on its way, or may have been dropped.
    """

    transaction_hash: str
    receipt: Receipt | None
    is_known: bool

    @property
    def state(self) -> str:
        """What became of it, in words: "unknown", "waiting", "in block 12" or "failed"."""
        if self.receipt is None:
            return "waiting" if self.is_known else "unknown"
        return f"in block {self.receipt.block_number}" if self.receipt.ok else "failed"


def look_up(chain: Chain, transaction_hash: str) -> SentTransaction:
    """Look a transaction up: see `Chain.transaction`."""
    if not isinstance(transaction_hash, str) or not _HASH.fullmatch(transaction_hash):
        raise InvalidInput(
            f"{shortened(transaction_hash)} is not the hash of a transaction, which is 0x and 64 hexadecimal digits."
        )
    wanted = transaction_hash.lower()
    try:
        raw = chain.request("eth_getTransactionReceipt", [wanted])
        # py-evm has an error for both
        if is_in_block(raw):
            if to_hex(field(raw, "transactionHash")) != wanted:
                raise NodeError(f"{chain.backend} answers with the receipt of another transaction: ask another node.")
            return SentTransaction(wanted, Receipt.of(raw), True)
        return SentTransaction(wanted, None, chain.request("eth_getTransactionByHash", [wanted]) is not None)
    except RpcFailure as failure:
        if "not found" in failure.message.lower():
            return SentTransaction(wanted, None, False)
        raise explained(failure.message, failure.data) from None
