"""Calls of a trainer, prepared: nothing is sent, and any account can send them."""

from __future__ import annotations

import numpy as np
import pytest

import dcai
from dcai import errors
from dcai.trainer.deploy import prepare
from dcai.trainer.products import ensure_proxy

TERMS = {"weight_wei": 0, "minimum_wei": 10}


def contributed(trainer):
    return [(one.entry.author, one.entry.samples()) for one in trainer.contributions()]


def test_preparing_sends_nothing_and_anybody_can_send_it(launch, chain, people):
    trainer = launch(name="Films", **TERMS)
    before = chain.block_number(), [chain.balance(person) for person in people]

    one = trainer.prepare.contribute([1, 2], "yes")
    (batch,) = trainer.prepare.contribute_many([[3], [4]], ["no", "yes"])

    assert (chain.block_number(), [chain.balance(person) for person in people]) == before
    assert trainer.contributions() == []
    assert one.what == "Contribute 1 sample labelled 'yes' with a deposit of 10 wei to 'Films'"
    assert batch.what == "Contribute 2 samples with a deposit of 20 wei to 'Films'"
    assert (one.to, one.value, one.gas, batch.value) == (trainer.address, 10, None, 20)
    for person, call in ((people[3], one), (people[4], batch)):
        chain.account(person).send(call)
    assert contributed(trainer) == [
        (people[3], [(b"\0\1\0\2", 1)]),
        (people[4], [(b"\0\3", 0), (b"\0\4", 1)]),
    ]


def test_what_is_prepared_is_what_the_verb_sends(launch, chain, people):
    trainer = launch(**TERMS)
    prepared = trainer.prepare.contribute([1, 2], "yes", gas=300_000)

    mine = trainer.contribute([1, 2], "yes", sender=people[1], gas=300_000)

    sent = chain.request("eth_getTransactionByHash", [mine.receipt.transaction_hash])
    if chain.backend == "anvil":
        assert sent["input"] == prepared.transaction()["data"]
        assert (sent["value"], sent["gas"]) == (hex(prepared.value), hex(prepared.gas))


def test_claims_of_a_deposit_are_prepared_and_sent_by_anybody_who_may(launch, chain, people):
    trainer = launch((5,) * 40, **TERMS)
    good = trainer.contribute([1], "yes", sender=people[1])
    bad = trainer.contribute([2], "no", sender=people[2])
    (batch,) = trainer.contribute_many([[3], [4]], ["yes", "no"], sender=people[3], progress=False)
    chain.travel("1 day")
    block, prepare = chain.block_number(), trainer.prepare

    calls = [
        (people[1], prepare.refund(good), "Refund contribution 1"),
        (people[1], prepare.report(bad), "Report contribution 2"),
        (people[3], prepare.refund(batch, positions=[0]), "Refund contribution 3"),
        (people[1], prepare.report(batch), "Report contribution 3"),
        (people[3], prepare.split(batch, [1]), "Split samples off contribution 3"),
    ]
    late = prepare.take(bad)

    assert chain.block_number() == block
    for person, call, what in calls:
        assert call.what.startswith(what)
        assert chain.account(person).send(call).ok
    chain.travel("1 day")
    assert chain.account(people[1]).send(late).ok
    assert trainer.audit().ok
    assert trainer.contribution(2).entry.taken_by == {people[1]}


def test_points_are_prepared_too(chain, perceptron, people):
    trainer = dcai.deploy(chain, perceptron([1] * 40), dcai.Gamified(reporter_good=1))
    mine = trainer.contribute([1], "yes", sender=people[1])
    chain.travel("1 day")
    block = chain.block_number()

    call = trainer.prepare.validate(mine)

    assert chain.block_number() == block
    chain.account(people[1]).send(call)
    assert trainer.points(people[1]) > 0


def test_a_class_is_added_by_a_prepared_call(chain, people):
    model = dcai.SparsePerceptron(classes=("no", "yes"), max_classes=3).fit(np.eye(3), [0, 1, 0])
    trainer = dcai.deploy(chain, model, dcai.DepositRefundTake(), sender=people[2])

    call = trainer.prepare.add_class("maybe")
    assert dcai.attach(chain, trainer.address).labels == ("no", "yes")
    with pytest.raises(errors.InvalidInput, match="There is a class 'yes' already"):
        trainer.prepare.add_class("yes")
    chain.account(people[2]).send(call)

    assert trainer.classes.number("maybe") == 2
    assert trainer.labels == ("no", "yes", "maybe")


def test_a_deployment_is_a_list_of_calls_whose_address_is_known_before(chain, people):
    model = dcai.SparsePerceptron(classes=("no", "yes")).fit(np.zeros((0, 20_000)), [])
    encoder = dcai.HashingEncoder(20_000).fit()
    block = chain.block_number()

    prepared = prepare(chain, model, dcai.Gamified(), encoder=encoder, name="Words", salt=3, creator=people[4])

    assert chain.block_number() == block
    assert [call.what.split(" ")[0] for call in prepared.calls][-3:] == ["Create", "Load", "Publish"]
    account = chain.account(people[4])
    ensure_proxy(chain, account)
    for call in prepared.calls:
        account.send(call)
    trainer = dcai.attach(chain, prepared.deployed.address)
    assert (trainer.name, trainer.creator, trainer.encoder.spec()) == ("Words", people[4], encoder.spec())
    assert trainer.model().parameters() == model.twin.parameters()


@pytest.mark.parametrize("amount", [-1, 1e18, "1", 2**256])
def test_an_amount_that_cannot_be_sent_is_refused_when_the_call_is_prepared(launch, amount):
    trainer = launch(**TERMS)

    with pytest.raises(errors.InvalidInput, match="A deposit is a whole number of wei"):
        trainer.prepare.contribute([1], "yes", deposit_wei=amount)


def test_a_claim_is_prepared_by_the_trainer_of_the_contribution_alone(launch, people):
    trainer, other = launch(name="Ours", **TERMS), launch(name="Theirs", **TERMS)
    mine = trainer.contribute([1], "yes", sender=people[1])

    with pytest.raises(
        errors.InvalidInput, match=f"made to the trainer at {trainer.address}.* this one is at {other.address}"
    ):
        other.prepare.refund(mine)
    with pytest.raises(errors.InvalidInput, match=r"1 is not a contribution; trainer.contribution\(number\)"):
        trainer.prepare.report(1)


def test_a_number_names_a_class_where_classes_are_named_by_numbers(chain, perceptron):
    trainer = dcai.deploy(chain, perceptron([5] * 40, classes=("2", "1")), dcai.DepositRefundTake(**TERMS))

    assert "labelled '1'" in trainer.prepare.contribute([1], 1).what
    assert "labelled '2'" in trainer.prepare.contribute([1], np.int64(2)).what
    with pytest.raises(errors.InvalidInput, match="There is no class '0'; the classes are '2', '1'"):
        trainer.prepare.contribute([1], 0)
