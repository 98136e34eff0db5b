"""Looking up a transaction that was sent."""

from __future__ import annotations

import pytest

import dcai
from dcai import errors
from tests.support.lines import lying
from tests.support.node import KEYS, PEOPLE, running

NOWHERE = "0x" + 64 * "7"


def test_a_transaction_in_a_block_has_its_receipt(chain, people):
    receipt = chain.send(people[1], sender=people[0], value=5)

    found = chain.transaction(receipt.transaction_hash.upper().replace("0X", "0x"))

    assert found.state == f"in block {receipt.block_number}"
    assert found.receipt == receipt


@pytest.mark.parametrize("backend", ["py-evm", "anvil"])
def test_what_nobody_sent_is_unknown(request, backend):
    if backend == "anvil":
        request.getfixturevalue("anvil")
    with dcai.local_chain(backend) as chain:
        assert chain.transaction(NOWHERE).state == "unknown"
        assert chain.transaction(NOWHERE).receipt is None


def test_a_transaction_in_no_block_is_waiting_and_one_that_failed_says_so(anvil):
    with running(anvil, "--no-mining") as url:
        chain = dcai.connect(url, account=KEYS[0])
        waiting = {"from": PEOPLE[0], "to": PEOPLE[1], "value": "0x5"}
        failing = {"from": PEOPLE[0], "data": "0xfd", "gas": hex(100_000)}  # its code reverts
        one, other = (chain.request("eth_sendTransaction", [fields]) for fields in (waiting, failing))
        assert chain.transaction(one).state == "waiting"

        chain.request("evm_mine", [])

        assert (chain.transaction(one).state, chain.transaction(other).state) == ("in block 1", "failed")
        assert chain.transaction(other).receipt.ok is False


@pytest.mark.parametrize("wrong", ["", "0x12", NOWHERE[2:], NOWHERE + "0", PEOPLE[0], None, 5])
def test_what_is_no_hash_is_refused(chain, wrong):
    with pytest.raises(errors.InvalidInput, match="not the hash of a transaction"):
        chain.transaction(wrong)


def test_the_receipt_of_another_transaction_is_not_taken(node, node_chain):
    receipt = node_chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)
    with lying(node, {"eth_getTransactionReceipt": lambda it: {**it, "transactionHash": NOWHERE}}) as url:
        chain = dcai.connect(url)

        with pytest.raises(errors.NodeError, match="receipt of another transaction"):
            chain.transaction(receipt.transaction_hash)
