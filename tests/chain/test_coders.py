"""Our coders give what eth-abi's give, and refuse what those refuse."""

from __future__ import annotations

import pytest
from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError, EncodingError
from eth_utils.address import to_checksum_address
from hypothesis import given
from hypothesis import strategies as st

from dcai.chain.coders import Values

WORDS = ("uint256", "uint8", "address")

ADDRESSES = st.binary(min_size=20, max_size=20)
NUMBERS = st.integers(-2, 2) | st.integers(254, 257) | st.integers(2**256 - 2, 2**256 + 1) | st.integers()
ANYTHING = st.one_of(
    NUMBERS,
    ADDRESSES,
    ADDRESSES.map(to_checksum_address),
    ADDRESSES.map(to_checksum_address).map(str.swapcase),
    st.binary(max_size=33),
    st.text(max_size=3),
    st.sampled_from([None, True, False, 1.0, [], (1,), "0x" + "00" * 19, "0x" + "zz" * 20]),
)


def outcome(act):
    try:
        return act()
    except (EncodingError, DecodingError) as error:
        return type(error)


@given(st.sampled_from(WORDS), ANYTHING)
def test_a_value_is_encoded_as_eth_abi_does_or_refused_as_it_is(kind, value):
    assert outcome(lambda: Values([kind]).encode([value])) == outcome(lambda: encode([kind], [value]))


@given(st.integers(0, 2**256 - 1), ADDRESSES, st.binary(max_size=70), st.integers(0, 255))
def test_a_claim_is_encoded_as_eth_abi_does_and_comes_back(number, address, sample, slot):
    kinds, values = ["(uint256,address,bytes)", "uint8"], ((number, to_checksum_address(address), sample), slot)

    encoded = Values(kinds).encode(values)

    assert encoded == encode(kinds, values)
    assert Values(kinds).decode(encoded) == values


@given(st.sampled_from(WORDS), st.one_of(st.binary(max_size=33), ADDRESSES.map(lambda one: one.rjust(32, b"\0"))))
def test_a_word_is_decoded_as_eth_abi_does_or_refused_as_it_is(kind, data):
    theirs = outcome(lambda: decode([kind], data))
    if kind == "address" and isinstance(theirs, tuple):
        theirs = (to_checksum_address(theirs[0]),)

    assert outcome(lambda: Values([kind]).decode(data)) == theirs


def test_a_text_that_is_not_utf8_is_read_all_the_same():
    assert Values(["string"]).decode(encode(["bytes"], [b"caf\xe9"])) == ("caf\ufffd",)


@pytest.mark.parametrize("values", [[], [1, 2]])
def test_another_number_of_values_is_refused(values):
    assert outcome(lambda: Values(["uint256"]).encode(values)) == outcome(lambda: encode(["uint256"], values))
