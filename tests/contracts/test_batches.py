"""The contracts' promises about batches: which samples are refunded, split off, reported and taken."""

from __future__ import annotations

import pytest

from dcai import errors
from dcai.incentives.deposit_refund_take.errors import NoneRefundable, NoneToSplit, NothingGood
from dcai.samples import pack_batch, pack_sparse

TRAINER = "SparsePerceptronDRT"
PLENTY = 10**18


@pytest.fixture
def batch(launch, chain, people):
    """Return a due batch of four samples and 400 wei; the model disagrees with the last two."""
    trainer = launch(weight_wei=0, minimum_wei=1)
    indices, labels = [[0], [20], [1, 2, 3], [4, 5, 6]], ["yes", "no", "no", "no"]
    (made,) = trainer.contribute_many(indices, labels, sender=people[1], deposit_wei=100, force=True, progress=False)
    good = trainer.contribute([10], "yes", sender=people[2])
    for sample in indices[2:]:
        trainer.contribute(sample, "yes", sender=people[3])
    chain.travel("1 day")
    good.refund()
    return made


def test_the_samples_of_a_batch_that_the_model_agrees_with_are_refunded(batch, chain, refused):
    assert batch.refund([0, 2]) == 100
    assert batch.refund() == 100

    with refused(NoneRefundable, f"batch {batch.id}"):
        batch.refund()
    assert chain.read(TRAINER, batch.trainer.address, "closed", batch.id) == 0b0011
    assert batch.trainer.contribution(batch.id).entry.open_wei == 200


def test_a_batch_is_one_good_contribution_once_more_than_half_of_it_is_refunded(launch, chain, people):
    trainer = launch(weight_wei=0, minimum_wei=1)
    indices = [[0], [1], [2], [3]]
    halves, most = (trainer.contribute_many(indices, ["yes"] * 4, sender=people[i], progress=False)[0] for i in (1, 2))
    chain.travel("1 day")

    halves.refund([0, 1])
    most.refund([0, 1, 3])

    assert (trainer.good(people[1]), trainer.good(people[2])) == (0, 1)


def test_a_split_off_sample_alone_is_not_a_good_contribution(batch, people):
    batch.refund([0])
    (part,) = batch.split([1], sender=people[1])

    part.refund()

    assert batch.trainer.good(people[1]) == 0
    assert batch.trainer.audit().ok


def test_the_author_splits_off_any_sample_and_others_what_they_reported(batch, chain, people, refused):
    with refused(NothingGood):
        batch.split([2], sender=people[5])
    batch.report(sender=people[2])
    chain.travel("1 day")
    with refused(NoneToSplit, f"batch {batch.id}"):
        batch.split([0, 1], sender=people[2])
    (by_other,) = batch.split([1, 2], sender=people[2])
    (by_author,) = batch.split([0], sender=people[1])

    assert (by_other.id, by_author.id) == (batch.id + 3, batch.id + 1)
    assert (by_other.entry.deposit_wei, by_other.entry.author) == (100, people[1])
    assert by_author.refund() == 100
    with refused(NoneToSplit):
        batch.split([0, 2], sender=people[1])


def test_a_sample_of_a_batch_is_reported_and_taken_by_itself(batch, chain, people, refused):
    batch.report([2, 3], sender=people[2])
    chain.travel("1 day")
    parts = batch.split([2, 3], sender=people[2])

    assert [part.take(sender=people[2]) for part in parts] == [100, 100]
    assert batch.refund() == 200
    assert chain.balance(batch.trainer.address) == batch.trainer.history().owed_wei


def test_the_longest_batch_is_refunded_and_split_to_its_last_sample(launch, chain, people):
    trainer = launch()
    samples = [pack_sparse([i % 20]) for i in range(256)]
    deposit = trainer.quote(many=[[0]] * 256).deposit_wei
    batch = pack_batch(samples, [1] * 256)
    chain.invoke(TRAINER, trainer.address, "contributeBatch", batch, 0, sender=people[1], value=deposit)
    chain.travel("1 day")
    (made,) = trainer.contributions()

    (last,) = made.split([255], sender=people[1])

    assert last.id == made.id + 256
    assert last.refund() + made.refund() == deposit
    assert trainer.contribute([1], "yes").id == made.id + 257


@pytest.mark.parametrize(
    "malformed",
    [
        b"",
        b"\0",
        b"\0\1",
        b"\0\1\0\2",
        b"\0\1\0\2\0",
        b"\0\1\0\2\0\1\0",
        b"\1\1\0\2\0\1",
        b"\0\1\xff\xff\0\1",
    ],
)
def test_a_batch_that_does_not_end_where_its_last_sample_ends_is_refused(launch, chain, people, refused, malformed):
    trainer = launch()

    with refused(errors.BadBatch, "malformed"):
        chain.invoke(TRAINER, trainer.address, "contributeBatch", malformed, 0, sender=people[1], value=PLENTY)
