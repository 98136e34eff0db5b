"""Logs on public nodes: which refuse too many blocks or results at once, in many words."""

from __future__ import annotations

import json

import pytest

import dcai
from dcai import errors
from dcai.chain import logs
from dcai.chain.logs import accepted
from dcai.chain.nodes import http
from tests.support import faults as turns
from tests.support.node import running

HEAD = 9_000_000


YOUNG = 20_000  # blocks

# what public nodes say, where more than 10,000 blocks are too many
REFUSALS = {
    "geth": turns.error(-32000, "block range too large"),
    "Alchemy": turns.error(
        -32600,
        "Under the Free tier plan, you can make eth_getLogs requests with up to a 10000 block range. Based on your "
        "parameters, this block range should work: [0x895440, 0x897b4f]. Upgrade to PAYG for expanded block range.",
    ),
    "Infura": turns.error(-32005, "query returned more than 10000 results. Try with this block range [0x0, 0x270F]."),
    "QuickNode": turns.error(-32614, "eth_getLogs is limited to a 10,000 range", http=413),
    "Ankr": turns.error(-32600, "block range is too wide, maximum is 10k blocks"),
    "dRPC": turns.error(35, "ranges over 10000 blocks are not supported on freetier"),
    "BSC": turns.error(-32005, "limit exceeded"),
    "Polygon": turns.error(-32062, "Block range is too large"),
    "Cloudflare": turns.error(-32047, "Invalid eth_getLogs request. 'fromBlock'-'toBlock' range too large. Max: 800"),
    "Erigon": turns.error(-32602, "query exceeds max results 20000, retry with the range 8995000-8999999"),
    "zkSync": turns.error(-32602, "Query returned more than 10000 results. Try with this block range [0x10, 0x271f]."),
    "what takes too long": turns.error(-32000, "query timeout exceeded. Consider reducing your block range."),
    "an internal error": turns.error(-32603, "Internal error"),
    "status 400": turns.status(400, b"bad request"),
    "status 413": turns.status(413),
    "status 504": turns.status(504),
    "too large an answer": turns.raw(b" " * 5_000),
}


class Old:
    """A chain of nine million blocks, which a node only pretends, and a trainer that was made in one of the last."""

    def __init__(self, faults, refusal):
        self.faults, self.refusal = faults, refusal
        self.head = int(dcai.connect(faults.url).request("eth_blockNumber", []), 16)
        faults.on("eth_blockNumber", turns.result(hex(self.head + YOUNG)))
        faults.on("eth_getLogs", self.logs)

    def logs(self, asked):
        (query,) = asked.params
        first, last = (int(query[name], 16) for name in ("fromBlock", "toBlock"))
        if last - first + 1 > 10_000:
            return self.refusal(asked)
        return turns.Answer(asked.forward() if first <= self.head else asked.reply(result=[]))

    def requests(self, ask):
        """Return how many requests something takes, and its answer."""
        before = len(self.faults.asked)
        answer = ask()
        return len(self.faults.asked) - before, answer


@pytest.fixture(scope="module")
def node(anvil):
    with running(anvil, "--number", str(HEAD - YOUNG)) as url:
        yield url


@pytest.fixture
def trainer(node, perceptron):
    trainer = dcai.deploy(dcai.connect(node), perceptron([1] * 40), dcai.DepositRefundTake())
    trainer.contribute([1], "yes")
    trainer.contribute([1, 2], "yes")
    return trainer


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_the_log_of_a_young_trainer_on_an_old_chain_takes_a_handful_of_requests(faults, trainer, monkeypatch, refusal):
    monkeypatch.setattr(http, "_MOST_BYTES", 4_000)
    old = Old(faults, refusal)
    theirs = dcai.attach(dcai.connect(faults.url), trainer.address)

    first, contributions = old.requests(theirs.contributions)
    again, _ = old.requests(theirs.contributions)

    assert [one.id for one in contributions] == [1, 2]
    attempts = http.ATTEMPTS if refusal is REFUSALS["status 504"] else 1
    assert first <= 14 * attempts + YOUNG / 800
    assert again <= 4 + YOUNG / 800


def test_what_a_refusal_suggests_is_tried_first(faults, trainer):
    old = Old(faults, REFUSALS["Alchemy"])

    first, _ = old.requests(dcai.attach(dcai.connect(faults.url), trainer.address).contributions)

    assert first == 5


def test_the_log_of_a_trainer_ends_where_it_began(faults, trainer):
    Old(faults, REFUSALS["QuickNode"])
    theirs = dcai.attach(dcai.connect(faults.url), trainer.address)

    assert theirs.history().parameters == trainer.history().parameters
    _refused, *asked = [int(one.params[0]["fromBlock"], 16) for one in faults.asked if one.method == "eth_getLogs"]
    assert HEAD - 2 * YOUNG < min(asked) <= trainer.first_block


@pytest.mark.parametrize(
    ("message", "blocks"),
    [
        ("eth_getLogs is limited to a 10,000 range", 10_000),
        ("exceed maximum block range: 50000", 50_000),
        ("requested 9000000 blocks, the maximum is 2_000", 2_000),
        ("block range is too wide, maximum is 10k blocks", 10_000),
        ("Try with this block range [0x895440, 0x897b4f].", 10_000),
        ("query exceeds max results 20000, retry with the range 8995000-8999999", 5_000),
        ("query returned more than 10000 results", None),
        ("block range too large", None),
        ("the range must not be above 99000000 blocks", None),
        ("0 blocks", None),
        ("", None),
        ("9" * 5_000, None),
    ],
)
def test_a_refusal_is_read_for_what_would_be_accepted(message, blocks):
    assert accepted(message, HEAD + 1) == blocks


def test_where_there_is_too_much_in_a_few_blocks_they_are_asked_for_in_smaller_parts(faults, trainer):
    def few(asked):
        told = json.loads(asked.forward())["result"]
        return turns.Answer(asked.reply(result=told)) if len(told) < 2 else too_many(asked)

    too_many = turns.error(-32005, "query returned more than 1 results")
    faults.on("eth_getLogs", few)
    chain = dcai.connect(faults.url)

    with pytest.raises(errors.NodeError, match="more than 1 results"):
        chain.logs(trainer.address)  # a deployment makes two entries in one block
    first = trainer.first_block + 1
    assert [log.block_number for log in chain.logs(trainer.address, first_block=first)] == [first, first + 1]


def test_a_node_that_is_asked_too_often_is_not_asked_in_ever_smaller_parts(faults, trainer):
    chain = dcai.connect(faults.url)
    faults.on("eth_getLogs", turns.error(429, "Your app has exceeded its compute units per second capacity."))

    with pytest.raises(errors.TooManyRequests):
        chain.logs(trainer.address)

    assert faults.seen.count("eth_getLogs") == http.ATTEMPTS


def test_a_log_that_takes_a_while_shows_how_far_it_is_in_a_terminal(faults, trainer, monkeypatch, capsys):
    Old(faults, REFUSALS["QuickNode"])
    theirs = dcai.attach(dcai.connect(faults.url), trainer.address)
    monkeypatch.setattr(logs, "_QUIET_SECONDS", 0)

    theirs.contributions()
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("FORCE_COLOR", "1")  # as in a terminal
    theirs.contributions()
    assert "Reading the log back from block" in capsys.readouterr().err
