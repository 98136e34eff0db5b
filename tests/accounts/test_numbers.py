"""The numbers of transactions: each caller gets the outcome of their own transaction, whoever else sends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from platformdirs import user_state_path

import dcai
from dcai import errors
from dcai.accounts import LocalKey, Unlocked, broadcast
from dcai.chain import Call
from dcai.chain.execution import TRANSACTION_GAS_LIMIT
from tests.support.faults import faulty
from tests.support.lines import Line, lying, serving
from tests.support.node import KEYS, PEOPLE, running

ROOT = Path(__file__).resolve().parents[2]
EACH = 20

SEND = """
import json, sys
import dcai
url, key, trainer, text, count = sys.argv[1:]
trainer = dcai.attach(dcai.connect(url, account=key), trainer)
print("ready", flush=True)
sys.stdin.readline()
for at in range(int(count)):
    mine = trainer.contribute([int(text)], "yes")
    print(json.dumps([mine.id, mine.receipt.transaction_hash]), flush=True)
"""


@pytest.fixture
def trainer(node_chain, perceptron):
    return dcai.deploy(node_chain, perceptron([1] * 40), dcai.DepositRefundTake(weight_wei=0, minimum_wei=10))


def count(chain, person=0):
    return int(chain.request("eth_getTransactionCount", [PEOPLE[person], "latest"]), 16)


def elsewhere(chain):
    """Send from the first person, as another machine does."""
    chain.request("eth_sendTransaction", [{"from": PEOPLE[0], "to": PEOPLE[2], "value": "0x1"}])


@pytest.fixture
def asked(node):
    """Return a chain of the first person's key, what its node is asked, and the lies that it tells."""
    line, lies = Line(), {}
    with lying(node, lies) as behind, serving(line.handler(behind)) as url:
        yield dcai.connect(url, account=KEYS[0]), line, lies


@pytest.mark.parametrize("same", [True, False], ids=["the same text", "different texts"])
def test_two_processes_with_one_key_each_get_the_outcome_of_their_own(node, node_chain, trainer, same):
    given = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": ROOT, "text": True}
    other = subprocess.Popen([sys.executable, "-c", SEND, node, KEYS[1], trainer.address, "1", str(EACH)], **given)
    ours = dcai.attach(dcai.connect(node, account=KEYS[1]), trainer.address)
    assert other.stdout.readline() == "ready\n"
    other.stdin.write("\n")
    other.stdin.flush()
    made = [ours.contribute([1 if same else 2], "yes") for _ in range(EACH)]
    out, failed = other.communicate()

    assert failed == ""
    outcomes = [json.loads(line) for line in out.splitlines()]
    outcomes += [[one.id, one.receipt.transaction_hash] for one in made]
    there = {one.id for one in trainer.contributions()}
    assert len({number for number, _ in outcomes}) == len({sent for _, sent in outcomes}) == 2 * EACH
    assert {number for number, _ in outcomes} == there
    assert count(node_chain, 1) == 2 * EACH


def test_the_same_content_and_number_signed_twice_are_two_transactions(node_chain):
    one, other = (LocalKey(node_chain, KEYS[0]) for _ in range(2))
    fields = {"to": PEOPLE[1], "value": "0x5", "gas": hex(21_000)}

    assert one._signed(fields).transaction_hash != other._signed(fields).transaction_hash


def test_the_same_content_at_the_gas_limit_given_to_the_node_by_two_processes_is_two_transactions(node, node_chain):
    most = TRANSACTION_GAS_LIMIT

    def other_process(asked):
        """Let another process be faster with the same content and number, and lose the answer."""
        content = {name: asked.params[0][name] for name in ("from", "to", "value", "gas", "data", "nonce")}
        fields = Unlocked(node_chain, PEOPLE[0])._drawn(content, int(content["nonce"], 16))
        node_chain.request("eth_sendTransaction", [{**fields, "gas": hex(most)}])

    with faulty(node) as faults:
        faults.on("eth_sendTransaction", other_process, times=1)
        chain = dcai.connect(faults.url, account=PEOPLE[0])
        before, theirs = count(node_chain), node_chain.balance(PEOPLE[1])

        receipt = chain.send(PEOPLE[1], sender=PEOPLE[0], value=5, gas=most)

    assert receipt.ok
    assert (count(node_chain), node_chain.balance(PEOPLE[1])) == (before + 2, theirs + 10)


@pytest.mark.parametrize("unlocked", [False, True], ids=["key", "unlocked"])
def test_who_is_overtaken_from_another_machine_takes_the_next_number(node, node_chain, unlocked):
    overtaken = []

    def stale(number):
        """Answer with the number before somebody else's transaction, twice: as latest and as pending."""
        if len(overtaken) < 2:
            if not overtaken:
                elsewhere(node_chain)
            overtaken.append(number)
        return number

    with lying(node, {"eth_getTransactionCount": stale}) as url:
        chain = dcai.connect(url, account=PEOPLE[0] if unlocked else KEYS[0])
        before, theirs = count(node_chain), node_chain.balance(PEOPLE[1])

        receipt = chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)

    assert receipt.ok
    assert count(node_chain) == before + 2
    assert node_chain.balance(PEOPLE[1]) == theirs + 5


def test_after_a_lost_answer_a_lookup_that_knows_nothing_is_no_reason_to_send_once_more(node_chain, asked):
    chain, line, lies = asked
    before = count(node_chain)
    shy = iter([True] * 3)
    lies["eth_getTransactionByHash"] = lambda found: None if next(shy, False) else found
    line.lose_answer.add("eth_sendRawTransaction")

    assert chain.send(PEOPLE[1], sender=PEOPLE[0], value=5).ok

    assert count(node_chain) == before + 1


def test_where_nothing_tells_who_has_the_number_nothing_is_sent_once_more(node_chain, asked):
    chain, line, lies = asked
    chain.patience = 0.2
    before = count(node_chain)
    lies |= {"eth_getTransactionByHash": lambda _: None, "eth_blockNumber": lambda _: "0x0"}
    line.lose_answer.add("eth_sendRawTransaction")

    with pytest.raises(errors.TransactionFailed, match="look both up before you send it again"):
        chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)

    assert count(node_chain) == before + 1


def test_who_is_overtaken_again_and_again_is_told_that_nothing_was_done(node, node_chain):
    def always(number):
        elsewhere(node_chain)
        return number

    theirs = node_chain.balance(PEOPLE[1])
    late = b'{"error": {"code": -32000, "message": "nonce too low"}}'
    with lying(node, {"eth_getTransactionCount": always, "eth_sendRawTransaction": late}) as url:
        chain = dcai.connect(url, account=KEYS[0])
        chain.patience = 5

        with pytest.raises(errors.TransactionFailed, match="6 times in a row; nothing of this was done"):
            chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)

    assert node_chain.balance(PEOPLE[1]) == theirs


def test_a_transaction_that_the_node_drops_is_sent_again_until_it_is_in_a_block(anvil, monkeypatch):
    monkeypatch.setattr(broadcast, "AGAIN_SECONDS", 0)
    line = Line()
    with running(anvil, "--no-mining") as url, serving(line.handler(url)) as through:
        chain, direct = dcai.connect(through, account=KEYS[0]), dcai.connect(url)
        dropped = []

        def drop_twice_then_mine(method, params):
            answer = asking(method, params)
            if method == "eth_sendRawTransaction":
                if len(dropped) < 2:
                    dropped.append(direct.request("anvil_dropTransaction", [answer]))
                else:
                    direct.request("evm_mine", [])
            return answer

        asking, chain.request = chain.request, drop_twice_then_mine

        receipt = chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)

    assert receipt.ok
    assert dropped == [receipt.transaction_hash] * 2
    assert line.seen.count("eth_sendRawTransaction") == 3


def test_a_transaction_that_was_replaced_is_reported_with_the_one_that_was_made(anvil, monkeypatch):
    monkeypatch.setattr(broadcast, "AGAIN_SECONDS", 0)
    with running(anvil, "--no-mining") as url:
        chain, direct = dcai.connect(url, account=KEYS[0]), dcai.connect(url)
        made = []

        def replace_it(method, params):
            answer = asking(method, params)
            if method == "eth_sendRawTransaction" and not made:
                dearer = {"from": PEOPLE[0], "to": PEOPLE[3], "nonce": "0x0", "maxFeePerGas": hex(10**12)}
                made.append(direct.request("eth_sendTransaction", [dearer | {"maxPriorityFeePerGas": hex(10**11)}]))
                direct.request("evm_mine", [])
            return answer

        asking, chain.request = chain.request, replace_it

        with pytest.raises(errors.TransactionFailed, match="Nothing came of it") as caught:
            chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)

    assert made[0] in str(caught.value)


def test_a_process_that_holds_the_number_too_long_is_reported(node_chain, node):
    chain = dcai.connect(node, account=KEYS[0])
    chain.patience = 0.1
    before = count(node_chain)

    with (
        FileLock(user_state_path("dcai") / "sending" / f"31337-{PEOPLE[0]}.lock"),
        pytest.raises(errors.AccountBusy, match=PEOPLE[0]),
    ):
        chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)

    assert count(node_chain) == before
    assert chain.send(PEOPLE[1], sender=PEOPLE[0], value=5).ok


def test_where_no_file_can_be_written_the_node_alone_tells_the_number(node, node_chain, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    chain = dcai.connect(node, account=KEYS[0])

    assert chain.account().send(Call(PEOPLE[1], value=5)).ok
