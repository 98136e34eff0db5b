"""Turning the model for a moment at a trainer with Gamified: what it earns, and what it costs in gas.

`pytest -s` prints the figures of docs/security.md.
"""

from __future__ import annotations

import pytest

import dcai
from dcai import errors

VICTIMS = 5


@pytest.fixture
def attack(chain, people, perceptron):
    """Return a function that plays the attack and returns the points lost, the attacker's gas and the victims' gas."""

    def play(settle_after, careful):
        attacker, victims = people[1], people[2 : 2 + VICTIMS]
        rules = dcai.Gamified(settle_after=settle_after, feature=0, streak=0, all_labels=0)
        # words that all victims use, so that one turn is enough
        trainer = dcai.deploy(chain, perceptron((1,) * 15 + (1,) * 25), rules, sender=people[0])
        mine = [trainer.contribute([20 + at, 39], "yes", sender=attacker) for at in range(10)]
        theirs = [trainer.contribute([*range(8), 8 + at], "yes", sender=victim) for at, victim in enumerate(victims)]
        chain.travel("1 day")
        for one in (*mine, *theirs):
            one.validate()
        before = sum(trainer.points(victim) for victim in victims)
        chain.gas_used.clear()

        def turn(label):
            while trainer.predict(list(range(9))) != label:
                trainer.contribute(list(range(9)), label, sender=attacker)

        turn("no")
        for one in theirs:
            one.report(sender=attacker)
        turn("yes")
        if careful:
            for one in theirs:
                if one.entry.stage == "reported":
                    one.defend()
        chain.travel("1 day")
        turn("no")
        for one in theirs:
            try:
                one.report(sender=attacker)
            except errors.ContractError:
                assert settle_after == 0
        lost = before - sum(trainer.points(victim) for victim in victims)
        return lost, chain.gas_used[attacker], sum(chain.gas_used[victim] for victim in victims)

    return play


def told(name, lost, attacker, victims):
    print(f"{name}: {lost} of {VICTIMS * 10} points lost, attacker {attacker:,} gas, {VICTIMS} victims {victims:,} gas")


def test_with_no_time_to_settle_everybodys_recent_points_are_taken_at_once(attack):
    lost, attacker, victims = attack(0, careful=False)

    told("settle_after = 0", lost, attacker, victims)
    assert lost == VICTIMS * 10


def test_authors_who_check_their_data_once_per_settle_after_lose_nothing(attack):
    lost, attacker, victims = attack("1 day", careful=True)

    told("a day, looked after", lost, attacker, victims)
    assert lost == 0
    assert victims < attacker


def test_authors_who_do_not_check_lose_what_was_reported(attack):
    lost, attacker, victims = attack("1 day", careful=False)

    told("a day, not looked after", lost, attacker, victims)
    assert lost == VICTIMS * 10
