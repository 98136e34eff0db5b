"""Points with Gamified that are taken away: reports, defences, and the deadlines after which nothing is."""

from __future__ import annotations

import pytest

from dcai.errors import ModelAgrees, NotAuthor, NothingLeft, OwnContribution, TooEarly
from dcai.incentives.gamified.errors import NotEnoughGood, NothingToDefend, NotValidated, TooLate

TRAINER = "SparsePerceptronGamified"


@pytest.fixture
def bad(chain, people, launch, earn):
    """Return a trainer with validated data with which the model now disagrees; the third person may report it."""
    trainer = launch(base=10, report_points=4)
    earn(trainer, [1], [2], sender=people[2])
    wrong = trainer.contribute([30], "no", sender=people[1])
    chain.travel("1 day")
    wrong.validate()
    for _ in range(2):
        trainer.contribute([30], "yes", sender=people[3])
    return trainer, wrong


def test_a_report_takes_the_points_of_bad_data_once_its_author_had_time_to_defend_it(bad, people, chain):
    trainer, wrong = bad

    assert wrong.report(sender=people[2]) == 0
    with pytest.raises(TooEarly):
        wrong.report(sender=people[2])
    assert trainer.points(people[1]) == 10
    chain.travel("1 day")
    assert wrong.report(sender=people[2]) == 10
    assert (trainer.points(people[1]), trainer.standing(people[1]).validated) == (0, 0)
    assert (trainer.points(people[2]), trainer.badges(people[2])[-1]) == (24, "guardian")
    with pytest.raises(NothingLeft):
        wrong.report(sender=people[2])
    # a badge stays
    assert trainer.badges(people[1]) == ["first contribution"]
    assert trainer.audit().ok


def test_people_who_look_after_their_data_in_time_lose_nothing(bad, people, chain):
    trainer, wrong = bad
    wrong.report(sender=people[2])
    for _ in range(3):
        trainer.contribute([30], "no", sender=people[1])
    wrong.defend()
    chain.travel("1 day")

    with pytest.raises(ModelAgrees):
        wrong.report(sender=people[2])
    with pytest.raises(NothingToDefend):
        wrong.defend()
    assert trainer.points(people[1]) == 10


def test_a_report_of_one_person_blocks_nobody_elses(bad, people, chain, earn):
    trainer, wrong = bad
    earn(trainer, [3], sender=people[4], wait="1 day")
    wrong.report(sender=people[4])
    chain.travel("1 day")

    assert wrong.report(sender=people[2]) == 10


def test_with_no_time_to_settle_the_first_report_takes_the_points(launch, people, chain, earn):
    trainer = launch(base=10, settle_after=0)
    earn(trainer, [1], sender=people[2])
    wrong = trainer.contribute([30], "no", sender=people[1])
    chain.travel("1 day")
    wrong.validate()
    for _ in range(2):
        trainer.contribute([30], "yes", sender=people[3])

    assert wrong.report(sender=people[2]) == 10


def test_a_reporter_needs_a_good_record_and_other_peoples_validated_data(bad, people, chain):
    trainer, wrong = bad
    pending = trainer.contribute([31], "yes", sender=people[1])

    with pytest.raises(OwnContribution):
        wrong.report(sender=people[1])
    with pytest.raises(NotEnoughGood, match="has 0 validated contributions and needs 1 to report"):
        wrong.report(sender=people[3])
    with pytest.raises(NotValidated):
        pending.report(sender=people[2])


def test_only_the_author_validates_and_defends(bad, chain, people):
    trainer, wrong = bad
    wrong.report(sender=people[2])
    entry = wrong.entry

    for function in ("validate", "defend"):
        with pytest.raises(NotAuthor):
            chain.invoke(TRAINER, trainer.address, function, entry.claim(), entry.slot, sender=people[2])
    chain.accounts = [people[2]]
    for claim in (wrong.validate, wrong.defend):
        with pytest.raises(NotAuthor, match=people[1]):
            claim()


def test_every_deadline_ends_what_waits_for_it_and_frees_the_slot(launch, people, chain, earn):
    trainer = launch(expire_after="2 days", report_within="1 day")
    forgotten = trainer.contribute([1], "yes", sender=people[1])
    earn(trainer, [2], [3], sender=people[2])
    chain.travel("1 day")

    with pytest.raises(TooLate, match="Nothing of this contribution can be claimed any more"):
        forgotten.validate()
    finished = trainer.contribution(forgotten.id + 1)
    earn(trainer, [7], sender=people[4])
    with pytest.raises(TooLate):
        finished.report(sender=people[4])
    chain.travel("1 day")
    trainer.find_slots()
    slots = {one.entry.slot for one in trainer.contributions()}
    again = {trainer.contribute([feature], "yes", sender=people[3]).entry.slot for feature in (4, 5, 6, 8)}
    assert again == slots
