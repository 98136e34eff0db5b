"""Calls, before anybody sends them."""

from __future__ import annotations

import pytest

from dcai.chain import Call

TO = "0x" + "11" * 20


def test_a_call_is_a_transaction_as_wallets_take_it():
    call = Call(TO, b"\x01\x02", 255, what="Do something")

    assert call.transaction() == {"to": TO, "data": "0x0102", "value": "0xff"}
    assert call.with_gas(30_000).transaction() == {"to": TO, "data": "0x0102", "value": "0xff", "gas": "0x7530"}
    assert Call(None, b"\x01").transaction() == {"data": "0x01", "value": "0x0"}


def test_a_call_says_in_words_what_it_does():
    told = repr(Call(TO, b"\x01\x02", 5, 21_000, "Pay Bob"))

    assert all(part in told for part in ("Pay Bob", TO, "2 bytes", "5 wei", "21,000 gas"))


def test_a_call_does_not_change():
    call = Call(TO)

    with pytest.raises(AttributeError):
        call.value = 1
    assert call.with_gas(5) != call
