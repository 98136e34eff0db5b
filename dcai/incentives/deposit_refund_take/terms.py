"""What Deposit-Refund-Take is set up with: the twin of contracts/incentives/DepositRefundTake.sol."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt
from typing import TYPE_CHECKING, ClassVar, Self

from dcai.durations import Duration, seconds
from dcai.errors import InvalidInput
from dcai.incentives.base import Incentive

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
        Below 2^64.
    minimum_wei : int
        1 to 2^64 - 1.
    refund_after : seconds, timedelta or text
        From the contribution until its author can be refunded, and others report it.
    settle_after : seconds, timedelta or text
        From a report until its share can be taken, so that authors can look after their data in between. 0 is the rule
        of 2019, with which one transaction that turns the model, takes and turns it back robs everybody whose deposit
        is due.
    creator_take_after : seconds, timedelta or text
        From the contribution until the trainer's creator takes what is left.
    take_after : seconds, timedelta or text
        From the contribution until anybody does.
    size_unit : int
        How many features one price covers, 1 to 65,535.

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

    weight_wei: int = 10**12
    minimum_wei: int = 10**12
    refund_after: Duration = "1 day"
    settle_after: Duration = "1 day"
    creator_take_after: Duration = "8 days"
    take_after: Duration = "9 days"
    size_unit: int = 100

    def __post_init__(self) -> None:
        for name, low, high in (("weight_wei", 0, 2**64), ("minimum_wei", 1, 2**64), ("size_unit", 1, 2**16)):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not low <= value < high:
                raise InvalidInput(f"{name} is a whole number from {low} to {high - 1}, not {value!r}.")
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
