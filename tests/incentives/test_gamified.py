"""Points with Gamified: what earns them, and who leads."""

from __future__ import annotations

import numpy as np
import pytest

import dcai
from dcai.errors import InvalidInput, IsBatch, IsNoBatch, ModelDisagrees, NothingLeft, TooEarly, TooLarge
from dcai.incentives.gamified.errors import AlreadyValidated, BadPositions, MostlyAgreed, MostlyDisagreed, NoMoney
from dcai.incentives.gamified.sketch import sketch
from dcai.samples import pack_sparse

TRAINER = "SparsePerceptronGamified"


# What earns points


def test_a_contribution_that_the_model_agrees_with_earns_its_base_once(launch, people, chain):
    trainer = launch(base=10)
    mine = trainer.contribute([1, 2], "yes", sender=people[1])

    with pytest.raises(TooEarly, match="23 hours 59 minutes"):
        mine.validate()
    chain.travel("1 day")
    assert mine.validate() == 10
    with pytest.raises(AlreadyValidated):
        mine.validate()
    assert (trainer.points(people[1]), trainer.standing(people[1]).validated) == (10, 1)


def test_what_the_model_disagrees_with_earns_nothing_until_it_agrees(launch, people, chain):
    trainer = launch(base=10)
    mine = trainer.contribute([1], "no", sender=people[1])
    trainer.contribute([1], "yes", sender=people[2])
    trainer.contribute([1], "yes", sender=people[2])
    chain.travel("1 day")

    with pytest.raises(ModelDisagrees):
        mine.validate()
    for _ in range(3):
        trainer.contribute([1], "no", sender=people[2])
    assert mine.validate() == 10


def test_features_that_a_person_has_not_sent_before_earn_points_each_once(launch, people, earn):
    trainer = launch(base=1, feature=3)

    assert earn(trainer, [1, 2, 3], [2, 3, 4], [1, 4]) == [1 + 9, 1 + 3, 1]
    # features that somebody else has sent are still new for this person
    assert earn(trainer, [3, 4], sender=people[2]) == [1 + 6]


def test_days_in_a_row_earn_more_each_day_once_a_day_up_to_the_cap(launch, chain, earn):
    trainer = launch(streak=5, streak_cap=3)
    points = [earn(trainer, [day], [day, 30], wait="1 day") for day in range(5)]

    assert [first - 1 for first, _ in points] == [5, 10, 15, 15, 15]
    assert [second - 1 for _, second in points] == [0] * 5
    chain.travel("1 day")
    assert earn(trainer, [7]) == [1 + 5]


def test_only_the_time_of_the_contribution_counts_for_a_streak(launch, people, chain):
    trainer = launch(streak=5)
    first = trainer.contribute([1], "yes", sender=people[1])
    chain.travel("1 day")
    second = trainer.contribute([2], "yes", sender=people[1])
    chain.travel("3 days")

    assert (first.validate(), second.validate()) == (1 + 5, 1 + 10)


def test_an_earlier_day_that_is_validated_later_earns_no_streak(launch, people, chain):
    trainer = launch(streak=5)
    first = trainer.contribute([1], "yes", sender=people[1])
    chain.travel("1 day")
    second = trainer.contribute([2], "yes", sender=people[1])
    chain.travel("1 day")

    assert (second.validate(), first.validate()) == (1 + 5, 1)


def test_milestones_earn_ten_times_as_much_each_and_their_badges(launch, people, earn):
    trainer = launch(milestone=2, milestone_bonus=5)

    points = earn(trainer, *([a, b] for a in range(5) for b in range(5, 10)))

    assert [at + 1 for at, earned in enumerate(points) if earned > 1] == [2, 20]
    assert (points[1], points[19]) == (1 + 5, 1 + 50)
    assert trainer.badges(people[1]) == ["first contribution", "bronze", "silver"]


def test_something_of_every_class_earns_points_once(launch, people, earn):
    trainer = launch(all_labels=25)

    assert earn(trainer, [1], [30], [31]) == [1, 26, 1]
    assert "all-rounder" in trainer.badges(people[1])


def test_all_kinds_of_features_make_an_explorer(launch, people, earn):
    trainer = launch(weights=(1,) * 300, size_unit=300, feature=1)
    every = sketch(pack_sparse(range(300)), dense=False).bit_count()

    assert earn(trainer, list(range(60)), list(range(300))) == [
        1 + 60 - (60 - _kinds(range(60))),
        1 + every - _kinds(range(60)),
    ]
    assert "explorer" in trainer.badges(people[1])


def _kinds(features):
    return len({feature * 2_654_435_769 % 2**32 >> 25 for feature in features})


def test_what_anybody_has_validated_before_earns_nothing_with_either_label(launch, people, chain, earn):
    trainer = launch(base=10)
    earn(trainer, [1, 2])
    copies = [trainer.contribute([1, 2], "yes", sender=person) for person in people[1:3]]
    for _ in range(3):
        trainer.contribute([1, 2], "no", sender=people[3])
    other = trainer.contribute([1, 2], "no", sender=people[4])
    chain.travel("1 day")

    assert other.validate() == 0
    for _ in range(4):
        trainer.contribute([1, 2], "yes", sender=people[3])
    assert [one.validate() for one in copies] == [0, 0]
    assert trainer.points(people[2]) == 0
    with pytest.raises(NothingLeft):
        copies[0].validate()


def test_a_memory_of_one_slot_takes_new_data_for_known_as_often_as_it_says(launch, earn):
    trainer = launch(memory_slots=1, size_unit=40)
    random = np.random.default_rng(0)
    samples = [sorted(random.choice(20, 6, replace=False).tolist()) for _ in range(120)]
    new = len({tuple(sample) for sample in samples})

    points = sum(earn(trainer, *samples))

    expected = 256 * (1 - (1 - 1 / 256) ** new)
    assert points == pytest.approx(expected, abs=10)


# Batches


def test_sixteen_samples_of_a_batch_count_as_one_contribution(launch, people, chain):
    trainer = launch(base=10)
    samples = [[a, b] for a in range(5) for b in range(5, 10)]
    (small,) = trainer.contribute_many(samples[:16], ["yes"] * 16, sender=people[1], progress=False)
    (large,) = trainer.contribute_many(samples[8:], ["yes"] * 17, sender=people[2], progress=False)
    chain.travel("1 day")

    assert (small.validate(), large.validate()) == (10, 10)  # eight of the seventeen were known
    assert [trainer.standing(person).validated for person in people[1:3]] == [1, 1]


def test_of_a_batch_those_that_the_model_agrees_with_are_validated_and_the_others_given_up(launch, people, chain):
    trainer = launch(base=10, feature=1)
    (batch,) = trainer.contribute_many([[1], [30], [2]], ["yes", "no", "yes"], sender=people[1], progress=False)
    trainer.contribute([30], "yes", sender=people[2])
    trainer.contribute([30], "yes", sender=people[2])
    chain.travel("1 day")

    with pytest.raises(ModelDisagrees):
        batch.validate([0, 1, 2])
    assert batch.validate() == 12
    assert batch.entry.positions == 0b101
    with pytest.raises(AlreadyValidated):
        batch.validate([1])
    assert trainer.audit().ok


def test_calls_for_singles_refuse_batches_and_those_for_batches_refuse_singles(launch, people, chain):
    trainer = launch()
    one = trainer.contribute([1], "yes", sender=people[1])
    (batch,) = trainer.contribute_many([[2], [3]], ["yes"] * 2, sender=people[1], progress=False)
    chain.travel("1 day")

    def call(function, contribution, *more):
        entry = contribution.entry
        chain.invoke(TRAINER, trainer.address, function, entry.claim(), entry.slot, *more, sender=people[1])

    with pytest.raises(IsNoBatch):
        one.validate([0])
    with pytest.raises(IsNoBatch):
        call("validateBatch", one, 1)
    with pytest.raises(IsBatch):
        call("validate", batch)
    for positions in (0, 0b100, 0b111):
        with pytest.raises(BadPositions, match="batch of 2"):
            call("validateBatch", batch, positions)


def test_a_batch_that_the_model_disagrees_with_waits(launch, people, chain):
    trainer = launch()
    (batch,) = trainer.contribute_many([[1], [2]], ["no", "no"], sender=people[1], progress=False)
    for sample in ([1], [2], [1], [2]):
        trainer.contribute(sample, "yes", sender=people[2])
    chain.travel("1 day")

    with pytest.raises(InvalidInput, match="agrees with none of the samples of batch"):
        batch.validate()


def test_a_batch_is_bad_where_the_model_disagrees_with_more_than_half_of_it(launch, people, chain, earn):
    trainer = launch(settle_after=60, weights=(9,) * 40)
    earn(trainer, [5], sender=people[2])
    (batch,) = trainer.contribute_many([[1], [2], [3]], ["yes"] * 3, sender=people[1], progress=False)
    chain.travel("1 day")
    batch.validate()

    def turn(sample, label):
        while trainer.predict(sample) != label:
            trainer.contribute(sample, label, sender=people[3])

    turn([1], "no")
    with pytest.raises(MostlyAgreed, match="1 of the 3"):
        batch.report(sender=people[2])
    turn([2], "no")
    assert batch.report(sender=people[2]) == 0
    with pytest.raises(MostlyDisagreed, match="2 of the 3"):
        batch.defend()
    turn([2], "yes")
    batch.defend()
    assert trainer.predict([1]) == "no"
    assert batch.entry.stage == "validated"


# What is refused


def test_money_is_refused(launch, refused, people):
    trainer = launch()

    assert trainer.quote([1]) == dcai.Quote(0, 0)
    with refused(NoMoney, "5 wei", "send none"):
        trainer.contribute([1], "yes", sender=people[1], deposit_wei=5)


def test_a_sample_beyond_the_size_unit_is_refused(launch, refused, people, chain):
    trainer = launch(size_unit=3)

    with refused(TooLarge, "4 features", "takes 3"):
        trainer.contribute([1, 2, 3, 4], "yes", sender=people[1])
    with refused(TooLarge):
        trainer.quote(many=[[1], [1, 2, 3, 4]])
    with pytest.raises(TooLarge):
        chain.invoke(TRAINER, trainer.address, "contribute", pack_sparse([1, 2, 3, 4]), 1, 0, sender=people[1])


# Who leads


def test_the_leaderboard_comes_from_the_log_with_most_points_first(launch, people, chain, earn):
    trainer = launch(base=10, feature=1)
    earn(trainer, [1], sender=people[2])
    earn(trainer, [2], [3, 4], sender=people[1])
    trainer.contribute([5], "yes", sender=people[3])

    board = trainer.leaderboard()

    assert [(row.person, row.points, row.validated) for row in board] == [(people[1], 23, 2), (people[2], 11, 1)]
    assert board[0].badges == ("first contribution",)
    assert dcai.attach(chain, trainer.address).leaderboard() == board
