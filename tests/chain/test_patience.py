"""How long a node is asked again, and what is said when patience ends: each case is one line."""

from __future__ import annotations

import gzip
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from itertools import count
from threading import Barrier

import pytest

import dcai
from dcai import errors
from dcai.chain.nodes import http
from tests.support import faults as turns
from tests.support.node import KEYS, PEOPLE


@pytest.mark.parametrize(
    ("turn", "asked"),
    [
        (turns.status(429, Retry_After=3), 3),
        (turns.status(503, Retry_After=3), 3),
        (turns.status(429, Retry_After=formatdate(4_000_000_000, usegmt=True)), 30),
        (turns.status(429, Retry_After=86_400), 30),
        (turns.error(-32005, "limit exceeded", {"rate": {"backoff_seconds": 2.5}}), 2.5),
        (turns.error(-32029, "Too many requests, retry in 10s"), 10),
        (turns.error(-32090, "Too many requests. Try again in 1500ms"), 1.5),
    ],
)
def test_a_node_is_left_alone_for_as_long_as_it_asks_but_not_for_longer_than_patience_lasts(faults, waits, turn, asked):
    chain = dcai.connect(faults.url)
    faults.on("eth_blockNumber", turn, times=1)

    chain.block_number()

    assert waits == [asked]


@pytest.mark.parametrize("method", ["eth_blockNumber", "eth_sendRawTransaction"])
@pytest.mark.parametrize("turn", [turns.status(429, Retry_After=1), turns.error(-32005, "limit exceeded")])
def test_when_patience_ends_it_says_that_there_are_too_many_requests(faults, turn, method):
    chain = dcai.connect(faults.url)
    faults.on(method, turn)

    with pytest.raises(errors.TooManyRequests, match="too many requests"):
        chain.request(method, [])

    assert faults.seen.count(method) == http.ATTEMPTS


@pytest.mark.parametrize(
    ("turn", "error", "words"),
    [
        (turns.lost_request, errors.NodeUnreachable, "No node answers"),
        (turns.status(504), errors.NodeError, "hasn't answered in time"),
        (turns.status(520), errors.NodeError, "status 520"),
        (turns.half_the_json, errors.NodeError, "doesn't answer in JSON"),
        (turns.error(-32603, "Internal error"), errors.NodeError, "Internal error"),
        (turns.error(-32000, "not now", http=503), errors.NodeError, "not now"),
    ],
)
def test_when_patience_ends_it_says_what_was_wrong(faults, turn, error, words):
    chain = dcai.connect(faults.url)
    faults.on("eth_blockNumber", turn)

    with pytest.raises(error, match=words):
        chain.block_number()

    assert faults.seen.count("eth_blockNumber") == http.ATTEMPTS


REFUSED = {
    "a message": (turns.raw(b'{"message": "Invalid API key"}', 401), ["status 401", "Invalid API key"]),
    "an error in words": (turns.raw(b'{"error": "project is suspended"}', 403), ["status 403", "is suspended"]),
    "a detail": (turns.raw(b'{"title": "Forbidden", "detail": "no such plan"}', 403), ["no such plan"]),
    "plain text": (turns.raw(b"invalid project id\n", 401), ["status 401", "invalid project id"]),
    "a list": (turns.raw(b'["no", "entry"]', 403), ["status 403"]),
    "a page": (turns.raw(b"<html><b>403 Forbidden</b></html>", 403), ["status 403"]),
    "nothing": (turns.raw(b"", 401), ["status 401"]),
    "no payment": (turns.raw(b'{"message": "pay first"}', 402), ["status 402", "pay first"]),
    "escape codes": (turns.raw(b'{"message": "no\\u001b[2J entry"}', 401), ["no\ufffd[2J entry"]),
}


@pytest.mark.parametrize(("turn", "words"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("connected", [True, False], ids=["later", "from the beginning"])
def test_a_node_that_refuses_access_is_reported_with_its_own_words(faults, turn, words, connected):
    chain = dcai.connect(faults.url) if connected else None
    faults.on("*", turn)

    with pytest.raises(errors.NodeError, match=r"refuses access.*key or password") as caught:
        chain.block_number() if chain else dcai.connect(faults.url)

    for word in words:
        assert word in str(caught.value)
    assert "<" not in str(caught.value)
    assert "JSON-RPC" not in str(caught.value)
    assert faults.seen[-2:].count("eth_blockNumber" if connected else "eth_chainId") == 1


def test_a_node_that_refuses_access_in_json_rpc_is_reported_with_its_own_words(faults):
    faults.on("*", turns.error(-32002, "project id required", http=401))

    with pytest.raises(errors.NodeError, match=r"refuses access.*project id required"):
        dcai.connect(faults.url)


@pytest.mark.parametrize(
    ("turn", "words"),
    [
        (turns.raw(b""), "answers with nothing"),
        (turns.raw(b" \n"), "answers with nothing"),
        (turns.raw(b"<!doctype html><p>It works!</p>"), "answers with a web page"),
        (turns.raw(b"please wait"), "doesn't answer in JSON"),
    ],
)
def test_what_is_no_json_is_asked_for_again_and_then_reported(faults, turn, words):
    chain = dcai.connect(faults.url)
    faults.on("eth_blockNumber", turn)

    with pytest.raises(errors.NodeError, match=f"{words}.*try again later, or check the address"):
        chain.block_number()

    assert faults.seen.count("eth_blockNumber") == http.ATTEMPTS


@pytest.mark.parametrize(
    ("turn", "words"),
    [
        (turns.status(429, Retry_After=21_600), r"too many requests.*asks to wait 6 hours"),
        (turns.error(-32029, "Too many requests, retry in 90m"), r"too many requests.*asks to wait 1 hour 30 minutes"),
        (turns.error(-32029, "Too many requests, retry in 1500ms"), r"asks to wait 2 seconds"),
        (turns.status(429, Retry_After=86_400), r"too many requests.*asks to wait 1 day"),
        (turns.status(503, Retry_After=120), r"status 503.*asks to wait 2 minutes"),
        (turns.status(429, Retry_After=0), r"too many requests[^,]*\. Try"),
    ],
)
def test_how_long_a_node_asks_to_wait_is_said_in_plain_words(faults, turn, words):
    chain = dcai.connect(faults.url)
    faults.on("eth_blockNumber", turn)

    with pytest.raises(errors.NodeError, match=words):
        chain.block_number()


@pytest.mark.parametrize("patience", [1, 7])
def test_an_answer_that_does_not_come_in_time_is_reported_with_the_time(faults, patience):
    chain = dcai.connect(faults.url, patience=patience)
    faults.on("eth_blockNumber", turns.status(504))

    with pytest.raises(errors.NodeError, match=f"hasn't answered in time.*up to {patience} s each"):
        chain.block_number()


@pytest.mark.parametrize("estimate", [16_777_217, 10**30])
def test_more_gas_than_a_transaction_may_use_is_not_cured_by_sending_less_where_there_is_no_less(faults, estimate):
    chain = dcai.connect(faults.url, account=KEYS[0])
    faults.on("eth_estimateGas", turns.result(hex(estimate)))

    with pytest.raises(errors.InvalidInput, match=f"{estimate:,} gas.*16,777,216") as caught:
        chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)

    assert "less at once" not in str(caught.value)


def test_a_compression_that_stays_broken_is_named_since_a_node_does_answer(faults):
    chain = dcai.connect(faults.url)
    faults.on("eth_blockNumber", turns.raw(b"not gzip", Content_Encoding="gzip"))

    with pytest.raises(errors.NodeError, match="sends a broken compression") as caught:
        chain.block_number()

    assert not isinstance(caught.value, errors.NodeUnreachable)


def test_an_answer_without_end_is_cut_off(faults, monkeypatch):
    chain = dcai.connect(faults.url)
    monkeypatch.setattr(http, "_MOST_BYTES", 1_000)
    faults.on("eth_blockNumber", turns.raw(gzip.compress(b" " * 10**6), Content_Encoding="gzip"))

    with pytest.raises(errors.NodeError, match="more than 1,000 bytes"):
        chain.block_number()


def test_an_answer_that_drips_is_given_up(faults, monkeypatch):
    chain = dcai.connect(faults.url)
    clock = count(step=40)
    monkeypatch.setattr(http.time, "monotonic", lambda: next(clock))
    faults.on("eth_blockNumber", turns.raw(b" " * 10**6))

    with pytest.raises(errors.NodeError, match="hasn't answered in time"):
        chain.block_number()


def test_a_request_is_not_sent_on_to_another_host(faults):
    chain = dcai.connect(faults.url)
    faults.on("*", turns.status(307, Location="https://elsewhere.example/v3/secret"))

    with pytest.raises(
        errors.NodeError, match=r"sends on to https://elsewhere\.example, which isn't followed"
    ) as caught:
        chain.block_number()

    assert "secret" not in str(caught.value)


def test_threads_that_ask_at_the_same_time_are_answered_without_a_warning(faults, caplog):
    chain = dcai.connect(faults.url)
    together = Barrier(8)

    def ask(_):
        together.wait()
        return chain.block_number()

    with ThreadPoolExecutor(8) as threads:
        assert len({*threads.map(ask, range(8))}) == 1

    assert not caplog.records
