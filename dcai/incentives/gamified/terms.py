"""What Gamified is set up with: the twin of contracts/types/PackedRules.sol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from dcai.durations import Duration, seconds
from dcai.errors import InvalidInput
from dcai.incentives.base import Incentive

if TYPE_CHECKING:
    # named in a text below
    from dcai.incentives.gamified.trainer import GamifiedTrainer  # noqa: F401

# From the top of the word: name, bytes, least value.
_NUMBERS = (
    ("base", 2, 1),
    ("milestone", 2, 1),
    ("milestone_bonus", 2, 0),
    ("all_labels", 2, 0),
    ("report_points", 2, 0),
    ("memory_slots", 2, 1),
    ("feature", 1, 0),
    ("streak", 1, 0),
    ("streak_cap", 1, 1),
    ("reporter_good", 1, 1),
)
_TIMES = ("validate_after", "expire_after", "settle_after", "report_within")


@dataclass(frozen=True)
class Gamified(Incentive["GamifiedTrainer"]):
    """No money: points and badges for data that the model agrees with, as on a site for questions and answers.

    Parameters
    ----------
    validate_after : seconds, timedelta or text
        From the contribution until its author can validate it, a second or more.
    expire_after : seconds, timedelta or text
        From the contribution until it can't be validated any more.
    settle_after : seconds, timedelta or text
        From a report until the points can be taken, in which the author can defend the data. With 0 one transaction
        that turns the model, reports and turns it back takes everybody's recent points.
    report_within : seconds, timedelta or text
        How long something validated can be reported, and something reported settled; a second or more.
    base : int
        Points for a contribution, 1 to 65,535.
    feature : int
        Points for each of the 128 bits that stand for features and that this person hasn't sent before, up to 255.
    streak, streak_cap : int
        Points for each day in a row on which somebody contributed, up to so many days: once a day. As many days in a
        row earn a badge. Up to 255; the cap is 1 or more.
    milestone, milestone_bonus : int
        So many validated contributions earn the bronze badge and so many points; ten times as many silver, a hundred
        times as many gold, with ten and a hundred times the points. Up to 65,535; the milestone is 1 or more.
    all_labels : int
        Points for having contributed something of every class, up to 65,535.
    reporter_good : int
        Validated contributions that a reporter needs, 1 to 255.
    report_points : int
        Points for taking those of bad data, `base` at most: with more it would pay to make some.
    memory_slots : int
        Storage slots that remember what was validated, 256 samples each, 1 to 65,535. A new sample is taken for a known
        one, and earns nothing, in n / (256 * memory_slots) of the cases after n others.
    size_unit : int
        The most features of a sample, 1 to 65,535.

    Raises
    ------
    InvalidInput
        If a value is out of its range.

    Examples
    --------
    >>> Gamified(base=20).price(elapsed=3600)
    0
    """

    suffix: ClassVar[str] = "Gamified"

    claim_gas: ClassVar[int] = 24_000  # a slot of the memory, and the sketch

    validate_after: Duration = "1 day"
    expire_after: Duration = "30 days"
    settle_after: Duration = "1 day"
    report_within: Duration = "7 days"
    base: int = 10
    feature: int = 1
    streak: int = 2
    streak_cap: int = 7
    milestone: int = 10
    milestone_bonus: int = 20
    all_labels: int = 25
    reporter_good: int = 10
    report_points: int = 5
    memory_slots: int = 256
    size_unit: int = 100

    def __post_init__(self) -> None:
        for name, width, low in (*_NUMBERS, ("size_unit", 2, 1)):
            value, high = getattr(self, name), 256**width - 1
            if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
                raise InvalidInput(f"{name} is a whole number from {low} to {high}, not {value!r}.")
        if self.report_points > self.base:
            raise InvalidInput(
                f"report_points is at most base, {self.base}, not {self.report_points}: else it pays to make bad data."
            )
        validate, expire, settle, report = self.times()
        if not 1 <= validate < expire < 2**32:
            raise InvalidInput(
                "The times must be in order: validate_after at least 1 second, and less than expire_after; these are "
                f"{validate} and {expire} seconds."
            )
        if not 1 <= report < 2**32 or settle >= 2**32:
            raise InvalidInput(
                "report_within is at least 1 second, and like settle_after less than 2^32 seconds; these are "
                f"{report} and {settle} seconds."
            )

    def times(self) -> tuple[int, int, int, int]:
        """Return validate_after, expire_after, settle_after, report_within in seconds."""
        return (
            seconds(self.validate_after),
            seconds(self.expire_after),
            seconds(self.settle_after),
            seconds(self.report_within),
        )

    def price(self, elapsed: int, sizes: tuple[int, ...] = (1,)) -> int:
        """Return what samples cost together: nothing. See `Incentive.price`."""
        self._check_size(sizes)
        return 0

    def packed(self) -> bytes:
        """Return the incentive's word of a trainer's settings, 32 bytes."""
        times = b"".join(time.to_bytes(4, "big") for time in self.times())
        return times + b"".join(getattr(self, name).to_bytes(width, "big") for name, width, _ in _NUMBERS)

    @classmethod
    def from_packed(cls, word: bytes, size_unit: int) -> Self:
        """Return what a trainer was set up with, from its code."""
        values = {name: int.from_bytes(word[4 * at : 4 * at + 4], "big") for at, name in enumerate(_TIMES)}
        start = 16
        for name, width, _ in _NUMBERS:
            values[name] = int.from_bytes(word[start : start + width], "big")
            start += width
        return cls(size_unit=size_unit, **values)
