"""What a node can't do to an account: a fee above the limits, another chain, and numbers that nobody has reached."""

from __future__ import annotations

import pytest

import dcai
from dcai import errors
from dcai.accounts import FeeLimits, LocalKey
from tests.support.lines import lying
from tests.support.node import KEYS, PEOPLE

GWEI, ETHER = 10**9, 10**18
ALWAYS_NOTHING = {"eth_feeHistory": b'{"error": {"code": -32601, "message": "no such method"}}'}


def tip(wei):
    return {"eth_maxPriorityFeePerGas": lambda _: hex(wei)}


def history(wei):
    return {"eth_feeHistory": lambda _: {"reward": [[hex(wei)], [hex(0)]]}}


def legacy(wei):
    """Return the lies of a node that hides the base fee, so that all of the price is for who makes the block."""
    return {
        "eth_getBlockByNumber": lambda block: {key: it for key, it in block.items() if key != "baseFeePerGas"},
        "eth_gasPrice": lambda _: hex(wei),
    }


@pytest.fixture
def sent(node_chain):
    """Return a function that counts the transactions of the first person."""
    return lambda: int(node_chain.request("eth_getTransactionCount", [PEOPLE[0], "pending"]), 16)


@pytest.mark.parametrize(
    ("lies", "limits", "words"),
    [
        (tip(25_000_000 * GWEI), {}, ["ether in fees", "25,000,002 gwei", "limit is 1 ether", "--most-fee"]),
        (tip(1_000 * GWEI) | ALWAYS_NOTHING, {}, ["1,000 gwei", "limit is 100 gwei", "--most-tip"]),
        (tip(1_000 * GWEI) | history(900 * GWEI), {}, ["1,000 gwei", "limit is 100 gwei", "--most-tip"]),
        (tip(50 * GWEI) | history(GWEI), {}, ["50 gwei", "others paid up to 1 gwei", "allows 10 gwei"]),
        (tip(4 * GWEI) | history(0), {}, ["4 gwei", "allows 3 gwei"]),
        (tip(2 * GWEI), {"most_tip_wei": GWEI}, ["2 gwei", "limit is 1 gwei"]),
        ({}, {"most_fee_wei": 5}, ["gas at up to", "0.000000000000000005 ether"]),
        (legacy(500 * GWEI), {}, ["500 gwei", "limit is 100 gwei"]),
        (legacy(10**17), {}, ["limit is 1 ether"]),
    ],
    ids=[
        "all",
        "absolute",
        "a lie about others",
        "others",
        "nobody tips",
        "own tip",
        "own fee",
        "legacy",
        "legacy all",
    ],
)
def test_a_fee_above_the_limits_is_refused_before_it_is_signed(node, sent, lies, limits, words):
    before = sent()
    with lying(node, lies) as url:
        chain = dcai.connect(url, account=KEYS[0], **limits)

        with pytest.raises(errors.FeeTooHigh) as caught:
            chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)

    for word in (*words, "nothing was signed"):
        assert word in str(caught.value)
    assert sent() == before


@pytest.mark.parametrize(
    ("lies", "limits"),
    [
        (tip(50 * GWEI) | history(5 * GWEI), {}),
        (tip(50 * GWEI) | ALWAYS_NOTHING, {}),
        (tip(50 * GWEI) | history(GWEI), {"most_tip_wei": 50 * GWEI}),
        (tip(200 * GWEI), {"most_tip_wei": ETHER}),
        (tip(0), {}),
        ({}, {}),
    ],
)
def test_what_is_usual_or_allowed_is_paid(node, sent, lies, limits):
    before = sent()
    with lying(node, lies) as url:
        dcai.connect(url, account=KEYS[0], **limits).send(PEOPLE[1], sender=PEOPLE[0], value=5)

    assert sent() == before + 1


def test_a_limit_is_text_with_a_unit_too(node, sent):
    before = sent()
    chain = dcai.connect(node, account=KEYS[0], most_fee_wei="0.5 gwei", most_tip_wei="1 ether")

    with pytest.raises(errors.FeeTooHigh, match=r"the limit is 0\.0000000005 ether"):
        chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)

    assert sent() == before


@pytest.mark.parametrize("limit", [-1, 1.5, "1", True])
def test_a_limit_is_a_whole_number_of_wei(limit):
    for name in ("fee_wei", "tip_wei"):
        with pytest.raises(errors.InvalidInput, match="whole number of wei"):
            FeeLimits(**{name: limit})


def test_a_node_that_changes_its_chain_gets_no_signature(node, sent):
    lies, before = {}, sent()
    with lying(node, lies) as url:
        chain = dcai.connect(url, account=KEYS[0])
        lies["eth_chainId"] = lambda _: "0x1"

        with pytest.raises(errors.NodeError, match=r"chain 1,.*signs for chain 31337; nothing was signed"):
            chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)

    assert sent() == before


def test_a_node_that_changes_its_chain_while_it_is_connected_to_is_refused(node):
    answers = iter(["0x7a69", "0x1", "0x1"])
    with lying(node, {"eth_chainId": lambda _: next(answers)}) as url, pytest.raises(errors.NodeError, match="chain 1"):
        dcai.connect(url, account=KEYS[0])


def test_whoever_states_the_chain_signs_for_no_other(node, node_chain):
    with lying(node, {"eth_chainId": lambda _: "0x1"}) as url, pytest.raises(errors.NodeError, match="chain 1, not 3"):
        dcai.connect(url, account=KEYS[0], chain_id=31337)
    with pytest.raises(errors.NodeError, match="signs for chain 1;"):
        LocalKey(node_chain, KEYS[0], chain_id=1)


def test_an_account_of_the_node_is_asked_for_its_chain(node, sent):
    lies, before = {}, sent()
    with lying(node, lies) as url:
        lies["eth_chainId"] = lambda _: "0x1"
        chain = dcai.connect(url, account=PEOPLE[0])

        with pytest.raises(dcai.DcaiError):
            chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)

    assert sent() == before


@pytest.mark.parametrize("account", [KEYS[0], PEOPLE[0]], ids=["key", "unlocked"])
def test_a_number_far_in_the_future_is_not_signed(node, sent, account):
    counts = iter(["0x5", hex(10**6)])
    before = sent()
    with lying(node, {"eth_getTransactionCount": lambda _: next(counts)}) as url:
        chain = dcai.connect(url, account=account)

        with pytest.raises(errors.NodeError, match="999,995 transactions"):
            chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)

    assert sent() == before


@pytest.mark.parametrize("estimate", [0, 20_999])
def test_less_gas_than_any_transaction_needs_is_not_believed(node, sent, estimate):
    before = sent()
    with lying(node, {"eth_estimateGas": lambda _: hex(estimate)}) as url:
        chain = dcai.connect(url, account=KEYS[0])

        with pytest.raises(errors.NodeError, match=f"{estimate:,} gas"):
            chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)

    assert sent() == before
