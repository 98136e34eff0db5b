"""What a node that is gone, wrong, or lies leads to: one sentence, and no transaction that is sent twice."""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler

import pytest

import dcai
from dcai import errors
from tests.support.lines import Line, lying, serving
from tests.support.node import KEYS, PEOPLE, free_port

TRAINER = "SparsePerceptronDRT"
FEW_SECONDS = 8


def test_another_chain_than_the_one_that_is_meant_is_refused(node):
    with pytest.raises(errors.NodeError, match=r"chain 31337, not 1;"):
        dcai.connect(node, chain_id=1)
    assert dcai.connect(node, chain_id=31337).chain_id == 31337


def test_a_node_that_is_not_there_is_reported_in_a_few_seconds():
    url = f"http://127.0.0.1:{free_port()}"
    start = time.monotonic()

    with pytest.raises(errors.NodeError) as caught:
        dcai.connect(url)

    assert f"No node answers at {url}" in str(caught.value)
    assert time.monotonic() - start < FEW_SECONDS


def test_a_node_that_goes_away_is_reported(node):
    with serving(Line().handler(node)) as url:
        chain = dcai.connect(url)

    with pytest.raises(errors.NodeError, match=f"No node answers at {url}"):
        chain.now()


@pytest.mark.parametrize(
    "url", ["", "localhost:8545", "ws://127.0.0.1:8545", "ftp://127.0.0.1", "http://", "http://127.0.0.1:99999"]
)
def test_what_is_not_an_address_of_a_node_is_reported(url):
    with pytest.raises(dcai.DcaiError) as caught:
        dcai.connect(url)

    assert url in str(caught.value)


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, b"<html>It works!</html>"),
        (200, b""),
        (404, b"not found"),
        (500, b"oops"),
        (200, b"[]"),
        (200, b"null"),
        (200, b'"hello"'),
        (200, b"{}"),
        (200, b'{"hello": "world"}'),
        (200, b'{"error": "no"}'),
        (200, b'{"error": {"code": 7}}'),
        (200, b'{"result": null}'),
        (200, b'{"result": "hello"}'),
        (200, b'{"result": {}}'),
    ],
)
def test_what_answers_but_is_not_a_node_is_reported(status, answer):
    class Website(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    with serving(Website) as url, pytest.raises(errors.NodeError) as caught:
        dcai.connect(url)

    assert url in str(caught.value)


def test_what_an_error_lacks_and_articles_are_said_in_plain_english(node):
    with lying(node, {"eth_blockNumber": b'{"error": {}}'}) as url, pytest.raises(errors.NodeError) as caught:
        dcai.connect(url).block_number()
    assert str(caught.value) == "The node refuses: an error without a message."
    with pytest.raises(errors.NodeError, match="doesn't answer as the contract ITrainer does"):
        dcai.connect(node).read("ITrainer", PEOPLE[1], "names")


def test_an_error_of_the_node_is_reported_in_its_words(node):
    chain = dcai.connect(node)

    with pytest.raises(errors.NodeError, match="Insufficient funds"):
        chain.send(PEOPLE[1], sender=PEOPLE[0], value=10**30)


# Nodes that lie

NONSENSE = [None, -5, 1.5, "", "hello", "0xzz", "0x" + 70 * "f", [], {}, [1]]


@pytest.mark.parametrize("nonsense", NONSENSE, ids=map(repr, NONSENSE))
def test_an_answer_that_is_nonsense_is_one_sentence(node, perceptron, nonsense):
    trainer = dcai.deploy(dcai.connect(node), perceptron([1] * 40), dcai.DepositRefundTake())
    lies = {}
    with lying(node, lies) as url:
        chain = dcai.connect(url, account=KEYS[0], patience=1)
        theirs = dcai.attach(chain, trainer.address)
        for method, ask in (
            ("eth_call", lambda: theirs.predict([1])),
            ("eth_call", theirs.model),
            ("eth_getBlockByNumber", chain.now),
            ("eth_getBalance", lambda: chain.balance(PEOPLE[1])),
            ("eth_estimateGas", lambda: theirs.contribute([1], "yes")),
            ("eth_getTransactionCount", lambda: theirs.contribute([1], "yes")),
        ):
            lies |= {method: lambda _: nonsense}
            with pytest.raises(dcai.DcaiError):
                ask()
            lies.clear()
        if nonsense != []:
            lies["eth_getLogs"] = lambda _: nonsense
            with pytest.raises(errors.NodeError):
                theirs.contributions()


@pytest.mark.parametrize(
    "lie",
    [
        lambda receipt: {**receipt, "transactionHash": "0x" + 64 * "1"},
        lambda receipt: {**receipt, "logs": None},
        lambda receipt: {key: value for key, value in receipt.items() if key != "status"},
        lambda receipt: {**receipt, "gasUsed": "many"},
        lambda _: "0x12",
    ],
    ids=["of another transaction", "without a log", "without a status", "of nonsense", "no receipt"],
)
def test_after_a_transaction_was_sent_a_wrong_receipt_says_so(node, perceptron, lie):
    trainer = dcai.deploy(dcai.connect(node), perceptron([1] * 40), dcai.DepositRefundTake())
    with lying(node, {"eth_getTransactionReceipt": lie}) as url:
        theirs = dcai.attach(dcai.connect(url, account=KEYS[0], patience=1), trainer.address)

        with pytest.raises(errors.TransactionFailed, match=r"Transaction '?0x.* was sent.*before you send it again"):
            theirs.contribute([1], "yes")


def test_a_node_that_is_gone_after_a_transaction_was_sent_is_no_reason_to_send_it_again(node):
    with lying(node, {"eth_getTransactionReceipt": b"<html>"}) as url:
        chain = dcai.connect(url, account=KEYS[0], patience=1)

        with pytest.raises(errors.TransactionFailed, match=r"Transaction '?0x.* was sent.*before you send it again"):
            chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)


def test_a_node_that_is_busy_with_the_block_is_asked_again(line):
    connection, url = line
    chain = dcai.connect(url, account=KEYS[0])
    connection.answer_busy += ["eth_getTransactionReceipt"] * 2

    assert chain.send(PEOPLE[1], sender=PEOPLE[0], value=5).gas_used == 21_000


@pytest.mark.parametrize("answer", [b"[" * 200_000, b'{"result":' * 100_000, b'{"result": "' + b'\\"' * 200_000])
def test_an_answer_that_is_nested_without_end_does_not_end_the_process(node, answer):
    with lying(node, {"eth_blockNumber": answer}) as url:
        chain = dcai.connect(url)

        with pytest.raises(errors.NodeError, match="doesn't answer in JSON"):
            chain.block_number()


def test_a_password_in_the_address_of_a_node_is_not_repeated(node):
    host = node.removeprefix("http://")
    chain = dcai.connect(f"http://alice:secret@{host}")

    assert chain.backend == f"http://{host}"
    assert "secret" not in repr(chain) + repr(chain.account())
    for url in (f"http://alice:secret@127.0.0.1:{free_port()}", "http://alice:secret@127.0.0.1:99999"):
        with pytest.raises(dcai.DcaiError) as caught:
            dcai.connect(url)
        assert "secret" not in str(caught.value)


def test_a_node_that_has_a_transaction_already_is_not_sent_a_second_one(node):
    known = (
        b'{"error": {"code": -32000, "message": "already known"}}'  # of the same bytes, sent again after a lost answer
    )
    count = ("eth_getTransactionCount", [PEOPLE[0], "latest"])
    with lying(node, {"eth_sendRawTransaction": known, "eth_getTransactionByHash": b'{"result": null}'}) as url:
        chain = dcai.connect(url, account=KEYS[0])
        before = int(chain.request(*count), 16)

        receipt = chain.send(PEOPLE[1], sender=PEOPLE[0], value=1)

        assert receipt.ok
        assert int(chain.request(*count), 16) == before + 1
