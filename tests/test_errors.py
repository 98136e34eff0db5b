"""Every refusal is a typed exception with its figures in one sentence, and is free."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime
from unittest import mock

import numpy as np
import pytest
from eth_abi.abi import encode
from hypothesis import given, settings
from hypothesis import strategies as st

import dcai
from dcai import artifacts, errors, plugins
from dcai.chain import reverts
from dcai.chain.addresses import checked_address
from dcai.chain.codec import Codec, ErrorType, codec
from dcai.chain.reverts import decode_error, explained
from dcai.encoders import TextEncoder
from dcai.incentives.deposit_refund_take.errors import (
    AlreadyReported,
    AlreadyTaken,
    NothingGood,
    NotReported,
    Underpaid,
)
from dcai.incentives.gamified.errors import TooLate
from dcai.trainer import products
from dcai.trainer.settings import Settings
from tests.support import binary

TRAINER = "SparsePerceptronDRT"
PLENTY = 10**18

UNREACHABLE = {"RLPInvalidEncoding", "FieldNotPresentInBlockHeader"}
"""Of a library: what hashes to a block's hash is its header."""

NOT_OURS = {"Spam"}
"""Of the contract that shows how to ask a trainer, which isn't part of one."""

ERRORS = {
    error.name: (selector, error)
    for contract in artifacts.names()
    for selector, error in codec(contract).errors.items()
    if error.name not in UNREACHABLE | NOT_OURS
}
UNTOLD = {
    "NoneRefundable": {"positions"},  # up to 256 of them: the question is known to who asked it
    "NoneToSplit": {"positions"},
    "BadPositions": {"positions"},  # in binary digits
    "TooEarly": {"time"},  # the wait is in the text, if there is one
    "TooLate": {"time"},
}


TYPES = ["uint256", "uint8", "int128", "bool", "address", "bytes32", "bytes", "string", "uint256[]", "(bool,string)[2]"]

# what an attacker would write: offsets and lengths that point anywhere
words = st.lists(st.sampled_from([0, 1, 2, 31, 32, 64, 255, 2**32, 2**255, 2**256 - 1]), max_size=8).map(
    lambda numbers: b"".join(number.to_bytes(32, "big") for number in numbers)
)


def figure_of(kind, position):
    """Return a recognizable value: as the ABI encodes it, as an attribute, as text."""
    if kind == "address":
        address = "0x" + f"{0xA11CE + position:040x}"
        return address, checked_address(address), checked_address(address)
    if kind == "bytes32":
        return b"minimum".ljust(32, b"\0"), "minimum", "minimum"
    number = (3 if kind == "uint8" else 1_000_000_007) + position
    return number, number, str(number)


@pytest.fixture
def ripe(launch, chain, people):
    """Return a trainer with good data of the first two people and bad data of the third, all due."""
    trainer = launch()
    good = [trainer.contribute([i], "yes", sender=people[i]) for i in (1, 2)]
    bad = trainer.contribute([5], "no", sender=people[3])
    trainer.contribute([5], "yes", sender=people[4])
    chain.travel("1 day")
    return trainer, good, bad


# From the ABI


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_each_error_of_the_contracts_is_an_exception_with_its_figures_in_one_sentence(name):
    selector, error = ERRORS[name]
    figures = [figure_of(kind, position) for position, kind in enumerate(error.types)]
    data = encode(error.types, [encoded for encoded, _, _ in figures])

    raised = decode_error(selector + data)

    assert isinstance(raised, errors.ContractError)
    assert type(raised).__name__ == name
    assert [getattr(raised, figure) for figure in error.names] == [value for _, value, _ in figures]
    sentence = str(raised)
    assert sentence.endswith(".")
    assert "{" not in sentence
    for figure, (_, value, text) in zip(error.names, figures, strict=True):
        if figure in ("earliest", "end"):
            text = datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d %H:%M:%S")
        assert text in sentence or figure in UNTOLD.get(name, ())


def test_every_exception_declares_an_error_that_some_contract_of_ours_has():
    for incentive in plugins.incentives().values():
        plugins.room(incentive, "errors")
    ours = {kind.__name__ for kind in plugins.subclasses(errors.ContractError) if kind.__module__.startswith("dcai.")}

    assert ours == ERRORS.keys()


def test_the_time_errors_say_from_or_until_when():
    assert str(errors.TooEarly(earliest=3600, time=0)) == "Too early: allowed from 1970-01-01 01:00:00 UTC, in 1 hour."
    assert str(errors.TooEarly(earliest=3600, time=3600)) == "Too early: allowed from 1970-01-01 01:00:00 UTC."
    assert str(errors.TooEarly(earliest=2**255, time=0)).startswith(f"Too early: allowed from second {2**255}, in ")
    assert str(TooLate(end=3600, time=7200)).startswith("Too late: allowed until 1970-01-01 01:00:00 UTC. ")


# Of other people's contracts


@pytest.fixture
def foreign(tmp_path, monkeypatch):
    """Return a function that makes a contract known which has an error, and gives the error's selector."""
    monkeypatch.setattr(artifacts, "_files", {})

    def make(name, *figures):
        inputs = [{"type": type_, "name": figure} for type_, figure in figures]
        abi = [{"type": "error", "name": name, "inputs": inputs}]
        contract = f"{tmp_path.name}{name}"
        (tmp_path / f"{contract}.json").write_text(json.dumps({"abi": abi, "bytecode": "0x00"}))
        artifacts.add(tmp_path)
        return next(iter(Codec(abi).errors))

    yield make
    artifacts._all.cache_clear()


def test_an_error_that_no_contract_of_ours_has_is_reported_by_its_name_and_figures(foreign):
    raised = decode_error(foreign("Paused", ("uint256", "until")) + encode(["uint256"], [7]))

    assert type(raised) is errors.ContractReverted
    assert str(raised) == "The contract refuses: Paused (until 7)."


def test_an_error_named_as_one_of_ours_with_other_figures_is_another_error(foreign):
    selector = foreign("TooEarly", ("uint256", "deadline"))

    raised = explained("execution reverted", "0x" + (selector + encode(["uint256"], [7])).hex())

    assert type(raised) is errors.ContractReverted
    assert str(raised) == "The contract refuses: TooEarly (deadline 7)."


def test_figures_of_strangers_are_short_and_cannot_steer_a_terminal(foreign):
    types = ["string", "bytes", "uint256[]"]
    selector = foreign("Odd", *zip(types, ("text", "data", "numbers"), strict=True))

    raised = str(decode_error(selector + encode(types, ["\x1b[31mred\n" * 99, b"\7" * 999, [7] * 999])))

    assert raised.isprintable()
    assert len(raised) < 400


def test_an_error_that_no_contract_here_has_is_reported_by_its_bytes():
    assert decode_error(b"\1\2\3\4\5") is None
    assert str(explained("execution reverted", "0x0102030405")) == "The contract refuses, with 0x0102030405."


SELECTORS = [selector for selector, _ in ERRORS.values()]


@settings(max_examples=1_000, deadline=None)
@given(selector=st.sampled_from(SELECTORS), figures=st.one_of(st.binary(max_size=200), words))
def test_whatever_bytes_follow_a_selector_there_is_an_exception_with_a_sentence(selector, figures):
    raised = decode_error(selector + figures)

    assert isinstance(raised, errors.ContractReverted)
    assert str(raised).endswith(".")
    assert str(raised).isprintable()


@settings(max_examples=300, deadline=None)
@given(types=st.lists(st.sampled_from(TYPES), max_size=4), figures=st.one_of(st.binary(max_size=300), words))
def test_whatever_bytes_a_strangers_error_has_there_is_a_sentence(types, figures):
    declared = ErrorType("Foreign", tuple(f"figure{at}" for at in range(len(types))), tuple(types))

    with mock.patch.object(reverts, "_in_artifacts", return_value=declared):
        raised = decode_error(b"\1\2\3\4" + figures)

    assert str(raised).startswith("The contract refuses")
    assert str(raised).isprintable()


@settings(max_examples=300, deadline=None)
@given(
    message=st.one_of(st.text(), st.text().map(lambda text: f"execution reverted: b'{text}'")),
    data=st.none() | st.text(),
)
def test_whatever_a_node_answers_is_one_of_our_errors(message, data):
    assert isinstance(explained(message, data), errors.DcaiError)


def test_an_error_has_no_figures_but_its_own():
    error = Underpaid(required=5, sent=3)

    with pytest.raises(AttributeError, match="deposit"):
        _ = error.deposit
    assert error.figures == {"required": 5, "sent": 3}


def test_an_error_can_be_sent_to_another_process():
    error = Underpaid(required=5, sent=3)

    copy = pickle.loads(pickle.dumps(error))

    assert (type(copy), str(copy), copy.required) == (Underpaid, str(error), 5)


# Bad samples, labels and deposits


@pytest.mark.parametrize(
    ("indices", "words"),
    [
        ([3, 1], ["increase", "[3 1]"]),
        ([1, 1], ["increase", "[1 1]"]),
        ([-1, 3], ["[-1", "65,535"]),
        ([3, 40], ["feature 40", "0 to 39"]),
        ([3, 70_000], ["70000", "65,535"]),
        ([], ["at least one feature"]),
        ([1.5, 2.5], ["whole numbers"]),
    ],
    ids=str,
)
def test_a_sample_that_the_contract_would_refuse_is_not_sent(launch, refused, people, indices, words):
    trainer = launch()

    for send in (
        lambda: trainer.contribute(indices, "yes", sender=people[1]),
        lambda: trainer.contribute_many([[1], indices], ["yes", "no"], sender=people[1], progress=False),
        lambda: trainer.predict(indices),
        lambda: trainer.quote(indices),
    ):
        with refused(errors.InvalidInput, *words):
            send()


def test_a_text_without_a_known_word_is_not_sent(launch, refused, people):
    words = [f"word{i:02}" for i in range(40)]
    trainer = launch(encoder=TextEncoder(vocabulary_size=40).fit([" ".join(words)]))

    with refused(errors.InvalidInput):
        trainer.contribute("nothing of it", "yes", sender=people[1])


def test_of_many_inputs_the_wrong_one_is_named_and_none_is_sent(launch, refused, people):
    trainer = launch()

    with refused(errors.InvalidInput, "Input 1 of 3"):
        trainer.contribute_many([[1], [2, 1], [3]], ["yes"] * 3, sender=people[1], progress=False)
    with refused(errors.InvalidInput, "3 inputs", "2 labels"):
        trainer.contribute_many([[1], [2], [3]], ["yes"] * 2, sender=people[1], progress=False)


@pytest.mark.parametrize("label", ["maybe", "", "Yes", 2, -1, 256, 2**256, 0.5, None, [1]], ids=repr)
def test_an_unknown_label_is_not_sent(launch, refused, people, label):
    trainer = launch()

    with refused(errors.DcaiError, "class", repr(label)):
        trainer.contribute([1], label, sender=people[1])
    with refused(errors.DcaiError, "class", repr(label)):
        trainer.contribute_many([[1], [2]], ["yes", label], sender=people[1], progress=False)


@pytest.mark.parametrize("label", [1, np.int64(1), np.uint8(1), "yes", np.str_("yes")], ids=repr)
def test_a_label_is_a_number_or_a_name_of_pythons_or_numpys(launch, people, label):
    trainer = launch()

    assert trainer.contribute([1], label, sender=people[1]).entry.label == 1
    assert trainer.contribute_many([[1]], [label], sender=people[1], progress=False)[0].entry.samples() == [
        (b"\0\1", 1)
    ]


def test_too_little_money_is_not_sent(launch, refused, people):
    trainer = launch()

    with refused(Underpaid, "of 17 wei", "quote()") as caught:
        trainer.contribute([1], "yes", sender=people[1], deposit_wei=17)
    assert caught.value.sent == 17
    with refused(Underpaid, "of 34 wei"):
        trainer.contribute_many([[1], [2]], ["yes", "no"], sender=people[1], deposit_wei=17, progress=False)


@pytest.mark.parametrize("deposit_wei", [-1, 0.5, 1e16, "1 ether", 2**256])
def test_a_deposit_that_is_not_an_amount_of_wei_is_not_sent(launch, refused, people, deposit_wei):
    trainer = launch()

    with refused(errors.InvalidInput, "wei", deposit_wei):
        trainer.contribute([1], "yes", sender=people[1], deposit_wei=deposit_wei)


@pytest.mark.parametrize("backend", ["py-evm", "anvil"])
def test_a_deposit_that_nobody_has_is_not_sent(backend, perceptron, request):
    if backend == "anvil":
        request.getfixturevalue("anvil")
    with dcai.local_chain(backend) as chain:
        trainer = dcai.deploy(chain, perceptron([1] * 40), dcai.DepositRefundTake())
        block = chain.block_number()

        with pytest.raises(dcai.DcaiError):
            trainer.contribute([1], "yes", deposit_wei=10**27)
        assert chain.block_number() == block


@pytest.mark.parametrize("sender", ["0x" + "12" * 20, "alice", "0x12", 7], ids=repr)
def test_a_sender_who_is_not_here_is_named(launch, refused, sender):
    trainer = launch()

    with refused(errors.InvalidInput, sender):
        trainer.contribute([1], "yes", sender=sender)


def test_without_an_account_nothing_is_sent(ripe, chain, perceptron, people, refused):
    trainer, (first, _), bad = ripe
    chain.accounts = []

    for send in (
        lambda: trainer.contribute([1], "yes"),
        lambda: first.refund(),
        lambda: bad.report(),
        lambda: dcai.deploy(chain, perceptron([1] * 40), dcai.DepositRefundTake()),
    ):
        with refused(errors.InvalidInput, "No account", "account=…"):
            send()
    assert trainer.predict([1]) == "yes"


# Bad moments, wrong people


def test_too_early_names_the_moment_and_the_wait(launch, chain, refused, people):
    trainer = launch()
    mine = trainer.contribute([1], "yes", sender=people[1])
    due = datetime.fromtimestamp(mine.entry.time + 86_400, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")

    with refused(errors.TooEarly, due, "23 hours 59 minutes"):
        mine.refund()
    with refused(NothingGood):
        mine.take(sender=people[2])


def test_nothing_is_paid_twice(ripe, chain, refused, people):
    _, (first, second), bad = ripe
    first.refund()
    bad.report(sender=people[1])

    with refused(errors.NothingLeft, f"contribution {first.id}"):
        first.refund()
    with refused(AlreadyReported, people[1], f"contribution {bad.id}"):
        bad.report(sender=people[1])
    second.refund()
    chain.travel("1 day")
    bad.take(sender=people[1])
    with refused(AlreadyTaken, people[1], f"contribution {bad.id}"):
        bad.take(sender=people[1])


def test_only_the_author_is_refunded(ripe, chain, refused, people):
    trainer, (first, _), _ = ripe

    with refused(errors.NotAuthor, people[1], people[2]):
        chain.invoke(TRAINER, trainer.address, "refund", first.entry.claim(), first.entry.slot, sender=people[2])
    chain.accounts = [people[2]]
    with refused(errors.NotAuthor, people[1], people[2]):
        first.refund()


def test_a_reporter_needs_something_good_and_reports_others_only(ripe, refused, people):
    _, (first, _), bad = ripe

    with refused(NothingGood, people[1]):
        bad.report(sender=people[1])
    first.refund()
    with refused(NotReported, people[1]):
        bad.take(sender=people[1])
    with refused(errors.OwnContribution, f"Contribution {bad.id}"):
        bad.report(sender=people[3])
    with refused(errors.ModelDisagrees, "says 1", "says 0"):
        bad.refund()


@pytest.mark.parametrize("positions", [[2], [-1], [0, 256]])
def test_positions_that_a_batch_does_not_have_are_named(launch, chain, refused, people, positions):
    trainer = launch()
    (batch,) = trainer.contribute_many([[1], [2]], ["yes"] * 2, sender=people[1], progress=False)
    chain.travel("1 day")

    for claim in (batch.refund, batch.split):
        with refused(errors.InvalidInput, "0 to 1", positions):
            claim(positions)


def test_what_is_for_batches_is_not_for_single_samples(ripe, refused):
    _, (first, _), _ = ripe

    with refused(errors.DcaiError, f"{first.id} is a single sample"):
        first.split([0])


def test_a_contribution_that_is_not_there_is_named(ripe, refused):
    trainer, _, _ = ripe

    with refused(errors.InvalidInput, "contribution 99", trainer.address):
        trainer.contribution(99)


# Wrong addresses


@pytest.mark.parametrize("address", ["", "0x12", "alice.eth", "0x" + "g" * 40, None, 7], ids=repr)
def test_what_is_not_an_address_is_reported(chain, refused, address):
    with refused(errors.InvalidInput, repr(address), "40 hexadecimal digits"):
        dcai.attach(chain, address)


def test_an_address_without_a_contract_is_reported_with_the_chain(chain, refused, people):
    with refused(errors.NoTrainer, people[1], chain.backend, chain.chain_id):
        dcai.attach(chain, people[1])


def test_a_contract_that_is_not_a_trainer_is_reported(chain, refused, people):
    code = bytes.fromhex(artifacts.load("ReviewGate")["bytecode"][2:]) + bytes(64)
    gate = chain.send(None, code, sender=people[0]).contract_address

    for address in (gate, products.address_of("TrainerFactory"), products.address_of(TRAINER)):
        with refused(errors.NoTrainer, address, "isn't a trainer"):
            dcai.attach(chain, address)


def test_a_clone_of_other_code_is_not_a_trainer(chain, refused, people):
    factory = products.address_of("TrainerFactory")
    # initialisation of a clone of an account without code does nothing, successfully
    settings = Settings(dcai.DepositRefundTake(), binary.settings(40), "Trap", ("no", "yes")).packed()
    receipt = chain.invoke(
        "TrainerFactory", factory, "create", people[5], settings, bytes(32), bytes(42), sender=people[0]
    )

    with refused(errors.NoTrainer, "runs other code"):
        dcai.attach(chain, codec("TrainerFactory").event(receipt.logs[0]).args["trainer"])


def test_a_question_to_nobody_is_not_an_answer(chain, refused, people):
    with refused(errors.NodeError, people[1], "no such contract"):
        chain.read(TRAINER, people[1], "price", 1, 1, 1)


def test_a_person_is_an_address(ripe, refused):
    trainer, _, _ = ripe

    with refused(errors.InvalidInput, "'alice'", "40 hexadecimal digits"):
        trainer.good("alice")
