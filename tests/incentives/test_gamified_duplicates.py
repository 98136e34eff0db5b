"""Duplicates with Gamified: they earn nothing, and nothing hides behind them."""

from __future__ import annotations

from itertools import combinations, islice

import pytest

from dcai.incentives.gamified.errors import MostlyAgreed
from dcai.samples import pack_batch, pack_sparse

TRAINER = "SparsePerceptronGamified"
KNOWN = [1, 2]
TURNED = list(range(20, 40))


@pytest.fixture
def trainer(launch, earn, people):
    """Return a trainer at which one sample is known, and the third person may report."""
    made = launch(base=10, feature=1, all_labels=5, milestone=2, milestone_bonus=7, report_points=4)
    earn(made, KNOWN, sender=people[2])
    return made


def turn(trainer, label, person):
    """Let the model give the features that mean no this label."""
    while trainer.predict(TURNED[:1]) != label or trainer.predict(TURNED[-2:]) != label:
        trainer.contribute(TURNED, label, sender=person)


@pytest.fixture
def poisoned(trainer, chain, people):
    """Return a function that makes a validated batch of wrong samples and copies of what is known, turns back."""

    def make(wrong, copies, *, copies_first=False):
        turn(trainer, "yes", people[3])
        bad = [pack_sparse(pair) for pair in islice(combinations(TURNED, 2), wrong)]
        known = [pack_sparse(KNOWN)] * copies
        samples = [*known, *bad] if copies_first else [*bad, *known]
        batch = pack_batch(samples, [1] * len(samples))
        chain.invoke(TRAINER, trainer.address, "contributeBatch", batch, 0, sender=people[1])
        chain.travel("1 day")
        (made,) = [one for one in trainer.contributions() if one.entry.is_batch]
        earned = made.validate()
        turn(trainer, "no", people[3])
        return made, earned

    return make


@pytest.mark.parametrize(("wrong", "copies", "copies_first"), [(127, 129, False), (3, 5, True), (1, 40, False)])
def test_wrong_samples_among_copies_of_a_known_one_lose_their_points(
    poisoned, trainer, people, chain, wrong, copies, copies_first
):
    batch, earned = poisoned(wrong, copies, copies_first=copies_first)
    assert trainer.points(people[1]) == earned > 0

    batch.report(sender=people[2])
    chain.travel("1 day")

    assert batch.report(sender=people[2]) == earned
    assert (trainer.points(people[1]), trainer.standing(people[1]).validated) == (0, 0)
    assert trainer.audit().ok


def test_a_sample_twice_in_a_batch_counts_once(poisoned, trainer, people, chain):
    """Three good samples and one bad one, which is there four times: three of the four that count are good."""
    turn(trainer, "yes", people[3])
    samples = [[3], [4], [5], *4 * [[20, 21]]]
    (batch,) = trainer.contribute_many(samples, ["yes"] * 7, sender=people[1], progress=False)
    chain.travel("1 day")
    batch.validate()
    turn(trainer, "no", people[3])

    with pytest.raises(MostlyAgreed) as caught:
        batch.report(sender=people[2])

    assert (caught.value.disagreeing, caught.value.count) == (1, 4)
    assert batch.entry.positions == 0b1111
    assert trainer.audit().ok


def test_duplicates_alone_finish_a_batch_without_points_labels_badges_or_days(trainer, people, chain):
    before = trainer.standing(people[4])
    (batch,) = trainer.contribute_many([KNOWN] * 3, ["yes"] * 3, sender=people[4], progress=False)
    chain.travel("1 day")

    assert batch.validate() == 0

    assert (batch.entry.stage, trainer.standing(people[4])) == ("finished", before)
    assert trainer.audit().ok


def test_seventeen_copies_and_a_new_sample_are_one_contribution_of_the_new_ones_features(trainer, people, chain):
    copies = [KNOWN] * 17
    (batch,) = trainer.contribute_many([*copies, [7]], ["yes"] * 18, sender=people[4], progress=False)
    chain.travel("1 day")

    assert batch.validate() == 10 + 1

    standing = trainer.standing(people[4])
    assert (standing.validated, standing.sketch.bit_count()) == (1, 1)
    assert chain.read(TRAINER, trainer.address, "validatedPositions", batch.id) == 1 << 17
