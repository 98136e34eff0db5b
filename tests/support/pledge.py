"""A third party's incentive: the Python side of tests/support/contracts/Pledge.sol."""

from __future__ import annotations

from dataclasses import dataclass

import dcai
from dcai.trainer.contribution import Contribution
from dcai.trainer.log import Entry, History


@dataclass(frozen=True)
class Pledge(dcai.Incentive["PledgeTrainer"]):
    """A sample costs a pledge, and its author gets the pledge back after a time."""

    suffix = "Pledge"

    pledge_wei: int = 1_000
    seconds: int = 3_600
    size_unit: int = 1

    def price(self, elapsed, sizes=(1,)):
        return self.pledge_wei * len(sizes)

    def packed(self):
        return (self.pledge_wei << 32 | self.seconds).to_bytes(32, "big")

    @classmethod
    def from_packed(cls, word, size_unit):
        both = int.from_bytes(word, "big")
        return cls(both >> 32, both % 2**32, size_unit)


@dataclass
class PledgeEntry(Entry):
    open_wei: int

    @classmethod
    def of(cls, args, incentive):
        return cls(**cls.fields_of(args), open_wei=args["deposit"])

    @property
    def open(self):
        return self.open_wei

    def is_free(self, now):
        return self.open_wei == 0


@dataclass
class PledgeHistory(History[PledgeEntry]):
    entry_type = PledgeEntry

    def apply(self, event, times):
        if event.name == "Returned":
            entry = self.entries[event.args["id"]]
            self.paid_out_wei += entry.open_wei
            entry.open_wei = 0

    def expectations(self):
        yield from ()


class PledgeContribution(Contribution):
    def collect(self):
        """Get the pledge back."""
        call = self.trainer.contract.call("collect", self.entry.claim(), self.entry.slot)
        self.trainer.send(call, self.entry.author)


class PledgeTrainer(dcai.Trainer[PledgeContribution, PledgeHistory], incentive=Pledge):
    contribution_type = PledgeContribution
    history_type = PledgeHistory
