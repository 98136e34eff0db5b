"""What Gamified is set up with: the twin of contracts/types/PackedRules.sol."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Self

from dcai.durations import Duration, seconds
from dcai.errors import InvalidInput
from dcai.incentives.base import Incentive
from dcai.incentives.settings import about, check

if TYPE_CHECKING:
    # named in a text below
    from dcai.incentives.gamified.trainer import GamifiedTrainer  # noqa: F401

# From the top of the word: name, bytes.
_NUMBERS = (
    ("base", 2),
    ("milestone", 2),
    ("milestone_bonus", 2),
    ("all_labels", 2),
    ("report_points", 2),
    ("memory_slots", 2),
    ("feature", 1),
    ("streak", 1),
    ("streak_cap", 1),
    ("reporter_good", 1),
)
_TIMES = ("validate_after", "expire_after", "settle_after", "report_within")


@dataclass(frozen=True)
class Gamified(Incentive["GamifiedTrainer"]):
    """No money: points and badges for data that the model agrees with, as on a site for questions and answers.

    Parameters
    ----------
    validate_after : seconds, timedelta or text
        From a contribution until its author can validate it and get its points; a second or more.
    expire_after : seconds, timedelta or text
        From a contribution until it can't be validated any more.
    settle_after : seconds, timedelta or text
        From a report until the points can be taken: the author can defend the data in between. With 0, one transaction
        that turns the model, reports and turns it back takes everybody's recent points.
    report_within : seconds, timedelta or text
        How long a validated contribution can be reported, and a reported one settled; a second or more.
    base : int
        Points for a contribution. 1 to 65,535 points.
    feature : int
        Points for each kind of features that somebody has not sent before; there are 128 kinds. 0 to 255 points.
    streak : int
        Points for each day in a row on which somebody contributed, given once a day. 0 to 255 points.
    streak_cap : int
        The most days in a row that count; reaching them earns a badge. 1 to 255 days.
    milestone : int
        Validated contributions that earn the bronze badge; ten times as many earn silver, a hundred times as many gold.
        1 to 65,535 contributions.
    milestone_bonus : int
        Points with the bronze badge; ten times as many come with silver, a hundred times as many with gold. 0 to 65,535
        points.
    all_labels : int
        Points for having contributed samples of every class. 0 to 65,535 points.
    reporter_good : int
        Validated contributions that a reporter needs. 1 to 255 contributions.
    report_points : int
        Points for taking the points of bad data; at most `base`, since with more it would pay to make bad data. 0 to
        65,535 points.
    memory_slots : int
        Storage slots that remember what was validated, 256 samples each. After n other samples, a new one is taken for
        a known one, and earns nothing, in n / (256 * memory_slots) of the cases. 1 to 65,535 slots.
    size_unit : int
        The most features of a sample. 1 to 65,535 features.

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

    validate_after: Duration = field(
        default="1 day",
        metadata=about(
            "From a contribution until its author can validate it and get its points; a second or more.", unit="seconds"
        ),
    )
    expire_after: Duration = field(
        default="30 days", metadata=about("From a contribution until it can't be validated any more.", unit="seconds")
    )
    settle_after: Duration = field(
        default="1 day",
        metadata=about(
            "From a report until the points can be taken: the author can defend the data in between. With 0, one "
            "transaction that turns the model, reports and turns it back takes everybody's recent points.",
            unit="seconds",
        ),
    )
    report_within: Duration = field(
        default="7 days",
        metadata=about(
            "How long a validated contribution can be reported, and a reported one settled; a second or more.",
            unit="seconds",
        ),
    )
    base: int = field(default=10, metadata=about("Points for a contribution.", unit="points", least=1, most=65_535))
    feature: int = field(
        default=1,
        metadata=about(
            "Points for each kind of features that somebody has not sent before; there are 128 kinds.",
            unit="points",
            least=0,
            most=255,
        ),
    )
    streak: int = field(
        default=2,
        metadata=about(
            "Points for each day in a row on which somebody contributed, given once a day.",
            unit="points",
            least=0,
            most=255,
        ),
    )
    streak_cap: int = field(
        default=7,
        metadata=about(
            "The most days in a row that count; reaching them earns a badge.", unit="days", least=1, most=255
        ),
    )
    milestone: int = field(
        default=10,
        metadata=about(
            "Validated contributions that earn the bronze badge; ten times as many earn silver, a hundred times "
            "as many gold.",
            unit="contributions",
            least=1,
            most=65_535,
        ),
    )
    milestone_bonus: int = field(
        default=20,
        metadata=about(
            "Points with the bronze badge; ten times as many come with silver, a hundred times as many with gold.",
            unit="points",
            least=0,
            most=65_535,
        ),
    )
    all_labels: int = field(
        default=25,
        metadata=about("Points for having contributed samples of every class.", unit="points", least=0, most=65_535),
    )
    reporter_good: int = field(
        default=10,
        metadata=about("Validated contributions that a reporter needs.", unit="contributions", least=1, most=255),
    )
    report_points: int = field(
        default=5,
        metadata=about(
            "Points for taking the points of bad data; at most `base`, since with more it would pay to make bad data.",
            unit="points",
            least=0,
            most=65_535,
        ),
    )
    memory_slots: int = field(
        default=256,
        metadata=about(
            "Storage slots that remember what was validated, 256 samples each. After n other samples, a new one "
            "is taken for a known one, and earns nothing, in n / (256 * memory_slots) of the cases.",
            unit="slots",
            least=1,
            most=65_535,
        ),
    )
    size_unit: int = field(
        default=100, metadata=about("The most features of a sample.", unit="features", least=1, most=65_535)
    )

    def __post_init__(self) -> None:
        check(self)
        if self.report_points > self.base:
            raise InvalidInput(
                f"report_points must be at most base, {self.base}, not {self.report_points}: else bad data would pay."
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
        return times + b"".join(getattr(self, name).to_bytes(width, "big") for name, width in _NUMBERS)

    @classmethod
    def from_packed(cls, word: bytes, size_unit: int) -> Self:
        """Return what a trainer was set up with, from its code."""
        values = {name: int.from_bytes(word[4 * at : 4 * at + 4], "big") for at, name in enumerate(_TIMES)}
        start = 16
        for name, width in _NUMBERS:
            values[name] = int.from_bytes(word[start : start + width], "big")
            start += width
        return cls(size_unit=size_unit, **values)
