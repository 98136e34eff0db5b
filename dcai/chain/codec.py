"""Calls, events and errors of a contract, encoded and decoded with codecs that are prepared once per ABI.

web3.py's contract objects look up, check and format every argument anew on each call, which costs more than the EVM
does; the types are those of the ABI either way, and eth-abi checks the values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from eth_abi.exceptions import DecodingError
from eth_utils.abi import (
    abi_to_signature,
    event_abi_to_log_topic,
    filter_abi_by_type,
    get_abi_input_types,
    get_abi_output_types,
)
from eth_utils.crypto import keccak

from dcai import artifacts
from dcai.chain.coders import Values
from dcai.chain.receipts import Log
from dcai.errors import NodeError

_UNDECODABLE = (DecodingError, ValueError, OverflowError)

# Bytes of an undecodable answer in a sentence.
_SHOWN = 40


@dataclass(frozen=True)
class Event:
    """A decoded log entry: the event's name, its arguments, and where it stands."""

    name: str
    args: dict[str, Any]
    address: str
    block_number: int
    log_index: int
    transaction_hash: str


@dataclass(frozen=True)
class _Function:
    selector: bytes
    inputs: Values
    outputs: Values


@dataclass(frozen=True)
class _EventType:
    name: str
    names: tuple[str, ...]
    topics: Values
    data: Values


@dataclass(frozen=True)
class ErrorType:
    """A custom error of a contract: its name, and the names and types of its figures."""

    name: str
    names: tuple[str, ...]
    types: tuple[str, ...]


class Codec:
    """The codecs of one contract, by name. No function of ours is overloaded."""

    def __init__(self, abi: Sequence[Any]) -> None:
        self._functions = {
            item["name"]: _Function(
                keccak(text=abi_to_signature(item))[:4],
                Values(get_abi_input_types(item)),
                Values(get_abi_output_types(item)),
            )
            for item in filter_abi_by_type("function", abi)
        }
        self._events = {
            bytes(event_abi_to_log_topic(item)): _event_type(item) for item in filter_abi_by_type("event", abi)
        }
        self.errors = {
            keccak(text=abi_to_signature(item))[:4]: ErrorType(
                item["name"], tuple(i["name"] for i in item["inputs"]), tuple(get_abi_input_types(item))
            )
            for item in filter_abi_by_type("error", abi)
        }

    def call(self, function: str, *args: object) -> bytes:
        """Return the calldata of a call."""
        entry = self._functions[function]
        return entry.selector + entry.inputs.encode(args)

    def result(self, function: str, data: bytes) -> Any:
        """Return what a call answered: the value, or a tuple where there are several.

        Raises
        ------
        NodeError
            If it is not such an answer.
        """
        try:
            values = self._functions[function].outputs.decode(data)
        except _UNDECODABLE:
            raise NodeError(
                f"The answer to {function} can't be decoded, 0x{data[:_SHOWN].hex()}…: it is cut off, or comes from "
                "another contract; ask another node."
            ) from None
        return values[0] if len(values) == 1 else values

    def event(self, log: Log) -> Event | None:
        """Return a decoded log entry, or None where the contract has no such event.

        Raises
        ------
        NodeError
            If it can't be decoded: it isn't as the contract wrote it.
        """
        entry = self._events.get(log.topics[0]) if log.topics else None
        if entry is None:
            return None
        try:
            values = (*entry.topics.decode(b"".join(log.topics[1:])), *entry.data.decode(log.data))
        except _UNDECODABLE:
            raise NodeError(
                f"The {entry.name} in block {log.block_number} can't be decoded: the node's log isn't as {log.address} "
                "wrote it; ask another node."
            ) from None
        args = dict(zip(entry.names, values, strict=True))
        return Event(entry.name, args, log.address, log.block_number, log.index, log.transaction_hash)


def _event_type(item: Any) -> _EventType:
    inputs = sorted(item["inputs"], key=lambda given: not given["indexed"])
    kinds = {indexed: [given["type"] for given in inputs if given["indexed"] is indexed] for indexed in (True, False)}
    return _EventType(item["name"], tuple(given["name"] for given in inputs), Values(kinds[True]), Values(kinds[False]))


@cache
def codec(contract: str) -> Codec:
    """Return the codecs of a contract that ships with the package."""
    return Codec(artifacts.load(contract)["abi"])
