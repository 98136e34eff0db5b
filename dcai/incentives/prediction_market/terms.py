"""What a prediction market is set up with: the twin of contracts/incentives/PredictionMarket.sol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from dcai.durations import Duration, seconds
from dcai.errors import InvalidInput
from dcai.incentives.base import Incentive

if TYPE_CHECKING:
    # named in a text below
    from dcai.incentives.prediction_market.trainer import MarketTrainer  # noqa: F401

MOST_BYTES = 32_768
"""What a call that contributes has at most, so that it can be brought back beside a test set."""

_TIMES = ("open_within", "participate", "reveal_within", "evaluate_within")


@dataclass(frozen=True)
class PredictionMarket(Incentive["MarketTrainer"]):
    """A bounty, paid out by how much each contribution lowered the error on a hidden test set.

    The provider commits to a test set in portions and pays in a bounty of B stakes. One portion is drawn and opened:
    what people see of the test set. Each sample that they contribute costs one stake. When time is up the provider
    reveals the other portions, the contributions are replayed, and the mistakes on those portions counted after each.
    Everybody starts with their stake. In each of B rounds, everybody who is still in gains the mistakes of the one
    before them less their own, in units of the stake divided by the number of test samples; who has less than their
    stake is out from then on. The rule is that of Abernethy and Frongillo (2011) as Harris and Waggoner (2019) give it.

    Parameters
    ----------
    stake_wei : int
        What each sample costs, below 2^72; a multiple of the number of test samples, (portions - 1) * portion_size, so
        that all payments are exact.
    portions : int
        How many portions the test set has, 2 to 255. One of them is opened at the beginning.
    portion_size : int
        How many samples each has; all but one portion together have up to 65,535.
    open_within : seconds, timedelta or text
        From the commitment until the drawn portion must be open; else the bounty is lost, to nobody.
    participate : seconds, timedelta or text
        From the opening until nobody contributes any more.
    reveal_within : seconds, timedelta or text
        From then until all portions must be revealed; else every sample gets back its stake with a part of the bounty.
    evaluate_within : seconds, timedelta or text
        How long nobody may go on with the evaluation, once all is revealed; else the same.
    per_pass : int, optional
        How many portions are evaluated at once, all where left out. What a call of the evaluation takes at least is the
        portions of a pass and the largest contribution, and a transaction must hold it: see `MarketTrainer.commit`.
    draw_after : int
        Blocks from the commitment to the one that the draw is from, 2 to 127. 96 or more and nobody knows yet, at the
        time of the commitment, who will propose it, where epochs are Ethereum's.
    group_by_participant : bool
        Whether consecutive contributions of one participant are scored together.
    most_samples : int
        How many samples are taken at most, 1 to 65,535: what the evaluation costs grows with them.
    size_unit : int
        The most features of a sample, 1 to 65,535; a dense sample counts as one.

    Raises
    ------
    InvalidInput
        If a value is out of its range.
    """

    suffix: ClassVar[str] = "PM"
    # without the arguments' frame
    batch_bytes: ClassVar[int] = MOST_BYTES - 256

    stake_wei: int
    portion_size: int
    portions: int = 10
    open_within: Duration = "1 day"
    participate: Duration = "7 days"
    reveal_within: Duration = "2 days"
    evaluate_within: Duration = "5 days"
    per_pass: int | None = None
    draw_after: int = 100
    group_by_participant: bool = False
    most_samples: int = 10_000
    size_unit: int = 250

    def __post_init__(self) -> None:
        ranges = {
            "stake_wei": (1, 2**72),
            "portions": (2, 2**8),
            "portion_size": (1, 2**16),
            "draw_after": (2, 2**7),
            "most_samples": (1, 2**16),
            "size_unit": (1, 2**16),
        }
        if self.per_pass is not None:
            ranges["per_pass"] = (1, self.portions)
        for name, (low, high) in ranges.items():
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not low <= value < high:
                raise InvalidInput(f"{name} is a whole number from {low} to {high - 1}, not {value!r}.")
        if self.tests > 65_535:
            raise InvalidInput(
                f"All but one portion have {self.tests:,} samples together, and a market examines a model on up to "
                "65,535; make portions smaller or fewer."
            )
        if self.stake_wei % self.tests:
            near = -(-self.stake_wei // self.tests) * self.tests
            raise InvalidInput(
                f"stake_wei is a multiple of the number of test samples, {self.tests}, so that all payments are exact, "
                f"not {self.stake_wei}; the next one is {near}."
            )
        for name, value in zip(_TIMES, self.times(), strict=True):
            if not 1 <= value < 2**32:
                raise InvalidInput(f"{name} is a second or more and below 2^32 seconds, not {value}.")

    @property
    def tests(self) -> int:
        """How many samples the model is examined on: those of all portions but the one that is opened."""
        return (self.portions - 1) * self.portion_size

    @property
    def unit_wei(self) -> int:
        """What a mistake less than the one before is worth in a round."""
        return self.stake_wei // self.tests

    @property
    def pass_size(self) -> int:
        """How many portions are evaluated at once."""
        return self.portions - 1 if self.per_pass is None else self.per_pass

    @property
    def passes(self) -> int:
        """How many times all contributions are replayed."""
        return -(-(self.portions - 1) // self.pass_size)

    def times(self) -> tuple[int, int, int, int]:
        """Return open_within, participate, reveal_within, evaluate_within in seconds."""
        return (
            seconds(self.open_within),
            seconds(self.participate),
            seconds(self.reveal_within),
            seconds(self.evaluate_within),
        )

    def price(self, elapsed: int, sizes: tuple[int, ...] = (1,)) -> int:
        """Return what samples cost together, in wei: a stake each, whenever they come. See `Incentive.price`."""
        self._check_size(sizes)
        return len(sizes) * self.stake_wei

    def packed(self) -> bytes:
        """Return the incentive's word of a trainer's settings, 32 bytes: see contracts/types/MarketTerms.sol."""
        return b"".join(
            (
                self.stake_wei.to_bytes(9, "big"),
                *(time.to_bytes(4, "big") for time in self.times()),
                self.portion_size.to_bytes(2, "big"),
                bytes([self.portions, self.pass_size, self.group_by_participant << 7 | self.draw_after]),
                self.most_samples.to_bytes(2, "big"),
            )
        )

    @classmethod
    def from_packed(cls, word: bytes, size_unit: int) -> Self:
        """Return what a trainer was set up with, from its code."""
        times = (int.from_bytes(word[at : at + 4], "big") for at in range(9, 25, 4))
        portions, pass_size, flags = word[27:30]
        return cls(
            stake_wei=int.from_bytes(word[:9], "big"),
            portion_size=int.from_bytes(word[25:27], "big"),
            portions=portions,
            per_pass=pass_size,
            draw_after=flags & 0x7F,
            group_by_participant=bool(flags >> 7),
            most_samples=int.from_bytes(word[30:], "big"),
            size_unit=size_unit,
            **dict(zip(_TIMES, times, strict=True)),
        )
