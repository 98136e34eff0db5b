"""What a pledge is set up with: the twin of contracts/Pledge.sol."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dcai.durations import Duration, seconds
from dcai.incentives import Incentive
from dcai.incentives.settings import about, check

if TYPE_CHECKING:
    from pledge.trainer import PledgeTrainer  # noqa: F401


@dataclass(frozen=True)
class Pledge(Incentive["PledgeTrainer"]):
    """A sample costs a pledge, which its author gets back after a time."""

    suffix = "Pledge"

    pledge_wei: int = field(default=1_000, metadata=about("What a sample costs.", unit="wei", least=1, most=2**64 - 1))
    after: Duration = field(
        default="1 hour", metadata=about("From a contribution until its author gets the pledge back.", unit="seconds")
    )
    size_unit: int = field(default=1, metadata=about("Of no importance here.", unit="features", least=1, most=65_535))

    def __post_init__(self):
        check(self)

    def price(self, elapsed, sizes=(1,)):
        return self.pledge_wei * len(sizes)

    def packed(self):
        return (self.pledge_wei << 32 | seconds(self.after)).to_bytes(32, "big")

    @classmethod
    def from_packed(cls, word, size_unit):
        both = int.from_bytes(word, "big")
        return cls(both >> 32, both % 2**32, size_unit)
