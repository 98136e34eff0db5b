"""The log of a trainer with pledges."""

from __future__ import annotations

from dataclasses import dataclass

from dcai.trainer.log import Entry, History


@dataclass
class PledgeEntry(Entry):
    """A contribution, and what is left of its pledge."""

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
    """All contributions, and what was paid back."""

    entry_type = PledgeEntry

    def apply(self, event, times):
        if event.name == "Returned":
            entry = self.entries[event.args["id"]]
            self.paid_out_wei += entry.open_wei
            entry.open_wei = 0

    def expectations(self):
        yield from ()
