"""Receipts of transactions, and the entries of the log in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from dcai.chain.lag import LAG_SECONDS, until_there
from dcai.chain.rpc import Request, RpcFailure, field, listed, nonsense, to_address, to_bytes, to_hex, to_int
from dcai.errors import InvalidInput, NodeError, TransactionPending

RECEIPT_SECONDS = 300
"""How long a transaction is waited for before `TransactionPending` says that it is still on its way."""


def check_patience(seconds: int) -> int:
    """Return how long a transaction is waited for, or refuse less than a second.

    Raises
    ------
    InvalidInput
    """
    if seconds < 1:
        raise InvalidInput("A transaction is waited for at least a second, not 0.")
    return seconds


# More of what a node says doesn't fit into a sentence.
_LONGEST = 200


class RawLog(TypedDict):
    """An entry of the log as a node answers it; py-evm with numbers and bytes, other nodes with hexadecimal text."""

    address: str
    topics: Sequence[bytes | str]
    data: bytes | str
    blockNumber: int | str
    logIndex: int | str
    transactionHash: bytes | str
    removed: NotRequired[bool]


# "from" is not a name
RawReceipt = TypedDict(
    "RawReceipt",
    {
        "from": str,
        "transactionHash": bytes | str,
        "blockNumber": int | str,
        "gasUsed": NotRequired[int | str | None],
        "effectiveGasPrice": NotRequired[int | str | None],
        "l1Fee": NotRequired[int | str | None],
        "status": int | str,
        "logs": NotRequired[Sequence[RawLog] | None],
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
    gas_used : int or None
        None where the node doesn't say.
    fee_wei : int or None
        The price of that gas, on an L2 with its fee for data on L1; None where the node doesn't say.
    logs : tuple of Log
    contract_address : str or None
        Of the contract that it deployed.
    ok : bool
        Whether it succeeded.
    """

    transaction_hash: str
    block_number: int
    gas_used: int | None
    fee_wei: int | None
    logs: tuple[Log, ...]
    contract_address: str | None
    ok: bool

    @classmethod
    def of(cls, raw: RawReceipt) -> Receipt:
        """Return the receipt that a node answered with; raise `NodeError` where it doesn't say the outcome."""
        told = raw.get("gasUsed")
        gas_used = None if told is None else to_int(told)
        return cls(
            transaction_hash=to_hex(field(raw, "transactionHash")),
            block_number=to_int(field(raw, "blockNumber")),
            gas_used=gas_used,
            fee_wei=_fee(gas_used, raw),
            logs=logs_of(raw.get("logs") or []),
            contract_address=to_address(field(raw, "contractAddress")) if raw.get("contractAddress") else None,
            ok=_succeeded(field(raw, "status")),
        )


def logs_of(entries: object) -> tuple[Log, ...]:
    """Return the entries that a node answered with, without those that a reorganisation has removed."""
    return tuple(Log.of(entry) for entry in listed(entries) if not isinstance(entry, dict) or not entry.get("removed"))


def is_in_block(raw: RawReceipt | None) -> bool:
    """Tell whether a receipt is of a block that is still there: its entries are removed with it."""
    if raw is None or field(raw, "blockNumber") is None:
        return False
    return not any(isinstance(log, dict) and log.get("removed") for log in listed(raw.get("logs") or []))


def _succeeded(status: object) -> bool:
    if to_int(status) not in (0, 1):
        raise nonsense(status, "the status of a transaction")
    return to_int(status) == 1


def _fee(gas_used: int | None, raw: RawReceipt) -> int | None:
    """Return the fee, with that for the data that an L2 publishes; None where the node doesn't say, or nonsense."""
    if gas_used is None:
        return None
    try:
        return gas_used * to_int(raw.get("effectiveGasPrice")) + to_int(raw.get("l1Fee") or 0)
    except NodeError:
        return None


def _priced(request: Request, receipt: RawReceipt) -> RawReceipt:
    """Return a receipt with the price of gas, which is in the transaction alone where blocks have no base fee."""
    if receipt.get("effectiveGasPrice") is not None:
        return receipt
    try:
        price = field(request("eth_getTransactionByHash", [to_hex(receipt["transactionHash"])]), "gasPrice")
    except (NodeError, RpcFailure):
        return receipt
    return {**receipt, "effectiveGasPrice": price}


def was_sent(request: Request, transaction_hash: str, *, repeated: bool) -> bool:
    """Tell whether a node has a transaction that it refuses, or may have it since nothing can be learnt.

    Parameters
    ----------
    repeated
        Whether the same bytes may have been accepted before. Then a node that lags behind is given time to know them.
    """

    def find() -> object:
        return request("eth_getTransactionByHash", [transaction_hash])

    try:
        found = find()
        return (found if found is not None or not repeated else until_there(find)) is not None
    except RpcFailure:
        return repeated
    except NodeError:
        return True


class _NotMined(Exception):
    """The transaction isn't known to be in a block yet."""


def wait_for(
    request: Request,
    transaction_hash: str,
    *,
    patience: float = RECEIPT_SECONDS,
    lacking: Callable[[Receipt], str] = lambda receipt: "",
) -> RawReceipt:
    """Wait until a transaction is in a block, and return its receipt as the node answers it.

    Whatever the node answers meanwhile, it is asked again until the end: what was sent can't be taken back. Then the
    node is asked until it has the receipt's block, since of several behind one address one may lag.

    Parameters
    ----------
    patience
        How long, seconds.
    lacking
        What a receipt lacks, as a sentence; nothing where it is whole. A replica may have less of it than another.

    Raises
    ------
    TransactionPending
        If its outcome is not known by then.
    KeyboardInterrupt
        If somebody interrupts it; the text names the transaction.
    """
    from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_delay, wait_exponential

    def find() -> RawReceipt:
        try:
            found: RawReceipt | None = request("eth_getTransactionReceipt", [transaction_hash])
            if found is None or not is_in_block(found):
                raise _NotMined(" It is not known to be in a block.")
            if to_hex(field(found, "transactionHash")) != to_hex(transaction_hash):
                raise NodeError("The node answers with the receipt of another transaction.")
            found = _priced(request, found)
            problem = lacking(Receipt.of(found))
            if problem:
                raise _NotMined(f" {problem}")
        except RpcFailure as failure:  # the node may still be busy with the block
            raise _NotMined(f" The node says: {failure.message[:_LONGEST]}") from None
        except NodeError as error:
            raise _NotMined(f" {error}") from error
        return found

    def give_up(state: RetryCallState) -> RawReceipt:
        problem = state.outcome.exception() if state.outcome else None
        raise TransactionPending(
            f"Transaction {transaction_hash} was sent, and its outcome is not known after {patience:g} s.{problem} It "
            "may be in a block, or still get into one: look it up before you send it again.",
            transaction_hash=transaction_hash,
        ) from problem

    waiting = Retrying(
        retry=retry_if_exception_type(_NotMined),
        wait=wait_exponential(multiplier=0.02, max=2),
        stop=stop_after_delay(patience),
        retry_error_callback=give_up,
    )
    try:
        found = waiting(find)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"Transaction {transaction_hash} was sent and is on its way: look it up before you send it again."
        ) from None
    number = to_int(found["blockNumber"])
    with suppress(NodeError, RpcFailure):
        until_there(lambda: to_int(request("eth_blockNumber", [])) >= number or None, min(LAG_SECONDS, patience))
    return found
