"""What a prediction market is set up with: the twin of contracts/incentives/PredictionMarket.sol."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Self

from dcai.durations import Duration, seconds
from dcai.errors import InvalidInput
from dcai.incentives.base import Incentive
from dcai.incentives.prediction_market.errors import TurnTooSmall
from dcai.incentives.settings import about, check
from dcai.samples import MAX_BATCH

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
    what people see of the test set. Each sample that they contribute costs one stake, which comes back by the rule, and
    a fee, which is burnt (see `fee`). When time is up the provider
    reveals the other portions, the contributions are replayed, and the mistakes on those portions counted after each.
    Each contribution is a turn: it starts with the stakes of all its samples. In each of B rounds, every turn that is
    still in gains the mistakes of the one before it less its own, in units of the stake divided by the number of test
    samples. Those with less than one stake are out from then on. The rule is that of Abernethy and Frongillo (2011), as
    Harris and Waggoner (2019) give it for turns of one sample, by which noise gains; with many samples at risk together
    it loses.

    Parameters
    ----------
    stake_wei : int
        What each sample costs: a multiple of the number of test samples, (portions - 1) * portion_size, so that all
        payments are exact. 1 to 2^72 - 1 wei.
    portion_size : int
        How many samples each portion of the test set has; all portions but one have up to 65,535 together. 1 to 65,535
        samples.
    portions : int
        How many portions the test set has; one of them is opened at the beginning. 2 to 255 portions.
    open_within : seconds, timedelta or text
        From the commitment until the drawn portion must be open; otherwise the bounty is lost to nobody.
    participate : seconds, timedelta or text
        From the opening until nobody contributes any more.
    reveal_within : seconds, timedelta or text
        From then until all portions must be revealed; otherwise every sample gets back its stake, and the bounty is
        burnt.
    evaluate_within : seconds, timedelta or text
        How long the evaluation may stand still once all is revealed; otherwise the same.
    per_pass : int, optional
        How many portions are evaluated at once, 1 to portions - 1; all of them if left out. One transaction must hold
        the portions of a pass and the largest contribution: see `MarketTrainer.commit`.
    draw_after : int
        Blocks from the commitment to the one that decides the draw. With 96 or more, and epochs like Ethereum's, nobody
        knows at the time of the commitment who will propose it. 2 to 127 blocks.
    turn_samples : int
        The fewest samples of a contribution, which is scored as one turn with all its stakes at risk; with 1, single
        samples are turns as in the talk. 1 to 256 samples.
    most_samples : int
        How many samples are taken at most: the cost of the evaluation grows with them. Fees rise towards it, up to the
        bounty for all: choose three times what you expect, or more. 1 to 65,535 samples.
    size_unit : int
        The most features of a sample; a dense sample counts as one. 1 to 65,535 features.

    Raises
    ------
    InvalidInput
        If a value is out of its range.
    """

    suffix: ClassVar[str] = "PM"
    # without the arguments' frame
    batch_bytes: ClassVar[int] = MOST_BYTES - 256

    stake_wei: int = field(
        metadata=about(
            "What each sample costs: a multiple of the number of test samples, (portions - 1) * portion_size, so "
            "that all payments are exact.",
            unit="wei",
            least=1,
            most=2**72 - 1,
        )
    )
    portion_size: int = field(
        metadata=about(
            "How many samples each portion of the test set has; all portions but one have up to 65,535 together.",
            unit="samples",
            least=1,
            most=65_535,
        )
    )
    portions: int = field(
        default=10,
        metadata=about(
            "How many portions the test set has; one of them is opened at the beginning.",
            unit="portions",
            least=2,
            most=255,
        ),
    )
    open_within: Duration = field(
        default="1 day",
        metadata=about(
            "From the commitment until the drawn portion must be open; otherwise the bounty is lost to nobody.",
            unit="seconds",
        ),
    )
    participate: Duration = field(
        default="7 days", metadata=about("From the opening until nobody contributes any more.", unit="seconds")
    )
    reveal_within: Duration = field(
        default="2 days",
        metadata=about(
            "From then until all portions must be revealed; otherwise every sample gets back its stake, and the "
            "bounty is burnt.",
            unit="seconds",
        ),
    )
    evaluate_within: Duration = field(
        default="5 days",
        metadata=about(
            "How long the evaluation may stand still once all is revealed; otherwise the same.", unit="seconds"
        ),
    )
    per_pass: int | None = field(
        default=None,
        metadata=about(
            "How many portions are evaluated at once, 1 to portions - 1; all of them if left out. One transaction "
            "must hold the portions of a pass and the largest contribution: see `MarketTrainer.commit`.",
            unit="portions",
        ),
    )
    draw_after: int = field(
        default=100,
        metadata=about(
            "Blocks from the commitment to the one that decides the draw. With 96 or more, and epochs like "
            "Ethereum's, nobody knows at the time of the commitment who will propose it.",
            unit="blocks",
            least=2,
            most=127,
        ),
    )
    turn_samples: int = field(
        default=1,
        metadata=about(
            "The fewest samples of a contribution, which is scored as one turn with all its stakes at risk; with 1, "
            "single samples are turns as in the talk.",
            unit="samples",
            least=1,
            most=MAX_BATCH,
        ),
    )
    most_samples: int = field(
        default=10_000,
        metadata=about(
            "How many samples are taken at most: the cost of the evaluation grows with them. Fees rise towards it, up "
            "to the bounty for all: choose three times what you expect, or more.",
            unit="samples",
            least=1,
            most=65_535,
        ),
    )
    size_unit: int = field(
        default=250,
        metadata=about(
            "The most features of a sample; a dense sample counts as one.", unit="features", least=1, most=65_535
        ),
    )

    def __post_init__(self) -> None:
        check(self)
        if self.per_pass is not None and not 1 <= self.per_pass < self.portions:
            raise InvalidInput(
                f"per_pass must be a whole number from 1 to {self.portions - 1}, all portions but one, not "
                f"{self.per_pass!r}."
            )
        if self.tests > 65_535:
            raise InvalidInput(
                f"All but one portion have {self.tests:,} samples together, and a market examines a model on up to "
                "65,535; make portions smaller or fewer."
            )
        if self.stake_wei % self.tests:
            near = -(-self.stake_wei // self.tests) * self.tests
            raise InvalidInput(
                f"stake_wei must be a multiple of the number of test samples, {self.tests}, so that all payments are "
                f"exact, not {self.stake_wei}; the next one is {near}."
            )
        if self.unit_wei >= 2**64:
            raise InvalidInput(
                f"stake_wei must be less than 2^64 wei for each of {self.tests} test samples, {2**64 * self.tests} "
                f"together, not {self.stake_wei}."
            )
        if self.turn_samples > self.most_samples:
            raise InvalidInput(
                f"turn_samples must be 1 to {self.most_samples}, which is most_samples, not {self.turn_samples}: "
                "nobody could contribute."
            )
        for name, value in zip(_TIMES, self.times(), strict=True):
            if not 1 <= value < 2**32:
                raise InvalidInput(f"{name} must be a second or more and less than 2^32 seconds, not {value}.")

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

    @property
    def least_samples(self) -> int:
        """The fewest samples of a contribution: those of a turn."""
        return self.turn_samples

    def check_count(self, samples: int) -> None:
        """Refuse fewer samples than a turn has.

        Raises
        ------
        TurnTooSmall
        """
        if samples < self.turn_samples:
            raise TurnTooSmall(samples=samples, least=self.turn_samples)

    def times(self) -> tuple[int, int, int, int]:
        """Return open_within, participate, reveal_within, evaluate_within in seconds."""
        return (
            seconds(self.open_within),
            seconds(self.participate),
            seconds(self.reveal_within),
            seconds(self.evaluate_within),
        )

    def price(self, elapsed: int, sizes: tuple[int, ...] = (1,)) -> int:
        """Return the stakes of samples together, wei, whenever they come; `fee` comes on top. See `Incentive.price`."""
        self._check_size(sizes)
        return len(sizes) * self.stake_wei

    def fee(self, bounty_wei: int, samples: int, count: int) -> int:
        """Return what is burnt for `count` more samples in a market that has `samples`, wei.

        The first n samples burn n² / most_samples² of the bounty together, so that a market costs as much to fill as
        its bounty is, in whatever batches and under however many names.
        """
        before, after = (bounty_wei * n**2 // self.most_samples**2 for n in (samples, samples + count))
        return after - before

    def packed(self) -> bytes:
        """Return the incentive's word of a trainer's settings, 32 bytes: see contracts/types/MarketTerms.sol."""
        return b"".join(
            (
                self.unit_wei.to_bytes(8, "big"),
                bytes([self.turn_samples - 1]),
                *(time.to_bytes(4, "big") for time in self.times()),
                self.portion_size.to_bytes(2, "big"),
                bytes([self.portions, self.pass_size, self.draw_after]),
                self.most_samples.to_bytes(2, "big"),
            )
        )

    @classmethod
    def from_packed(cls, word: bytes, size_unit: int) -> Self:
        """Return what a trainer was set up with, from its code."""
        times = (int.from_bytes(word[at : at + 4], "big") for at in range(9, 25, 4))
        portion_size = int.from_bytes(word[25:27], "big")
        portions, pass_size, blocks = word[27:30]
        return cls(
            stake_wei=int.from_bytes(word[:8], "big") * (portions - 1) * portion_size,
            portion_size=portion_size,
            portions=portions,
            per_pass=pass_size,
            draw_after=blocks & 0x7F,
            turn_samples=word[8] + 1,
            most_samples=int.from_bytes(word[30:], "big"),
            size_unit=size_unit,
            **dict(zip(_TIMES, times, strict=True)),
        )
