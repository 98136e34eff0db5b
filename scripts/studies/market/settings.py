"""The markets that are held for docs/market.md."""

from __future__ import annotations

from typing import NamedTuple

from scripts.studies.market.attacks import ATTACKS, Attack
from scripts.studies.market.course import Order, Setting
from scripts.studies.market.turns import MODELS

SIZES = (100, 300, 1_000, 5_000, 20_000)
BOUNTIES = (1, 10, 100, 1_000, 10_000, 100_000)
ORDERS = {
    "one by one": Order(),
    "one by one, first the honest": Order(first="honest"),
    "one by one, first the hostile": Order(first="hostile"),
}

# Test samples of the other tables.
FEW, MANY, MOST = 1_000, 5_000, 20_000

SETTINGS = tuple(
    dict.fromkeys(
        [Setting(tests=tests) for tests in SIZES]
        + [Setting(tests=tests, rounds=rounds) for tests in (FEW, MOST) for rounds in BOUNTIES]
        + [Setting(order) for order in ORDERS.values()]
    )
)
"""By the talk's rule, sample by sample."""


class Case(NamedTuple):
    """A market of turns before anybody is paid: who attacks which model how, in turns of how many samples."""

    model: str
    attack: Attack
    turn: int


MODEL, TURN, ROUNDS = "NaiveBayes", 100, 10_000
"""What the page recommends."""

TURNS = (50, 100, 150, 200)
STAKES = (1_000, 3_000, 10_000, 100_000)
TESTS = (100, 300, 1_000, 5_000)

CASES = tuple(Case(model, attack, turn) for model in MODELS for turn in TURNS for attack in ATTACKS)


def tests_of(case: Case) -> tuple[int, ...]:
    """Return the sizes of the test set that a case is held with."""
    return TESTS if case.model == MODEL and case.turn == TURN else (FEW,)
