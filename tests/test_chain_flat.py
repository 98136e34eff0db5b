"""The fast codec says what eth-abi says, or nothing."""

from __future__ import annotations

import pytest
from eth_abi.abi import decode, encode
from hypothesis import given, settings
from hypothesis import strategies as st

from dcai.chain import flat

uints = st.integers(0, 2**256 - 1)
addresses = st.binary(min_size=20, max_size=20).map(lambda address: "0x" + address.hex())
values = {"uint256": uints, "address": addresses, "bytes": st.binary(max_size=100)}
CLAIM = "(uint256,address,uint256,bytes)"
values[CLAIM] = st.tuples(uints, addresses, uints, st.binary(max_size=100))


@st.composite
def arguments(draw, kinds):
    chosen = draw(st.lists(st.sampled_from(kinds), max_size=5))
    return chosen, [draw(values[kind]) for kind in chosen]


@settings(deadline=None)
@given(arguments(list(values)))
def test_calls_are_encoded_as_eth_abi_does(call):
    assert flat.encode(*call) == encode(*call)


@settings(deadline=None)
@given(arguments(["uint256", "address", "bytes"]))
def test_events_are_decoded_as_eth_abi_does(event):
    kinds, some = event
    data = encode(kinds, some)
    assert flat.decode(kinds, data) == list(decode(kinds, data)) == some


@pytest.mark.parametrize(
    ("kind", "value"),
    [("uint256", -1), ("uint256", 2**256), ("uint256", True), ("address", "0x12"), ("bytes", "0x"), ("uint8", 1)],
)
def test_what_isnt_plain_is_left_to_eth_abi(kind, value):
    assert flat.encode([kind], [value]) is None


@pytest.mark.parametrize("cut", [32, 64, 96])
def test_what_is_cut_off_is_left_to_eth_abi(cut):
    data = encode(["uint256", "bytes"], [1, b"x" * 33])
    assert flat.decode(["uint256", "bytes"], data[:-cut]) is None
