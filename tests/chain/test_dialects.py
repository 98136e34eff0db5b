"""What nodes say in another way than geth, or leave out: each case is one line."""

from __future__ import annotations

import json

import pytest
from eth_abi import encode
from eth_utils import keccak

import dcai
from dcai import errors
from dcai.chain.header import check_randomness
from dcai.chain.reverts import explained
from dcai.incentives.deposit_refund_take.errors import Underpaid
from dcai.trainer.cost import Cost, Trial
from tests.support import faults as turns
from tests.support.node import KEYS, PEOPLE

HASH = "0x" + 64 * "1"
UNDERPAID = "0x" + (keccak(text="Underpaid(uint256,uint256)")[:4] + encode(["uint256"] * 2, [5, 3])).hex()
VM = "VM Exception while processing transaction: "

# message and data of an error, where a contract reverted with these bytes
SHAPES = {
    "geth": lambda told: ("execution reverted", told),
    "without 0x": lambda told: ("execution reverted", told[2:]),
    "upper case": lambda told: ("Execution Reverted", "0x" + told[2:].upper()),
    "Parity": lambda told: ("VM execution error.", f"Reverted {told}"),
    "Nethermind": lambda told: ("VM execution error.", f"revert: {told}"),
    "Ganache": lambda told: (f"{VM}revert", {HASH: {"error": "revert", "program_counter": 7, "return": told}}),
    "Ganache 7": lambda told: (f"{VM}revert", {"hash": HASH, "programCounter": 7, "result": told, "reason": None}),
    "Hardhat": lambda told: (f"{VM}reverted", {"message": f"{VM}reverted", "txHash": HASH, "data": told}),
    "Hardhat in words": lambda told: (f"{VM}reverted with an unrecognized custom error (return data: {told})", None),
    "foundry": lambda told: (f"execution reverted: custom error {told[:10]}: {told[10:]}", None),
    "in the message": lambda told: (f"execution reverted: {told}", None),
    "in the message, after another": lambda told: (f"{HASH} at 0x{40 * 'a'} failed: {told}", "Reverted"),
    "Filecoin": lambda told: (f"message execution failed: exit 33, revert reason: {told}, vm error: [...]", None),
    "nested": lambda told: ("failed", {"originalError": {"code": 3, "data": told, "message": "execution reverted"}}),
    "nested deeper": lambda told: ("failed", [{"error": {"data": {"data": {"output": told}}}}]),
    "JSON in text": lambda told: ("failed", json.dumps({"error": {"data": told}})),
    "JSON in the message": lambda told: (json.dumps({"code": 3, "data": told}), None),
    "bytes of JavaScript": lambda told: ("failed", {"type": "Buffer", "data": [*bytes.fromhex(told[2:])]}),
}

# errors of another kind, or in which nothing is to be found
OTHERS = [
    ("insufficient funds for gas * price + value", None),
    (f"insufficient funds: address 0x{40 * 'a'} have 0 want 5", None),
    ("out of gas", "not hexadecimal"),
    ("nonce too low", {"address": "0x" + 40 * "a", "next": 5}),
    (f"transaction {HASH} not found", [HASH]),
    ("failed", {"hash": HASH}),
    ("failed", 7),
    ("failed", [[[[[[[[[[["0x08c379a0"]]]]]]]]]]]),
    ("failed", {"data": None}),
    ("failed", "0x123"),
    ("failed", "Bad instruction fd"),
    ("", ""),
]


@pytest.fixture
def trainer(node, perceptron):
    return dcai.deploy(dcai.connect(node), perceptron([1] * 40), dcai.DepositRefundTake())


# Errors


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_contracts_own_error_is_found_wherever_a_node_puts_it(shape):
    raised = explained(*shape(UNDERPAID))

    assert isinstance(raised, Underpaid)
    assert raised.figures == {"required": 5, "sent": 3}


@pytest.mark.parametrize("http", [200, 400, 500])
@pytest.mark.parametrize("shape", ["geth", "Parity", "Hardhat"])
def test_the_body_of_an_answer_is_read_whatever_its_status(faults, trainer, shape, http):
    faults.on("eth_estimateGas", turns.reshaped(SHAPES[shape], http))
    theirs = dcai.attach(dcai.connect(faults.url), trainer.address)

    with pytest.raises(Underpaid):
        theirs.contribute([1], "yes", deposit_wei=1)

    assert faults.seen.count("eth_estimateGas") == 1


@pytest.mark.parametrize(("message", "data"), OTHERS)
def test_an_error_of_another_kind_is_the_nodes(message, data):
    assert str(explained(message, data)).startswith("The node refuses: ")


@pytest.mark.parametrize(
    ("message", "data"),
    [
        ("execution reverted", None),
        ("execution reverted", "0x"),
        ("VM execution error.", "Reverted 0x"),
        ("VM execution error.", "revert"),
        ("execution reverted", "not hexadecimal"),
        ("execution reverted", {"reason": None}),
    ],
)
def test_a_contract_that_gives_no_reason_is_reported(message, data):
    assert str(explained(message, data)) == "The contract refuses, with no reason."


def test_the_errors_of_the_language_itself_are_read():
    no = "0x08c379a0" + f"{32:064x}{2:064x}" + "6e6f" + 60 * "0"
    assert str(explained("execution reverted: no", no)) == "The contract refuses: no."
    assert str(explained("execution reverted", f"0x4e487b71{17:064x}")) == "The contract refuses: panic 17."


# What is left out


def test_where_blocks_have_no_base_fee_legacy_transactions_are_sent(faults, trainer):
    faults.on("eth_getBlockByNumber", turns.without("baseFeePerGas"))
    faults.on("eth_maxPriorityFeePerGas", turns.error(-32601, "the method does not exist"))
    faults.on("eth_getTransactionReceipt", turns.without("effectiveGasPrice", "type"))
    chain = dcai.connect(faults.url, account=KEYS[0])
    before = chain.balance(PEOPLE[0])

    mine = dcai.attach(chain, trainer.address).contribute([1], "yes")

    sent = chain.request("eth_getTransactionByHash", [mine.receipt.transaction_hash])
    assert sent["type"] == "0x0"
    assert before - chain.balance(PEOPLE[0]) == mine.entry.deposit_wei + mine.receipt.fee_wei


@pytest.mark.parametrize(
    "turn",
    [
        turns.without("effectiveGasPrice"),
        turns.null("effectiveGasPrice"),
        turns.without("contractAddress", "type", "cumulativeGasUsed", "logsBloom", "from", "to"),
        turns.changed(lambda told: {**told, "timeboosted": False, "l1GasUsed": "0x0", "gasUsedForL1": None}),
        turns.null("l1Fee"),
        turns.changed(lambda told: {**told, "contractAddress": "", "blobGasPrice": "much"}),
    ],
)
def test_fields_of_a_receipt_that_are_not_needed_may_be_missing(faults, trainer, turn):
    faults.on("eth_getTransactionReceipt", turn)
    chain = dcai.connect(faults.url, account=KEYS[0])
    before = chain.balance(PEOPLE[0])

    mine = dcai.attach(chain, trainer.address).contribute([1], "yes")

    assert before - chain.balance(PEOPLE[0]) == mine.entry.deposit_wei + mine.receipt.fee_wei


@pytest.mark.parametrize(
    "turn", [turns.without("effectiveGasPrice"), turns.changed(lambda told: {**told, "l1Fee": "much"})]
)
def test_a_fee_that_the_node_does_not_say_is_not_made_up(faults, turn):
    faults.on("eth_getTransactionReceipt", turn)
    faults.on("eth_getTransactionByHash", turns.result(None))
    chain = dcai.connect(faults.url, account=KEYS[0])

    receipt = chain.send(PEOPLE[1], sender=PEOPLE[0], value=5)

    assert (receipt.ok, receipt.fee_wei) == (True, None)


def test_the_fee_of_an_l2_for_its_data_belongs_to_the_fee(faults):
    faults.on("eth_getTransactionReceipt", turns.changed(lambda told: {**told, "l1Fee": "0x64"}))
    chain = dcai.connect(faults.url, account=KEYS[0])
    before = chain.balance(PEOPLE[0])

    receipt = chain.send(PEOPLE[1], sender=PEOPLE[0])

    assert receipt.fee_wei == before - chain.balance(PEOPLE[0]) + 100


@pytest.mark.parametrize("turn", [turns.result(None), turns.result([]), turns.error(-32601, "no such method")])
def test_a_node_without_accounts_is_read_from(faults, trainer, turn):
    faults.on("eth_accounts", turn)
    chain = dcai.connect(faults.url)

    assert chain.accounts == []
    assert dcai.attach(chain, trainer.address).predict([1]) == "yes"


@pytest.mark.parametrize("turn", [turns.result(None), turns.result("much"), turns.error(-32601, "no such method")])
def test_a_node_that_does_not_say_what_gas_costs_is_reported(faults, turn):
    faults.on("eth_gasPrice", turn)

    with pytest.raises(errors.NodeError):
        Cost.on(dcai.connect(faults.url), Trial((1,), {}))


def test_a_receipt_with_null_for_an_empty_log_is_read(faults):
    faults.on("eth_getTransactionReceipt", turns.null("logs"))

    assert dcai.connect(faults.url).send(PEOPLE[1], sender=PEOPLE[0], value=5).logs == ()


LACKING = {
    "null": turns.null("logs"),
    "missing": turns.without("logs"),
    "empty": turns.changed(lambda told: {**told, "logs": []}),
    "removed": turns.changed(lambda told: {**told, "logs": [{**log, "removed": True} for log in told["logs"]]}),
    "nonsense": turns.changed(lambda told: {**told, "logs": [{**log, "data": "0x12"} for log in told["logs"]]}),
    "of another contract": turns.changed(
        lambda told: {**told, "logs": [{**log, "address": PEOPLE[1]} for log in told["logs"]]}
    ),
}


@pytest.fixture
def theirs(faults, node_chain, trainer):
    """Return a contribution that can be refunded, as a client sees it behind a line that may fail."""
    mine = trainer.contribute([1], "yes")
    node_chain.request("evm_increaseTime", [86_400])
    node_chain.request("evm_mine", [])
    return dcai.attach(dcai.connect(faults.url), trainer.address).contribution(mine.id)


@pytest.mark.parametrize("turn", LACKING.values(), ids=LACKING)
def test_a_receipt_that_lacks_the_event_for_a_while_is_asked_for_again(faults, theirs, turn):
    faults.on("eth_getTransactionReceipt", turn, times=3)

    assert theirs.refund() == theirs.entry.deposit_wei
    again = theirs.trainer.contribute([1], "yes")
    assert (again.id, again.receipt.logs != ()) == (2, True)


@pytest.mark.parametrize("turn", LACKING.values(), ids=LACKING)
def test_a_receipt_that_never_shows_the_event_leaves_the_outcome_open(faults, theirs, turn):
    theirs.trainer.chain.patience = 0.1
    faults.on("eth_getTransactionReceipt", turn)

    with pytest.raises(errors.TransactionPending, match=r"was sent.*look it up before you send it again") as caught:
        theirs.refund()

    assert faults.seen.count("eth_getTransactionReceipt") > 1
    assert caught.value.transaction_hash in str(caught.value)


def test_a_transaction_that_fails_in_the_block_that_replaces_its_own_failed(faults, theirs):
    faults.on("eth_getTransactionReceipt", turns.null("logs"), times=1)
    faults.on("eth_getTransactionReceipt", turns.changed(lambda told: {**told, "logs": [], "status": "0x0"}))

    with pytest.raises(errors.TransactionFailed, match="was sent and failed") as caught:
        theirs.refund()

    assert not isinstance(caught.value, errors.TransactionPending)


def test_entries_that_a_reorganisation_removed_do_not_count(faults, trainer):
    trainer.contribute([1], "yes")
    faults.on(
        "eth_getLogs",
        turns.changed(lambda told: [*told, {**told[-1], "removed": True}]),
    )

    assert len(dcai.connect(faults.url).logs(trainer.address)) == len(trainer.chain.logs(trainer.address))


def test_a_log_in_any_order_with_repetitions_and_strangers_is_the_contracts(faults, trainer):
    def mixed(told):
        stranger = {**told[-1], "address": PEOPLE[1]}
        later = {**told[-1], "blockNumber": "0xffffff"}
        return [stranger, later, *reversed(told), *told]

    trainer.contribute([1], "yes")
    faults.on("eth_getLogs", turns.changed(mixed))
    theirs = dcai.attach(dcai.connect(faults.url), trainer.address)

    assert theirs.chain.logs(trainer.address.lower()) == trainer.chain.logs(trainer.address)
    assert theirs.audit().ok


def test_a_log_that_lacks_a_contribution_is_reported(faults, node_chain, trainer):
    mine = trainer.contribute([1], "yes")
    node_chain.request("evm_increaseTime", [86_400])
    node_chain.request("evm_mine", [])
    mine.refund()
    contributed = "0x" + keccak(text="Contributed(uint256,address,uint256,uint256,uint256,uint256,bytes)").hex()
    faults.on("eth_getLogs", turns.changed(lambda told: [one for one in told if one["topics"][0] != contributed]))

    with pytest.raises(errors.NodeError, match=r"isn't whole: Refunded in block .*ask another node"):
        dcai.attach(dcai.connect(faults.url), trainer.address).contributions()


# Replicas that lag


def test_a_block_that_a_replica_does_not_have_yet_is_waited_for(faults, trainer):
    chain = dcai.connect(faults.url)
    faults.on("eth_getBlockByNumber", turns.result(None), times=2)
    faults.on("eth_getBalance", turns.error(-32000, "header not found"), times=2)
    faults.on("eth_call", turns.error(-32001, "block not found: 0x12"), times=1)

    assert chain.now() == chain.time_of(chain.block_number())
    assert chain.balance(PEOPLE[1], block=chain.block_number()) > 0
    assert dcai.attach(chain, trainer.address).audit().ok


def test_after_a_transaction_the_next_question_waits_for_a_replica_that_has_its_block(faults, perceptron):
    chain = dcai.connect(faults.url, account=KEYS[0])
    behind = hex(chain.block_number())

    def lagging(asked):
        """Know nothing of a block whose receipt was given until the client has asked twice whether it is there."""
        since = (
            faults.seen[::-1].index("eth_getTransactionReceipt") if "eth_getTransactionReceipt" in faults.seen else 0
        )
        there = since == 0 or faults.seen[-since:].count("eth_blockNumber") > 2
        missing = asked.reply(result=behind if asked.method == "eth_blockNumber" else "0x")
        return turns.Answer(asked.forward() if there else missing)

    for method in ("eth_blockNumber", "eth_call", "eth_getCode", "eth_estimateGas"):
        faults.on(method, lagging)

    trainer = dcai.deploy(chain, perceptron([1] * 40), dcai.DepositRefundTake())

    assert trainer.predict([1]) == "yes"


@pytest.mark.parametrize("method", ["eth_getCode", "eth_call"])
def test_a_contract_that_was_just_made_is_asked_for_again_as_of_its_block(faults, perceptron, method):
    chain = dcai.connect(faults.url, account=KEYS[0])
    trainer = dcai.deploy(chain, perceptron([1] * 40), dcai.DepositRefundTake())
    faults.on(method, turns.result("0x"), times=1)
    faults.on(method, turns.error(-32000, "header not found"), times=1)

    assert dcai.attach(chain, trainer.address).predict([1]) == "yes"


@pytest.mark.parametrize(
    "turn",
    [
        turns.result(None),
        turns.without("hash"),
        turns.without("mixHash"),
        turns.null("parentHash"),
        turns.changed(lambda told: {**told, "mixHash": 7.5}),
        turns.changed(lambda told: {**told, "number": "-0x1"}),
    ],
)
def test_a_header_that_lacks_what_a_market_needs_is_refused(faults, turn):
    chain = dcai.connect(faults.url)
    chain.patience = 0.1
    faults.on("eth_getBlockByNumber", turn)

    with pytest.raises(errors.NodeError):
        check_randomness(chain)
