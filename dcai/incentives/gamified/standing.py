"""What somebody has earned, and how: the twin of contracts/types/Standing.sol."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import NamedTuple

from dcai.incentives.gamified.terms import Gamified

BADGES = (
    "first contribution",
    "bronze",
    "silver",
    "gold",
    "regular",
    "all-rounder",
    "explorer",
    "guardian",
)
"""What there is to earn: the badge with id i + 1 is the one at position i."""

BATCHED = 16
"""So many samples of a batch count as one contribution, and so do fewer."""

_FIRST, _BRONZE, _REGULAR, _ALL_LABELS, _EXPLORER, _GUARDIAN = (1 << at for at in (0, 1, 4, 5, 6, 7))
_EXPLORED = 96
_LABELS = 40
_DAY = 86_400
_LAST_DAY = 2**16 - 1


class Merit(NamedTuple):
    """What is to be rewarded: as how many contributions it counts, its features, its labels, and its time."""

    worth: int
    sketch: int
    labels: int
    time: int


@dataclass
class Standing:
    """What somebody has earned.

    Attributes
    ----------
    points : int
        What they have now.
    validated : int
        Their contributions that the model agreed with, without those that were reported since.
    day, streak : int
        The last day that counted for a streak, since 1970; days in a row until then.
    badge_bits, labels, sketch : int
        Bit i is badge i, class i (modulo 40), a kind of features.
    """

    points: int = 0
    validated: int = 0
    day: int = 0
    streak: int = 0
    badge_bits: int = 0
    labels: int = 0
    sketch: int = 0

    @property
    def badges(self) -> list[str]:
        """The names of the badges."""
        return [name for at, name in enumerate(BADGES) if self.badge_bits >> at & 1]

    def as_tuple(self) -> tuple[int, ...]:
        """Return it as the contract does."""
        return astuple(self)

    def earn(self, merit: Merit, classes: int, rules: Gamified) -> int:
        """Reward something, with as many classes as the model has now; return the points for it."""
        earned = merit.worth * rules.base + rules.feature * (merit.sketch & ~self.sketch).bit_count()
        self.badge_bits |= _FIRST
        self.sketch |= merit.sketch
        self.labels |= merit.labels
        earned += self._day_of(min(merit.time // _DAY, _LAST_DAY), rules)
        self.validated = min(self.validated + merit.worth, 2**24 - 1)
        for step in range(3):
            if self.validated >= rules.milestone * 10**step:
                earned += self._first_time(_BRONZE << step) * rules.milestone_bonus * 10**step
        if not label_bits(range(classes)) & ~self.labels:
            earned += self._first_time(_ALL_LABELS) * rules.all_labels
        if self.sketch.bit_count() >= _EXPLORED:
            self.badge_bits |= _EXPLORER
        self.points = min(self.points + earned, 2**32 - 1)
        return earned

    def lose(self, points: int, worth: int) -> None:
        """Lose what something that was reported had earned."""
        self.points = max(self.points - points, 0)
        self.validated = max(self.validated - worth, 0)

    def guard(self, rules: Gamified) -> None:
        """Reward a report that took somebody's points."""
        self.points = min(self.points + rules.report_points, 2**32 - 1)
        self.badge_bits |= _GUARDIAN

    def _day_of(self, day: int, rules: Gamified) -> int:
        if day <= self.day:
            return 0
        self.streak = min(self.streak + 1, 255) if day == self.day + 1 else 1
        self.day = day
        if self.streak >= rules.streak_cap:
            self.badge_bits |= _REGULAR
        return rules.streak * min(self.streak, rules.streak_cap)

    def _first_time(self, badge: int) -> bool:
        had = self.badge_bits & badge
        self.badge_bits |= badge
        return not had


def label_bits(labels: range | list[int]) -> int:
    """Return a bit for each label; those from 40 on share the bits of those below."""
    bits = 0
    for label in labels:
        bits |= 1 << label % _LABELS
    return bits
