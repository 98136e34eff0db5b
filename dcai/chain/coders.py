"""eth-abi's coders of ABI types, with our own for the three that logs consist of.

Our coders of numbers and addresses give and refuse what eth-abi's do in a third of the time: a simulation needs a
million. Addresses come with their checksum. Texts needn't be UTF-8, so that nobody can keep others out by writing one
that isn't.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from eth_abi.decoding import AddressDecoder, ContextFramesBytesIO, StringDecoder, UnsignedIntegerDecoder
from eth_abi.encoding import AddressEncoder, TextStringEncoder, UnsignedIntegerEncoder
from eth_abi.registry import ABIRegistry, BaseEquals, registry
from eth_utils.address import to_canonical_address

from dcai.chain.addresses import checksummed

_WORD = 32


@lru_cache(maxsize=4_096)
def _word(address: str | bytes) -> bytes:
    AddressEncoder.validate_value(address)
    return to_canonical_address(address).rjust(_WORD, b"\0")


class _AddressEncoder(AddressEncoder):
    @classmethod
    def validate_value(cls, value: object) -> None:
        if isinstance(value, str | bytes):
            _word(value)
        else:
            super().validate_value(value)

    def encode(self, value: object) -> bytes:
        self.validate_value(value)
        return _word(value)


class _AddressDecoder(AddressDecoder):
    decoder_fn = staticmethod(checksummed)


class _NumberEncoder(UnsignedIntegerEncoder):
    value_bit_size: Any

    def validate_value(self, value: object) -> None:
        if type(value) is not int or value < 0 or value >> self.value_bit_size:
            super().validate_value(value)

    def encode(self, value: Any) -> bytes:
        self.validate_value(value)
        return int(value).to_bytes(_WORD, "big")


class _NumberDecoder(UnsignedIntegerDecoder):
    def decode(self, stream: ContextFramesBytesIO) -> int:
        if self.value_bit_size == 8 * _WORD:
            return int.from_bytes(self.read_data_from_stream(stream), "big")
        number: int = super().decode(stream)
        return number


def _coders() -> ABIRegistry:
    # eth-abi has no types for these
    coders: ABIRegistry = registry.copy()
    tolerant = StringDecoder(handle_string_errors="replace")
    for kind in ("string", "address", "uint"):
        coders.unregister(kind)
    coders.register("string", TextStringEncoder, tolerant, label="string")
    coders.register(BaseEquals("address"), _AddressEncoder, _AddressDecoder, label="address")
    coders.register(BaseEquals("uint"), _NumberEncoder, _NumberDecoder, label="uint")
    return coders


_CODERS = _coders()


class Values:
    """Encodes and decodes the values of a list of types, with coders that are looked up once."""

    def __init__(self, kinds: Sequence[str]) -> None:
        self._encoder: Any = _CODERS.get_tuple_encoder(*kinds)
        self._decoder: Any = _CODERS.get_tuple_decoder(*kinds)

    def encode(self, values: Sequence[object]) -> bytes:
        """Return them as the ABI has them; raise eth-abi's `EncodingError` where they aren't of these types."""
        encoded: bytes = self._encoder(values)
        return encoded

    def decode(self, data: bytes) -> tuple[Any, ...]:
        """Return the values; raise eth-abi's `DecodingError` where the data doesn't encode any."""
        values: tuple[Any, ...] = self._decoder(ContextFramesBytesIO(data))
        return values
