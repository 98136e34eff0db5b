"""What a bad line turns answers into, and that none of it is the outcome: each case is one line."""

from __future__ import annotations

from email.utils import formatdate

import pytest

import dcai
from dcai import errors
from dcai.chain.nodes import http
from tests.support import faults as turns
from tests.support.node import KEYS, PEOPLE

PASSING = {
    "the request is lost": turns.lost_request,
    "the answer is lost": turns.lost_answer,
    "half the body": turns.half_the_body,
    "half the JSON": turns.half_the_json,
    "half a chunk": turns.half_a_chunk,
    "no last chunk": turns.no_last_chunk,
    "broken gzip": turns.broken_gzip,
    "half the gzip": turns.half_the_gzip,
    "no gzip": turns.no_gzip,
    "nothing": turns.raw(b""),
    "a page": turns.raw(b"<html>Bad gateway</html>"),
    "a page with another status": turns.status(500, b"<html>oops</html>"),
    **{f"status {code}": turns.status(code) for code in (408, 425, 429, 500, 502, 503, 504, 509, 520, 522, 524, 530)},
    "status 502 after all": turns.status_after_all(502),
    "status 503 with an error": turns.error(-32000, "not now", http=503),
    "status 503 with Retry-After": turns.status(503, Retry_After=0),
    "status 429 with Retry-After": turns.status(429, Retry_After=0),
    "status 429 with a date": turns.status(429, Retry_After=formatdate(0, usegmt=True)),
    "status 429 with nonsense": turns.status(429, Retry_After="soon"),
    "an internal error": turns.error(-32603, "Internal error"),
    "an upstream's error": turns.error(-32000, "upstream connect error"),
    "too many requests: Infura": turns.error(
        -32005, "project ID request rate exceeded", {"rate": {"backoff_seconds": 0, "allowed_rps": 1}}
    ),
    "too many requests: Alchemy": turns.error(429, "Your app has exceeded its compute units per second capacity."),
    "too many requests: QuickNode": turns.error(-32007, "50/second request limit reached"),
    "too many requests: Base": turns.error(-32016, "over rate limit"),
    "too many requests: Ankr": turns.error(-32029, "Too many requests, retry in 0.1s"),
    "too many requests: in words": turns.raw(b'{"error": "rate limited"}', 429),
}


REMOVED = {"removed": True}

NEVER = {
    "no receipt": turns.result(None),
    "an error": turns.error(-32000, "transaction indexing is in progress"),
    "another error": turns.error(-32603, "Internal error"),
    "a list": turns.result([]),
    "text": turns.result("0x12"),
    "a page": turns.raw(b"<html>"),
    "status 404": turns.status(404),
    "status 500": turns.status(500),
    "lost answers": turns.lost_answer,
    "half the JSON": turns.half_the_json,
    "too many requests": turns.status(429),
    "the receipt of another transaction": turns.changed(lambda told: told and {**told, "transactionHash": "0x11" * 32}),
    "a receipt without its block": turns.null("blockNumber"),
    "a receipt of nonsense": turns.changed(lambda told: told and {**told, "gasUsed": "many"}),
    "a status that nobody knows": turns.changed(lambda told: told and {**told, "status": "0x2"}),
    "a status of nonsense": turns.changed(lambda told: told and {**told, "status": "success"}),
    "a receipt without a status": turns.without("status"),
    "a receipt with null for a status": turns.null("status"),
    "a receipt of a block that was replaced": turns.changed(lambda told: told and {**told, "logs": [REMOVED]}),
}


# After sending


@pytest.mark.parametrize("turn", PASSING.values(), ids=PASSING)
def test_what_passes_is_waited_out_and_exactly_one_transaction_is_sent(faults, turn):
    chain = dcai.connect(faults.url, account=KEYS[0])
    before, had = _count(chain), chain.balance(PEOPLE[1])
    for method in ("eth_estimateGas", "eth_sendRawTransaction", "eth_getTransactionReceipt"):
        faults.on(method, turn, times=2)

    receipt = chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)

    assert receipt.ok
    assert (_count(chain), chain.balance(PEOPLE[1])) == (before + 1, had + 5)


@pytest.mark.parametrize("turn", NEVER.values(), ids=NEVER)
def test_a_receipt_that_never_comes_is_asked_for_until_the_deadline_and_the_error_names_the_hash(faults, turn):
    chain = dcai.connect(faults.url, account=KEYS[0])
    chain.patience = 0.1
    faults.on("eth_getTransactionReceipt", turn)

    with pytest.raises(errors.TransactionPending, match=r"was sent.*before you send it again") as caught:
        chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)

    assert faults.seen.count("eth_getTransactionReceipt") > 1
    told = caught.value.transaction_hash
    assert told in str(caught.value)
    assert "{" not in str(caught.value)
    assert chain.request("eth_getTransactionByHash", [told])["from"] == PEOPLE[0].lower()


@pytest.mark.parametrize("turn", NEVER.values(), ids=NEVER)
def test_a_receipt_that_comes_late_is_the_outcome(faults, turn):
    chain = dcai.connect(faults.url, account=KEYS[0])
    faults.on("eth_getTransactionReceipt", turn, times=2)

    assert chain.send(PEOPLE[1], sender=PEOPLE[0], value=5).ok


@pytest.mark.parametrize("turn", [turns.without("gasUsed"), turns.null("gasUsed")], ids=["without", "null"])
def test_a_receipt_that_lacks_only_its_gas_is_the_outcome(faults, turn):
    chain = dcai.connect(faults.url, account=KEYS[0], patience=1)
    faults.on("eth_getTransactionReceipt", turn)

    receipt = chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)

    assert (receipt.ok, receipt.gas_used, receipt.fee_wei) == (True, None, None)
    assert chain.transaction(receipt.transaction_hash).receipt == receipt


def test_a_failure_whose_receipt_lacks_its_gas_is_a_failure(faults):
    chain = dcai.connect(faults.url, account=KEYS[0], patience=1)
    faults.on("eth_getTransactionReceipt", turns.without("gasUsed"))

    with pytest.raises(errors.TransactionFailed, match=r"was sent and failed\. ") as caught:
        chain.send(None, b"\xfd", sender=PEOPLE[0], gas=100_000)

    assert not isinstance(caught.value, errors.TransactionPending)


@pytest.mark.parametrize("lacking", ["status", "transactionHash", "blockNumber"])
def test_a_receipt_that_lacks_what_is_needed_is_one_clear_sentence(faults, lacking):
    chain = dcai.connect(faults.url, account=KEYS[0])
    chain.patience = 0.1
    faults.on("eth_getTransactionReceipt", turns.without(lacking))

    with pytest.raises(errors.TransactionPending, match=f"lacks '{lacking}'"):
        chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)


def test_a_transaction_of_a_block_that_was_replaced_is_waiting_and_an_unknown_status_is_not_a_failure(faults):
    chain = dcai.connect(faults.url, account=KEYS[0])
    receipt = chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)
    faults.on("eth_getTransactionReceipt", turns.changed(lambda told: {**told, "logs": [REMOVED]}), times=1)
    faults.on("eth_getTransactionReceipt", turns.changed(lambda told: {**told, "status": "0x2"}))

    assert chain.transaction(receipt.transaction_hash).state == "waiting"
    with pytest.raises(errors.NodeError, match="'0x2' where the status"):
        chain.transaction(receipt.transaction_hash)


def test_a_node_that_is_gone_for_longer_than_one_request_is_asked_again_for_the_receipt(faults):
    chain = dcai.connect(faults.url, account=KEYS[0])
    faults.on("eth_getTransactionReceipt", turns.lost_request, times=2 * http.ATTEMPTS + 1)

    assert chain.send(PEOPLE[1], sender=PEOPLE[0], value=5).ok


def test_an_interrupted_wait_names_the_transaction_that_is_on_its_way(faults):
    chain = dcai.connect(faults.url, account=KEYS[0])
    ask = chain.request

    def interrupted(method, params):
        if method == "eth_getTransactionReceipt":
            raise KeyboardInterrupt
        return ask(method, params)

    chain.request = interrupted

    with pytest.raises(KeyboardInterrupt, match=r"Transaction 0x[0-9a-f]{64} was sent and is on its way"):
        chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)


def test_a_node_on_this_machine_is_reached_without_a_proxy(node, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    assert dcai.connect(node).chain_id == 31337


def test_how_long_a_transaction_is_waited_for_is_given_when_connecting(node):
    assert dcai.connect(node).patience == 300
    assert dcai.connect(node, patience="20 minutes").patience == 1200
    with pytest.raises(errors.InvalidInput, match="at least a second"):
        dcai.connect(node, patience=0)


def test_a_transaction_whose_sending_gets_no_answer_is_settled_by_its_hash(faults):
    chain = dcai.connect(faults.url, account=KEYS[0])
    before = _count(chain)
    faults.on("eth_sendRawTransaction", turns.lost_answer)

    assert chain.send(PEOPLE[1], sender=PEOPLE[0], value=5).ok
    assert _count(chain) == before + 1


@pytest.mark.parametrize("refusal", ["already known", "nonce too low", "ALREADY_EXISTS: already in mempool"])
def test_a_refusal_after_a_lost_answer_is_settled_by_the_hash_even_where_a_replica_lags(faults, refusal):
    chain = dcai.connect(faults.url, account=KEYS[0])
    before = _count(chain)
    faults.on("eth_sendRawTransaction", turns.lost_answer, times=1)
    faults.on("eth_sendRawTransaction", turns.error(-32000, refusal))
    faults.on("eth_getTransactionByHash", turns.result(None), times=2)

    assert chain.send(PEOPLE[1], sender=PEOPLE[0], value=5).ok
    assert _count(chain) == before + 1


def test_a_node_that_signs_and_whose_answer_is_lost_is_settled_by_the_number(faults):
    chain = dcai.connect(faults.url)
    before = _count(chain)
    faults.on("eth_sendTransaction", turns.lost_answer)

    assert chain.send(PEOPLE[1], sender=PEOPLE[0], value=5).ok
    assert _count(chain) == before + 1


@pytest.mark.parametrize("turn", [turns.lost_request, turns.status(500), turns.raw(b"<html>")])
def test_a_node_that_signs_and_gives_no_answer_leaves_the_outcome_open(faults, turn):
    chain = dcai.connect(faults.url)
    chain.patience = 0.1
    faults.on("eth_sendTransaction", turn)

    with pytest.raises(errors.TransactionPending, match=f"{PEOPLE[0]}.*before you send it again"):
        chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)


def _count(chain):
    return int(chain.request("eth_getTransactionCount", [PEOPLE[0], "latest"]), 16)
