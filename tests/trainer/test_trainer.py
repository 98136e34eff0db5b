"""The trainer object: everything that people do with a shared model, from texts to money."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

import dcai
from dcai import errors
from dcai.samples import pack_batch, pack_sparse

TRAINER = "SparsePerceptronDRT"
PLENTY = 10**18
TEXTS = ["a wonderful film", "wonderful and moving", "dull and far too long", "far too dull"]
LABELS = ["positive", "positive", "negative", "negative"]

# where the compiler puts them: behind the 2,049 slots of the packed state
RECORDS, GOOD = 4100, 4104


@pytest.fixture
def encoder():
    return dcai.TextEncoder(vocabulary_size=20).fit(TEXTS)


@pytest.fixture
def films(chain, people, encoder):
    """Return a trainer of film reviews."""
    model = dcai.SparsePerceptron(classes=("negative", "positive")).fit(encoder.transform(TEXTS), LABELS)
    return dcai.deploy(chain, model, dcai.DepositRefundTake(), encoder=encoder, name="Films", sender=people[0])


# From an address alone


def test_an_address_is_enough_to_predict_contribute_and_be_refunded(films, chain, people):
    trainer = dcai.attach(chain, films.address)
    assert (trainer.name, trainer.labels, trainer.creator) == ("Films", ("negative", "positive"), people[0])
    assert trainer.encoder.spec() == films.encoder.spec()
    assert trainer.predict("a wonderful evening") == "positive"

    mine = trainer.contribute("long and dull", "negative", sender=people[1])
    chain.travel("1 day")

    assert mine.refund() == mine.entry.deposit_wei
    assert trainer.good(people[1]) == 1


def test_the_money_that_a_refund_brings_arrives(films, chain, people):
    before = chain.balance(people[1])
    mine = films.contribute("long and dull", "negative", sender=people[1])
    assert before - chain.balance(people[1]) == mine.entry.deposit_wei + mine.receipt.fee_wei
    chain.travel("1 day")

    paid_in = chain.balance(people[1])
    mine.refund()

    assert chain.balance(people[1]) - paid_in == pytest.approx(mine.entry.deposit_wei, rel=0.1)
    assert chain.balance(films.address) == 0


def test_many_predictions_are_those_that_the_contract_gives(films):
    texts = [*TEXTS, "dull", "wonderful", "a film too far", "and"]

    assert films.predict_many(texts) == [films.predict(text) for text in texts]
    assert films.predict_many([]) == []


def test_the_largest_score_wins_and_the_first_of_two_that_are_level(films):
    for text in [*TEXTS, "dull wonderful"]:
        scores = films.score(text)
        assert list(scores) == ["negative", "positive"]
        assert films.predict(text) == max(scores, key=scores.get)


def test_the_model_on_the_chain_is_the_one_that_was_fitted_and_goes_on_learning(films, encoder):
    model = dcai.SparsePerceptron(classes=("negative", "positive")).fit(encoder.transform(TEXTS), LABELS)
    assert films.model().parameters() == model.twin.parameters()

    films.contribute("wonderful", "negative")
    model.partial_fit(encoder.transform(["wonderful"]), ["negative"])

    assert films.model().parameters() == model.twin.parameters()
    rows = encoder.transform(TEXTS)
    assert films.model().estimator().predict(rows).tolist() == model.predict(rows).tolist()


def test_without_an_encoder_feature_indices_are_contributed(launch, people):
    trainer = launch()

    assert trainer.predict([1, 2, 30]) == "yes"
    assert trainer.contribute([1, 2, 30], "yes", sender=people[1]).entry.sample == pack_sparse([1, 2, 30])


def test_rows_of_a_table_are_contributed_as_they_are(chain):
    rows = np.array([[1.0, 5.0], [2.0, 6.0], [3.0, 7.0], [4.0, 8.0]])
    encoder = dcai.TabularEncoder().fit(rows)
    model = dcai.SparsePerceptron(classes=("low", "high")).fit(encoder.transform(rows), [0, 0, 1, 1])
    trainer = dcai.attach(chain, dcai.deploy(chain, model, dcai.DepositRefundTake(), encoder=encoder).address)

    assert trainer.predict_many(rows) == model.predict(encoder.transform(rows)).tolist()
    made = trainer.contribute_many(rows, np.array([0, 0, 1, 1]), progress=False)
    assert [label for _, label in made[0].entry.samples()] == [0, 0, 1, 1]


PEOPLE = pd.DataFrame({"age": [31, 52, None, 60], "work": ["sales", "law", "sales", "law"]})


def test_rows_with_categories_are_asked_about_and_contributed_by_name_or_in_order(chain):
    encoder = dcai.TabularEncoder(bins=2).fit(PEOPLE)
    model = dcai.NaiveBayes(classes=("poor", "rich")).fit(encoder.transform(PEOPLE), [0, 1, 0, 1])
    trainer = dcai.attach(chain, dcai.deploy(chain, model, dcai.DepositRefundTake(), encoder=encoder).address)
    more = PEOPLE.assign(label=["poor", "rich", "poor", "rich"])[["label", "work", "age"]]

    assert trainer.predict_many(more) == trainer.predict_many(PEOPLE.to_numpy()) == list(more["label"])
    for row in ({"work": "law", "age": None}, [None, "law"], more.assign(age=None).iloc[1]):
        assert trainer.predict(row) == "rich"
        assert trainer.contribute(row, "rich").entry.sample == trainer.inputs.sample([None, "law"])
    made = trainer.contribute_many(more, more["label"], progress=False)
    assert [sample for sample, _ in made[0].entry.samples()] == [trainer.inputs.sample(row) for row in PEOPLE.values]
    assert trainer.explain({"work": "law", "age": None}).names == ("age is missing", "work = law")


# What it costs


def test_a_quote_is_the_price_of_the_next_block_and_the_highest_there_is(launch, chain):
    trainer = launch(size_unit=2)
    chain.travel("10 minutes")
    _, _, last = chain.read(TRAINER, trainer.address, "progress")
    then = chain.now() + 1

    for quote, count, size in (
        (trainer.quote(), 1, 2),
        (trainer.quote([1]), 1, 2),
        (trainer.quote([1, 2, 3]), 1, 3),
        (trainer.quote(many=[[1], [2, 3], [4, 5, 6]]), 3, 7),
    ):
        price, highest = (chain.read(TRAINER, trainer.address, "price", count, size, time) for time in (then, last))
        assert price <= quote.price_wei < price + count
        assert highest <= quote.deposit_wei < highest + count
        assert quote.price_wei % count == quote.deposit_wei % count == 0


def test_a_quote_of_nothing_is_refused(launch, refused):
    trainer = launch()

    with refused(errors.InvalidInput):
        trainer.quote(many=[])


def test_the_deposit_is_the_quoted_one_or_the_one_that_is_given(launch, people):
    trainer = launch()

    quoted = trainer.quote([1]).deposit_wei
    assert trainer.contribute([1], "yes", sender=people[1]).entry.deposit_wei == quoted
    assert trainer.contribute([1], "yes", sender=people[1], deposit_wei=PLENTY, force=True).entry.deposit_wei == PLENTY
    (batch,) = trainer.contribute_many([[1], [2]], ["yes"] * 2, deposit_wei=PLENTY, force=True, progress=False)
    assert batch.entry.deposit_wei == 2 * PLENTY


# Batches


def test_many_contributions_go_in_batches_that_learn_in_order(launch, people):
    trainer = launch((0,) * 40)
    random = np.random.default_rng(5)
    rows = [sorted(random.choice(40, 5, replace=False).tolist()) for _ in range(600)]
    labels = random.integers(0, 2, 600)
    twin = trainer.model()

    made = trainer.contribute_many(rows, labels, sender=people[1], progress=False)

    assert [len(batch.entry.samples()) for batch in made] == [256, 256, 88]
    for row, label in zip(rows, labels.tolist(), strict=True):
        twin.learn(pack_sparse(row), label)
    assert trainer.model().parameters() == twin.parameters()
    assert trainer.contribute_many([], [], progress=False) == []


@pytest.mark.parametrize("features", [1_000, 65_535])
def test_no_batch_needs_more_gas_than_a_transaction_may_use(anvil, launch, people, features):
    trainer = launch((0,) * features)
    random = np.random.default_rng(6)
    rows = [np.sort(random.choice(features, 90, replace=False)) for _ in range(200)]

    made = trainer.contribute_many(rows, [1, 0] * 100, sender=people[1], progress=False)

    assert sum(len(batch.entry.samples()) for batch in made) == 200
    assert max(batch.receipt.gas_used for batch in made) < 16_777_216


def test_what_needs_more_gas_than_a_transaction_may_use_is_not_sent(anvil, launch, chain, people, refused):
    trainer = launch((0,) * 65_535)
    samples = [pack_sparse(range(start, 65_535, 200)) for start in (0, 33, 66)]
    batch = pack_batch(samples, [1, 0, 1])

    with refused(dcai.DcaiError, "16,777,216"):
        chain.invoke(TRAINER, trainer.address, "contributeBatch", batch, 0, sender=people[1], value=3 * PLENTY)


# What became of it


@pytest.fixture
def eventful(launch, chain, people):
    """Return a trainer with one of each kind of contribution and claim."""
    trainer = launch(weight_wei=0, minimum_wei=100)
    good = trainer.contribute([1], "yes", sender=people[1])
    batch, *_ = trainer.contribute_many([[2], [3], [4, 5]], ["yes", "yes", "no"], sender=people[2], progress=False)
    trainer.contribute([4, 5], "yes", sender=people[3])
    chain.travel("1 day")
    good.refund()
    batch.refund([0])
    batch.report(sender=people[1])
    trainer.contribute([6], "yes", sender=people[4])
    chain.travel("1 day")
    (part,) = batch.split([2], sender=people[1])
    part.take(sender=people[1])
    return trainer


def test_the_log_tells_what_became_of_every_contribution(eventful, chain, people):
    contributions = {one.id: one.entry for one in dcai.attach(chain, eventful.address).contributions()}

    assert list(contributions) == [1, 2, 6, 7, 5]
    good, batch, correction, later, part = contributions.values()
    assert (good.open_wei, good.author) == (0, people[1])
    assert (batch.open_wei, batch.closed) == (100, 0b101)
    assert correction.open_wei == later.open_wei == 100
    assert (part.open_wei, part.taken_by, part.author) == (0, {people[1]}, people[2])
    assert part.reports == {people[1]: chain.read(TRAINER, eventful.address, "reported", part.id, people[1])[0]}
    assert later.slot == good.slot
    assert (good.is_batch, batch.is_batch, part.is_batch) == (False, True, False)


def test_the_audit_finds_nothing_where_nothing_is_wrong(eventful, chain):
    audit = eventful.audit()

    assert (audit.ok, audit.problems) == (True, ())
    assert audit.owed_wei == audit.balance_wei == chain.balance(eventful.address) == 300
    assert audit.contributions == 5


@pytest.mark.parametrize(
    ("place", "value", "named"),
    [
        (0, 1 << 255, "Slot 0"),
        (1, 12345, "Slot 1"),
        (keccak(encode(["uint256", "uint256"], [6, RECORDS])), 10**20, "record of contribution 6"),
        ("good", 17, "17 good contributions, the log gives 1"),
        ("balance", 299, "has 299 wei and owes 300"),
    ],
    ids=["bookkeeping", "weights", "a record", "good contributions", "money"],
)
def test_the_audit_names_what_differs_from_the_log(eventful, chain, people, place, value, named):
    if chain.backend != "anvil":
        pytest.skip("py-evm lets nobody write into a contract")
    word = "0x" + value.to_bytes(32, "big").hex()
    if place == "balance":
        chain.request("anvil_setBalance", [eventful.address, hex(value)])
    else:
        if place == "good":
            place = keccak(encode(["address", "uint256"], [people[1], GOOD]))
        slot = place if isinstance(place, bytes) else place.to_bytes(32, "big")
        chain.request("anvil_setStorageAt", [eventful.address, "0x" + slot.hex(), word])

    audit = eventful.audit()

    assert not audit.ok
    assert len(audit.problems) == 1
    assert named in audit.problems[0]


def test_a_contribution_found_in_the_log_is_as_good_as_the_one_made_here(films, chain, people):
    films.contribute("long and dull", "negative", sender=people[1])
    chain.travel("1 day")

    found = dcai.attach(chain, films.address).contribution(1)

    assert found.receipt is None
    assert found.refund() == found.entry.deposit_wei


def test_whoever_attaches_uses_a_finished_slot_again_but_none_in_use(launch, chain, people):
    trainer = launch()
    made = [trainer.contribute([i], "yes", sender=people[1]) for i in range(3)]
    chain.travel("1 day")
    for one in made:
        one.refund()
    assert trainer.contribute([4], "yes", sender=people[1]).entry.slot == 3

    other = dcai.attach(chain, trainer.address)
    other.find_slots()

    assert {other.contribute([4], "yes", sender=people[2]).entry.slot for _ in range(2)} == {1, 2}
    assert other.contribute([4], "yes", sender=people[2]).entry.slot == 7


def test_trainers_and_contributions_say_what_they_are(films, people):
    single = films.contribute("dull", "negative", sender=people[1])
    (batch,) = films.contribute_many(["dull", "far"], ["negative"] * 2, sender=people[1], progress=False)

    assert repr(films) == f"<Trainer 'Films' at {films.address} on {films.chain.backend}>"
    assert repr(single) == f"<Contribution 1: label 0, deposit {single.entry.deposit_wei} wei, by {people[1]}>"
    assert "Contribution 2: batch of 2" in repr(batch)
