"""Calls, events and errors of a contract, encoded and decoded with codecs that are prepared once per ABI.

web3.py's contract objects look up, check and format every argument anew on each call, which costs more than the EVM
does; the types are those of the ABI either way, and eth-abi checks the values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from eth_abi.codec import ABICodec
from eth_abi.decoding import StringDecoder
from eth_abi.encoding import TextStringEncoder
from eth_abi.registry import registry
from eth_utils.abi import (
    abi_to_signature,
    event_abi_to_log_topic,
    filter_abi_by_type,
    get_abi_input_types,
    get_abi_output_types,
)
from eth_utils.crypto import keccak

from dcai import artifacts
from dcai.chain import flat


def _tolerant() -> ABICodec:
    """Return the codec of every type, with texts that needn't be UTF-8: whoever wrote one must not keep others out."""
    # eth-abi has no types for these two
    kinds = registry.copy()  # type: ignore[no-untyped-call]
    kinds.unregister("string")
    tolerant = StringDecoder(handle_string_errors="replace")  # type: ignore[no-untyped-call]
    kinds.register("string", TextStringEncoder, tolerant, label="string")
    return ABICodec(kinds)


_CODEC = _tolerant()


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
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class _EventType:
    name: str
    indexed: tuple[tuple[str, str], ...]
    data: tuple[tuple[str, str], ...]
    kinds: tuple[str, ...]


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
                tuple(get_abi_input_types(item)),
                tuple(get_abi_output_types(item)),
            )
            for item in filter_abi_by_type("function", abi)
        }
        self._events = {
            bytes(event_abi_to_log_topic(item)): _EventType(
                item["name"],
                tuple((i["name"], i["type"]) for i in item["inputs"] if i["indexed"]),
                tuple((i["name"], i["type"]) for i in item["inputs"] if not i["indexed"]),
                tuple(i["type"] for i in item["inputs"] if not i["indexed"]),
            )
            for item in filter_abi_by_type("event", abi)
        }
        self.errors = {
            keccak(text=abi_to_signature(item))[:4]: ErrorType(
                item["name"], tuple(i["name"] for i in item["inputs"]), tuple(get_abi_input_types(item))
            )
            for item in filter_abi_by_type("error", abi)
        }

    def call(self, function: str, *args: Any) -> bytes:
        """Return the calldata of a call."""
        entry = self._functions[function]
        encoded = flat.encode(entry.inputs, args)
        return entry.selector + (_CODEC.encode(entry.inputs, args) if encoded is None else encoded)

    def result(self, function: str, data: bytes) -> Any:
        """Return what a call answered: the value, or a tuple where there are several."""
        values = _CODEC.decode(self._functions[function].outputs, data)
        return values[0] if len(values) == 1 else values

    def event(self, log: Any) -> Event | None:
        """Return a decoded log entry, or None where the contract has no such event."""
        entry = self._events.get(log.topics[0]) if log.topics else None
        if entry is None:
            return None
        args: dict[str, Any] = {}
        for (name, kind), topic in zip(entry.indexed, log.topics[1:], strict=True):
            args[name] = _decoded((kind,), topic)[0]
        values = _decoded(entry.kinds, log.data)
        args.update(zip((name for name, _ in entry.data), values, strict=True))
        return Event(entry.name, args, log.address, log.block_number, log.index, log.transaction_hash)


def _decoded(kinds: tuple[str, ...], data: bytes) -> Sequence[Any]:
    values = flat.decode(kinds, data)
    return _CODEC.decode(kinds, data) if values is None else values


@cache
def codec(contract: str) -> Codec:
    """Return the codecs of a contract that ships with the package."""
    return Codec(artifacts.load(contract)["abi"])
