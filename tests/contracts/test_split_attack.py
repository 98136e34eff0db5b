"""Flip, split, unflip: turn the model, split somebody's batch into dear single samples, turn it back.

Others split only what they reported `settle_after` before; and however a batch comes back to its author, it counts as
one good contribution.
"""

from __future__ import annotations

import pytest

from dcai import errors
from dcai.chain.codec import codec
from dcai.incentives.deposit_refund_take.errors import AlreadyReported, NoneToReport, NoneToSplit, NothingGood
from dcai.samples import pack_batch, pack_sparse

TRAINER = "SparsePerceptronDRT"
ALL = 2**256 - 1
FLIP = list(range(20))
SURE = (9,) * 20 + (-9,) * 20
PLENTY = 10**18


def agreed(count):
    """Return samples that the model of `launch` says yes to."""
    return [[at % 20] for at in range(count)]


@pytest.fixture
def batch(launch, chain, people):
    """Return a due batch of 100 samples that the model agrees with, of somebody without good contributions."""
    trainer = launch()
    good = trainer.contribute([10], "yes", sender=people[2])
    (made,) = trainer.contribute_many(agreed(100), ["yes"] * 100, sender=people[1], progress=False)
    chain.travel("1 day")
    good.refund()
    return made


@pytest.fixture
def attacker(batch, chain, people, new_wallet):
    """Return a contract with one good contribution to the batch's trainer."""
    wallet, trainer = new_wallet(chain, people[9]), batch.trainer
    mine = wallet.contribute(trainer, [11], 1, PLENTY)
    chain.travel("1 day")
    wallet.ask(trainer.address, "refund", mine.entry.claim(), mine.entry.slot)
    return wallet


def turned(attacker, batch, function):
    """Let the attacker turn the model, call a function about the whole batch, and turn the model back, in one go."""
    trainer, face = batch.trainer, codec(TRAINER)
    away, back = (face.call("contribute", pack_sparse(FLIP), label, 0) for label in (0, 1))
    claim = face.call(function, batch.entry.claim(), batch.entry.slot, ALL)
    calls = (PLENTY, away), (0, claim), (PLENTY, back)
    return attacker.execute(*((trainer.address, *call) for call in calls), value=2 * PLENTY)


def test_who_turns_the_model_for_a_moment_splits_nothing(batch, attacker, refused):
    with refused(NoneToSplit):
        turned(attacker, batch, "split")

    assert batch.refund() == batch.entry.deposit_wei
    assert batch.trainer.good(batch.entry.author) == 1


def test_authors_who_look_once_in_settle_after_lose_nothing_to_a_report_of_their_batch(batch, attacker, chain, refused):
    turned(attacker, batch, "reportBatch")
    chain.travel("23 hours")
    with refused(NoneToSplit):
        turned(attacker, batch, "split")
    deposit, victim = batch.entry.deposit_wei, batch.entry.author
    before = chain.gas_used[victim]

    assert batch.refund() == deposit

    print(f"flip, report, unflip, flip, split: the victim's refund took {chain.gas_used[victim] - before:,} gas")
    assert chain.gas_used[victim] - before < 300_000
    assert batch.trainer.good(batch.entry.author) == 1
    chain.travel("1 day")
    with refused(errors.NothingLeft):
        turned(attacker, batch, "split")


def test_a_report_of_a_batch_names_what_the_model_disagrees_with_and_holds_for_what_is_split_off(
    launch, chain, people, refused
):
    trainer = launch(SURE)
    good = trainer.contribute([10], "yes", sender=people[2])
    (batch,) = trainer.contribute_many([[0], [1], [2]], ["yes", "no", "no"], sender=people[1], progress=False)
    chain.travel("1 day")
    good.refund()
    with refused(NothingGood):
        batch.report(sender=people[5])
    with refused(errors.OwnContribution):
        batch.report(sender=people[1])
    with refused(NoneToReport, f"batch {batch.id}"):
        batch.report([0], sender=people[2])
    batch.report([0, 1], sender=people[2])
    chain.travel("1 hour")
    batch.report(sender=people[2])
    with refused(NoneToReport):
        batch.report(sender=people[2])

    chain.travel("23 hours")
    with refused(NoneToSplit):
        batch.split([2], sender=people[2])
    (part,) = batch.split(range(3), sender=people[2])

    assert part.id == batch.id + 2
    with refused(AlreadyReported):
        part.report(sender=people[2])
    assert part.take(sender=people[2]) == part.entry.deposit_wei
    assert trainer.audit().ok


def test_a_report_by_somebody_else_splits_nothing(launch, chain, people, refused):
    trainer = launch(SURE)
    good = [trainer.contribute([10], "yes", sender=person) for person in people[2:4]]
    (batch,) = trainer.contribute_many([[0], [1]], ["no", "no"], sender=people[1], progress=False)
    chain.travel("1 day")
    for one in good:
        one.refund()
    batch.report(sender=people[2])
    chain.travel("1 day")

    with refused(NoneToSplit):
        batch.split([0], sender=people[3])


def test_without_a_time_to_settle_others_split_at_once_what_the_model_disagrees_with(launch, chain, people):
    trainer = launch(SURE, settle_after=0)
    good = trainer.contribute([10], "yes", sender=people[2])
    (batch,) = trainer.contribute_many([[0], [1]], ["yes", "no"], sender=people[1], progress=False)
    chain.travel("1 day")
    good.refund()

    (part,) = batch.split([0, 1], sender=people[2])

    assert (part.id, part.take(sender=people[2])) == (batch.id + 2, part.entry.deposit_wei)


# However a batch comes back, it is one good contribution, with more than half of its samples


@pytest.fixture
def due(launch, chain, people):
    """Return a due batch of five samples that the model agrees with."""
    (made,) = launch().contribute_many(agreed(5), ["yes"] * 5, sender=people[1], progress=False)
    chain.travel("1 day")
    return made


def goods(batch, *steps):
    """Return how many good contributions the author has after each step."""
    found = []
    for step in steps:
        step()
        found.append(batch.trainer.good(batch.entry.author))
    assert batch.trainer.audit().ok
    return found


def test_a_batch_refunded_in_pieces_counts_once(due):
    pieces = ([0], [3], [1], [2, 4])

    assert goods(due, *(lambda piece=piece: due.refund(piece) for piece in pieces)) == [0, 0, 1, 1]


def test_a_batch_whose_samples_are_all_split_off_and_refunded_counts_once(due):
    parts = due.split(range(5), sender=due.entry.author)

    assert goods(due, *(part.refund for part in parts)) == [0, 0, 1, 1, 1]


def test_samples_split_off_one_by_one_count_once(due):
    def piece(position):
        (part,) = due.split([position], sender=due.entry.author)
        part.refund()

    assert goods(due, *(lambda at=at: piece(at) for at in range(5))) == [0, 0, 1, 1, 1]


def test_samples_split_off_and_others_count_together_in_any_order(due):
    first, second, _ = due.split([0, 1, 2], sender=due.entry.author)

    assert goods(due, first.refund, due.refund, second.refund) == [0, 1, 1]


def test_the_last_refund_of_a_batch_is_remembered_for_what_is_still_split_off(due):
    first, second = due.split([0, 1], sender=due.entry.author)

    assert goods(due, lambda: due.refund([2]), lambda: due.refund([3, 4]), second.refund, first.refund) == [0, 1, 1, 1]


def test_what_others_have_taken_does_not_count(launch, chain, people):
    trainer = launch(SURE, settle_after=0)
    good = trainer.contribute([10], "yes", sender=people[2])
    labels = ["yes", "yes", "no", "no"]
    (batch,) = trainer.contribute_many([[0], [1], [2], [3]], labels, sender=people[1], progress=False)
    chain.travel("1 day")
    good.refund()
    taken, kept = batch.split([2, 3], sender=people[2])
    taken.take(sender=people[2])

    assert goods(batch, batch.refund) == [0]
    for _ in range(10):
        trainer.contribute([3], "no", sender=people[5])
    assert goods(batch, kept.refund) == [1]


def test_half_of_a_batch_is_not_enough(launch, chain, people):
    (batch,) = launch().contribute_many(agreed(4), ["yes"] * 4, sender=people[1], progress=False)
    chain.travel("1 day")
    part, last = batch.split([0, 3], sender=people[1])

    assert goods(batch, part.refund, lambda: batch.refund([1]), last.refund) == [0, 0, 1]


def test_the_whole_of_the_longest_batch_counts_to_its_last_sample(launch, chain, people):
    trainer = launch()
    batch = pack_batch([pack_sparse([at % 20]) for at in range(256)], [1] * 256)
    deposit = trainer.quote(many=[[0]] * 256).deposit_wei
    chain.invoke(TRAINER, trainer.address, "contributeBatch", batch, 0, sender=people[1], value=deposit)
    chain.travel("1 day")
    (made,) = trainer.contributions()
    (last,) = made.split([255], sender=people[1])

    assert goods(made, lambda: made.refund(range(128)), last.refund, made.refund) == [0, 1, 1]
