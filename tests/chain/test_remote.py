"""A chain behind a URL: signing, fees, nonces, and bad connections."""

from __future__ import annotations

import pytest
from eth_account import Account

import dcai
from dcai import errors
from dcai.incentives.deposit_refund_take.errors import Underpaid
from tests.support.node import KEYS, PEOPLE, SIGNERS

TRAINER = "SparsePerceptronDRT"
FEW_SECONDS = 8


@pytest.fixture(params=["private key", "unlocked"])
def joined(request, node):
    """Return a function that connects as a person, by private key or with the node's accounts."""
    accounts = KEYS if request.param == "private key" else PEOPLE
    return lambda person, url=node: dcai.connect(url, account=accounts[person])


def sent_by(chain, person):
    return int(chain.request("eth_getTransactionCount", [PEOPLE[person], "latest"]), 16)


def let_pass(chain, seconds):
    chain.request("evm_increaseTime", [seconds])
    chain.request("evm_mine", [])


# Who sends


def test_the_story_of_a_trainer_is_told_over_http(joined):
    creator, alice, bob = (joined(person) for person in range(3))
    texts, labels = ["a wonderful film", "dull and far too long"], ["positive", "negative"]
    encoder = dcai.TextEncoder(vocabulary_size=20).fit(texts)
    model = dcai.SparsePerceptron(classes=("negative", "positive")).fit(encoder.transform(texts), labels)
    deployed = dcai.deploy(
        creator, model, dcai.DepositRefundTake(weight_wei=0, minimum_wei=10), encoder=encoder, name="Films"
    )

    hers, his = (dcai.attach(chain, deployed.address) for chain in (alice, bob))
    assert hers.predict("wonderful") == "positive"
    good = hers.contribute("wonderful", "positive")
    (batch,) = hers.contribute_many(["dull", "film"], ["negative", "positive"], progress=False)
    bad = his.contribute("wonderful film", "negative", deposit_wei=1_000, force=True)
    deployed.contribute("wonderful film", "positive")
    let_pass(creator, 86_400)
    assert good.refund() == 10
    assert batch.refund() == 20
    theirs = hers.contribution(bad.id)
    theirs.report()
    with pytest.raises(errors.TooEarly):
        theirs.take()
    let_pass(creator, 86_400)
    assert theirs.take() == 1_000

    assert (good.entry.author, bad.entry.author) == (PEOPLE[1], PEOPLE[2])
    audit = deployed.audit()
    assert (audit.problems, audit.owed_wei, audit.balance_wei) == ((), 10, 10)


@pytest.mark.parametrize("account", [KEYS[0], KEYS[0][2:], SIGNERS[0]], ids=["key", "key without 0x", "eth-account"])
def test_a_private_key_signs_here_with_fees_that_hold_while_the_base_fee_doubles(node, account):
    chain = dcai.connect(node, account=account)
    assert chain.accounts == PEOPLE[:1]
    base = int(chain.request("eth_getBlockByNumber", ["latest", False])["baseFeePerGas"], 16)

    receipt = chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)

    sent = chain.request("eth_getTransactionByHash", [receipt.transaction_hash])
    assert sent["type"] == "0x2"
    assert sent["from"] == PEOPLE[0].lower()
    # a part of a gwei is drawn, so that no two transactions are the same
    assert int(sent["maxFeePerGas"], 16) - 2 * base - int(sent["maxPriorityFeePerGas"], 16) in range(2**20)
    assert receipt.fee_wei == receipt.gas_used * int(sent["gasPrice"], 16)


def test_without_an_account_the_unlocked_ones_of_the_node_send(node):
    chain = dcai.connect(node)

    assert chain.accounts[:4] == PEOPLE
    assert chain.send(PEOPLE[1], sender=PEOPLE[3], value=5).gas_used == 21_000


def test_an_unlocked_account_is_given_in_any_case(node):
    assert dcai.connect(node, account=PEOPLE[2].lower()).accounts == [PEOPLE[2]]


def test_an_account_that_the_node_has_not_unlocked_is_named(node):
    stranger = Account.create().address

    with pytest.raises(errors.InvalidInput, match=f"{stranger}.*private key"):
        dcai.connect(node, account=stranger)


@pytest.mark.parametrize("account", ["0x12", "alice", KEYS[0] + "00", KEYS[0][:-1], "0x" + "00" * 32])
def test_a_malformed_account_is_refused_without_telling_it(node, account):
    with pytest.raises(errors.InvalidInput, match="private key") as caught:
        dcai.connect(node, account=account)

    assert account not in str(caught.value)


def test_who_signs_with_one_key_sends_as_nobody_else(node):
    chain = dcai.connect(node, account=KEYS[0])

    with pytest.raises(errors.InvalidInput, match=PEOPLE[1]):
        chain.send(PEOPLE[2], sender=PEOPLE[1], value=5)
    assert sent_by(chain, 0) == sent_by(chain, 1) == 0


def test_nobody_turns_the_clock_of_a_remote_chain(node):
    chain = dcai.connect(node)

    with pytest.raises(errors.InvalidInput, match=r"local_chain\(\)"):
        chain.travel("1 day")


# Exactly one transaction


def test_somebody_else_may_send_with_the_same_key(node):
    one, other = (dcai.connect(node, account=KEYS[0]) for _ in range(2))

    for number, chain in enumerate([one, other, other, one, one, other], start=1):
        chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)
        assert sent_by(one, 0) == number


@pytest.mark.parametrize("lost", ["lose_request", "lose_answer"])
@pytest.mark.parametrize(
    "method", ["eth_estimateGas", "eth_getTransactionCount", "eth_send", "eth_getTransactionReceipt"]
)
def test_a_connection_that_is_lost_midway_leads_to_exactly_one_transaction(joined, line, method, lost):
    connection, url = line
    chain = joined(0, url)
    chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)
    # eth_sendRawTransaction or eth_sendTransaction
    method = next(seen for seen in connection.seen if seen.startswith(method))
    before, theirs = sent_by(chain, 0), chain.balance(PEOPLE[1])
    chain = joined(0, url)
    getattr(connection, lost).add(method)

    assert chain.send(PEOPLE[1], sender=PEOPLE[0], value=5).gas_used == 21_000

    assert not connection.lose_request | connection.lose_answer
    assert sent_by(chain, 0) == before + 1
    assert chain.balance(PEOPLE[1]) == theirs + 5


def test_a_contribution_over_a_bad_line_is_made_and_paid_once(node, line, perceptron):
    connection, url = line
    chain = dcai.connect(url, account=KEYS[0])
    trainer = dcai.deploy(chain, perceptron([1] * 40), dcai.DepositRefundTake())
    connection.lose_answer |= {"eth_estimateGas", "eth_sendRawTransaction", "eth_getTransactionReceipt", "eth_call"}

    mine = trainer.contribute([1], "yes")

    assert [one.id for one in trainer.contributions()] == [mine.id]
    assert chain.balance(trainer.address) == mine.entry.deposit_wei


def test_a_transaction_is_waited_for_until_it_is_in_a_block(line):
    connection, url = line
    chain = dcai.connect(url, account=KEYS[0])
    connection.answer_null += ["eth_getTransactionReceipt"] * 3

    assert chain.send(PEOPLE[1], sender=PEOPLE[0], value=5).gas_used == 21_000
    assert connection.seen.count("eth_getTransactionReceipt") == 4


def test_after_a_refusal_the_next_transaction_is_sent(joined, perceptron):
    chain = joined(0)
    trainer = dcai.deploy(chain, perceptron([1] * 40), dcai.DepositRefundTake())
    with pytest.raises(Underpaid):
        trainer.contribute([1], "yes", deposit_wei=1)
    with pytest.raises(dcai.DcaiError):
        trainer.contribute([1], "yes", deposit_wei=10**24, gas=200_000, force=True)
    with pytest.raises(errors.TransactionFailed, match="below the price"):
        trainer.contribute([1], "yes", deposit_wei=1, gas=200_000)

    assert trainer.contribute([1], "yes").id == 1
