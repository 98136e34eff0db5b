"""Receipts of transactions, and the entries of the log in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from dcai.chain.rpc import Request, RpcFailure, field, listed, to_address, to_bytes, to_hex, to_int
from dcai.errors import NodeError, TransactionFailed
from dcai.untrusted import shortened

RECEIPT_SECONDS = 300
"""How long a transaction is waited for before `TransactionFailed` says that it is still on its way."""


class RawLog(TypedDict):
    """An entry of the log as a node answers it; py-evm with numbers and bytes, other nodes with hexadecimal text."""

    address: str
    topics: Sequence[bytes | str]
    data: bytes | str
    blockNumber: int | str
    logIndex: int | str
    transactionHash: bytes | str


# "from" is not a name
RawReceipt = TypedDict(
    "RawReceipt",
    {
        "from": str,
        "transactionHash": bytes | str,
        "blockNumber": int | str,
        "gasUsed": int | str,
        "effectiveGasPrice": int | str,
        "status": int | str,
        "logs": Sequence[RawLog],
        "contractAddress": NotRequired[str | None],
    },
)
"""A receipt as a node answers it."""


@dataclass(frozen=True)
class Log:
    """One entry of the log."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes
    block_number: int
    index: int
    transaction_hash: str

    @classmethod
    def of(cls, raw: RawLog) -> Log:
        """Return the entry that a node answered with."""
        return cls(
            to_address(field(raw, "address")),
            tuple(to_bytes(topic) for topic in listed(field(raw, "topics"))),
            to_bytes(field(raw, "data")),
            to_int(field(raw, "blockNumber")),
            to_int(field(raw, "logIndex")),
            to_hex(field(raw, "transactionHash")),
        )


@dataclass(frozen=True)
class Receipt:
    """The outcome of a transaction.

    Attributes
    ----------
    transaction_hash : str
    block_number : int
    gas_used : int
    fee_wei : int
        The price of that gas.
    logs : tuple of Log
    contract_address : str or None
        Of the contract that it deployed.
    ok : bool
        Whether it succeeded.
    """

    transaction_hash: str
    block_number: int
    gas_used: int
    fee_wei: int
    logs: tuple[Log, ...]
    contract_address: str | None
    ok: bool

    @classmethod
    def of(cls, raw: RawReceipt) -> Receipt:
        """Return the receipt that a node answered with."""
        gas_used = to_int(field(raw, "gasUsed"))
        return cls(
            transaction_hash=to_hex(field(raw, "transactionHash")),
            block_number=to_int(field(raw, "blockNumber")),
            gas_used=gas_used,
            fee_wei=gas_used * to_int(field(raw, "effectiveGasPrice")),
            logs=tuple(Log.of(entry) for entry in listed(field(raw, "logs"))),
            contract_address=to_address(field(raw, "contractAddress")) if raw.get("contractAddress") else None,
            ok=to_int(field(raw, "status")) == 1,
        )


class _NotMined(Exception):
    """The transaction isn't in a block yet."""


def wait_for(request: Request, transaction_hash: str) -> RawReceipt:
    """Wait until a transaction is in a block, and return its receipt as the node answers it.

    Raises
    ------
    TransactionFailed
        If it is in no block after `RECEIPT_SECONDS`, or the node answers nonsense or nothing any more.
    """

    from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_exponential

    def find() -> RawReceipt:
        try:
            found: RawReceipt | None = request("eth_getTransactionReceipt", [transaction_hash])
            if found is None or field(found, "blockNumber") is None:
                raise _NotMined
            if to_hex(field(found, "transactionHash")) != to_hex(transaction_hash):
                raise NodeError("The node answers with the receipt of another transaction.")
        except RpcFailure:  # the node may still be busy with the block
            raise _NotMined from None
        except NodeError as error:
            raise TransactionFailed(
                f"Transaction {shortened(transaction_hash)} was sent, and its receipt can't be read. {error} Look it "
                "up before you send it again."
            ) from error
        return found

    def still_waiting(_: object) -> RawReceipt:
        raise TransactionFailed(
            f"Transaction {transaction_hash} is not in a block after {RECEIPT_SECONDS} s. It may still get into one: "
            "look it up before you send it again."
        )

    waiting = Retrying(
        retry=retry_if_exception_type(_NotMined),
        wait=wait_exponential(multiplier=0.02, max=2),
        stop=stop_after_delay(RECEIPT_SECONDS),
        retry_error_callback=still_waiting,
    )
    try:
        return waiting(find)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"Transaction {transaction_hash} was sent and is on its way: look it up before you send it again."
        ) from None
