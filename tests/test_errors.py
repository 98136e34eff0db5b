"""Every refusal is a typed exception with its figures in one sentence, and is free."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

import dcai
from dcai import artifacts, errors
from dcai.chain.codec import codec
from dcai.encoders import TextEncoder
from dcai.incentives.deposit_refund_take.errors import (
    AlreadyReported,
    AlreadyTaken,
    NothingGood,
    NotReported,
    Underpaid,
)
from dcai.trainer import products
from dcai.trainer.settings import Settings
from tests.support import binary

TRAINER = "SparsePerceptronDRT"


@pytest.fixture
def ripe(launch, chain, people):
    """Return a trainer with good data of the first two people and bad data of the third, all due."""
    trainer = launch()
    good = [trainer.contribute([i], "yes", sender=people[i]) for i in (1, 2)]
    bad = trainer.contribute([5], "no", sender=people[3])
    trainer.contribute([5], "yes", sender=people[4])
    chain.travel("1 day")
    return trainer, good, bad


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

    with refused(errors.InvalidInput, "Row 2 of 3"):
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


@pytest.mark.parametrize("deposit_wei", [-1, 0.5, 1e16, "1 finney", "1", 2**256])
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
            trainer.contribute([1], "yes", deposit_wei=10**27, force=True)
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
    # one instruction, STOP: the initialisation of its clone does nothing, successfully
    nothing = chain.send(None, bytes.fromhex("6001600c60003960016000f300"), sender=people[0]).contract_address
    settings = Settings(dcai.DepositRefundTake(), binary.settings(40), "Trap", ("no", "yes")).packed()
    receipt = chain.invoke(
        "TrainerFactory", factory, "create", nothing, settings, bytes(32), bytes(42), sender=people[0]
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
