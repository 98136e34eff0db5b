"""Specs are compressed, canonical and never larger than their limit."""

from __future__ import annotations

import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcai.encoders import (
    MAX_SPEC_BYTES,
    pack_spec,
    unpack_spec,
)
from tests.support.sparse_encoding import (
    TEXT_SPEC,
    finite,
    refused,
)


def test_a_packed_spec_is_compressed_canonical_json():
    packed = pack_spec({"b": [1, 0.1], "a": "é"})
    assert zlib.decompress(packed) == '{"a":"é","b":[1,0.1]}'.encode()
    assert packed == zlib.compress(zlib.decompress(packed), level=9)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | finite | st.text(st.characters(codec="utf-8")),
    lambda values: st.lists(values) | st.dictionaries(st.text(st.characters(codec="utf-8")), values),
    max_leaves=10,
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), json_values))
def test_what_is_packed_is_unpacked(obj):
    assert unpack_spec(pack_spec(obj)) == obj


@pytest.mark.parametrize(
    ("packed", "says"),
    [
        (b"", "its end is missing"),
        (b"not zlib at all", "not a packed spec"),
        (pack_spec(TEXT_SPEC)[:-1], "its end is missing"),
        (pack_spec(TEXT_SPEC) + b"\0", "bytes follow its end"),
        (zlib.compress(b"{broken"), "can't be read as JSON"),
        (zlib.compress(b"\xff\xfe"), "can't be read as JSON"),
        (zlib.compress(b"[" * 1_000_000), "nested more than 20 deep"),
        (zlib.compress(b"[1, 2]"), "a JSON object; these 14 bytes unpack to [1, 2]"),
    ],
)
def test_bytes_that_are_not_a_packed_spec_are_refused(packed, says):
    refused(lambda: unpack_spec(packed), says)


@given(st.binary())
def test_garbage_is_never_more_than_invalid_input(garbage):
    refused(lambda: unpack_spec(garbage), f"These {len(garbage)} bytes")


def test_a_decompression_bomb_is_refused_before_it_is_unpacked():
    bomb = zlib.compress(bytes(16 * MAX_SPEC_BYTES), level=9)
    tracemalloc.start()
    refused(lambda: unpack_spec(bomb), "4,194,304")
    _, most_memory = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most_memory < 4 * MAX_SPEC_BYTES


def test_the_limit_of_a_spec_is_the_same_both_ways():
    largest = {"a": " " * (MAX_SPEC_BYTES - len('{"a":""}'))}
    assert unpack_spec(pack_spec(largest)) == largest
    refused(lambda: pack_spec({"a": largest["a"] + " "}), "4,194,304", "4,194,305")
    refused(lambda: unpack_spec(zlib.compress(b" " + zlib.decompress(pack_spec(largest)))), "4,194,304")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, "\ud800", b"bytes", np.int64(1)])
def test_a_value_that_json_cannot_hold_is_refused(value):
    refused(lambda: pack_spec({"value": value}), "can't be written as JSON")
