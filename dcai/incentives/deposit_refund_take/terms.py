"""What Deposit-Refund-Take is set up with: the twin of contracts/incentives/DepositRefundTake.sol."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isqrt
from typing import TYPE_CHECKING, ClassVar, Self

from dcai.durations import Duration, seconds
from dcai.errors import InvalidInput
from dcai.incentives.base import Incentive
from dcai.incentives.settings import about, check

if TYPE_CHECKING:
    # named in a text below
    from dcai.incentives.deposit_refund_take.trainer import DepositTrainer  # noqa: F401


@dataclass(frozen=True)
class DepositRefundTake(Incentive["DepositTrainer"]):
    """Pay in; get it back once the model agrees; receive the deposit of bad or abandoned data.

    A contribution costs weight * 3600 / sqrt(seconds since the last one), as in Harris and Waggoner (2019), and never
    less than the minimum. A sample of more than `size_unit` features counts as so many times as many contributions,
    and a batch as its samples, evenly spread over the time since the last contribution, a second or more apart.

    Parameters
    ----------
    weight_wei : int
        A contribution costs this * 3600 / √(seconds since the last one). 0 to 2^64 - 1 wei.
    minimum_wei : int
        The least that a contribution costs. 1 to 2^64 - 1 wei.
    refund_after : seconds, timedelta or text
        From a contribution until its author can be refunded and others can report it.
    settle_after : seconds, timedelta or text
        From a report until its share can be taken: authors look after their data in between. With 0, as in the rule of
        2019, one transaction that turns the model, takes and turns it back robs everybody whose deposit is due.
    creator_take_after : seconds, timedelta or text
        From a contribution until the trainer's creator can take what is left of its deposit.
    take_after : seconds, timedelta or text
        From a contribution until anybody can take what is left of its deposit.
    size_unit : int
        How many features of a sample one price covers. 1 to 65,535 features.

    Raises
    ------
    InvalidInput
        If a value is out of its range, or the times are not in order: refund_after + settle_after < creator_take_after
        <= take_after < 2^32 seconds.

    Examples
    --------
    >>> DepositRefundTake(weight_wei=10**12).price(elapsed=3600)
    60000000000000
    """

    suffix: ClassVar[str] = "DRT"

    weight_wei: int = field(
        default=10**12,
        metadata=about(
            "A contribution costs this * 3600 / √(seconds since the last one).", unit="wei", least=0, most=2**64 - 1
        ),
    )
    minimum_wei: int = field(
        default=10**12, metadata=about("The least that a contribution costs.", unit="wei", least=1, most=2**64 - 1)
    )
    refund_after: Duration = field(
        default="1 day",
        metadata=about(
            "From a contribution until its author can be refunded and others can report it.", unit="seconds"
        ),
    )
    settle_after: Duration = field(
        default="1 day",
        metadata=about(
            "From a report until its share can be taken: authors look after their data in between. With 0, as in "
            "the rule of 2019, one transaction that turns the model, takes and turns it back robs everybody whose"
            " deposit is due.",
            unit="seconds",
        ),
    )
    creator_take_after: Duration = field(
        default="8 days",
        metadata=about(
            "From a contribution until the trainer's creator can take what is left of its deposit.", unit="seconds"
        ),
    )
    take_after: Duration = field(
        default="9 days",
        metadata=about("From a contribution until anybody can take what is left of its deposit.", unit="seconds"),
    )
    size_unit: int = field(
        default=100,
        metadata=about("How many features of a sample one price covers.", unit="features", least=1, most=65_535),
    )

    def __post_init__(self) -> None:
        check(self)
        refund, settle, creator, anybody = self.times()
        if not (refund >= 1 and refund + settle < creator <= anybody < 2**32):
            raise InvalidInput(
                "The times must be in order: refund_after at least 1 second, refund_after + settle_after < "
                f"creator_take_after <= take_after; these are {refund} + {settle}, {creator} and {anybody} seconds."
            )

    def times(self) -> tuple[int, int, int, int]:
        """Return refund_after, settle_after, creator_take_after, take_after in seconds."""
        return (
            seconds(self.refund_after),
            seconds(self.settle_after),
            seconds(self.creator_take_after),
            seconds(self.take_after),
        )

    def price(self, elapsed: int, sizes: tuple[int, ...] = (1,)) -> int:
        """Return what samples cost together, in wei, to the unit. See `Incentive.price`."""
        size = self._size(sizes)
        root = isqrt(max(elapsed * self.size_unit, size) * 10**18 // size)
        asked = self.weight_wei * 3600 * 10**9 * size // (self.size_unit * root)
        return max(asked, self.minimum_wei * size // self.size_unit)

    def packed(self) -> bytes:
        """Return the incentive's word of a trainer's settings, 32 bytes."""
        head = self.weight_wei.to_bytes(8, "big") + self.minimum_wei.to_bytes(8, "big")
        return head + b"".join(time.to_bytes(4, "big") for time in self.times())

    @classmethod
    def from_packed(cls, word: bytes, size_unit: int) -> Self:
        """Return what a trainer was set up with, from its code."""
        refund, settle, creator, anybody = (int.from_bytes(word[at : at + 4], "big") for at in range(16, 32, 4))
        return cls(
            weight_wei=int.from_bytes(word[:8], "big"),
            minimum_wei=int.from_bytes(word[8:16], "big"),
            refund_after=refund,
            settle_after=settle,
            creator_take_after=creator,
            take_after=anybody,
            size_unit=size_unit,
        )
