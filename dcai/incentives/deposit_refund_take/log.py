"""The log of a trainer with Deposit-Refund-Take: what is left of each deposit, and who has how much good data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from dcai.chain.codec import Event
from dcai.trainer.log import Entry, Expected, History

SPLIT_SLOTS = 2**128
"""Slots of samples that were split off a batch lie from here on, where no other contribution can use them."""


@dataclass
class DepositEntry(Entry):
    """A contribution in the log, in its current state.

    Attributes
    ----------
    open_wei : int
        What is left of the deposit.
    closed : int
        Of a batch: bit i is set once the sample at position i is refunded or split off.
    reports : dict
        Reporter -> time.
    sample_reports : dict
        Of a batch: position -> the reports of the sample there, until it is split off.
    split_off : int
        Of a batch: bit i is set while the sample at position i is split off and not refunded.
    batch : DepositEntry or None
        Of a sample that was split off: the batch that it was in.
    taken_by : set of str
        The people who have taken something of it.
    """

    open_wei: int
    closed: int = 0
    reports: dict[str, int] = field(default_factory=dict)
    taken_by: set[str] = field(default_factory=set)
    sample_reports: dict[int, dict[str, int]] = field(default_factory=dict)
    split_off: int = 0
    batch: DepositEntry | None = field(default=None, repr=False)

    @classmethod
    def of(cls, args: dict[str, Any], incentive: object) -> Self:
        """Return the entry for the arguments of a Contributed event, with all of its deposit open."""
        return cls(**cls.fields_of(args), open_wei=args["deposit"])

    @property
    def open(self) -> int:
        """What is left of the deposit."""
        return self.open_wei

    def is_free(self, now: int) -> bool:
        """Whether everything was paid out, at a slot that a contribution can name."""
        return self.open_wei == 0 and self.slot < SPLIT_SLOTS

    def split(self, number: int, slot: int) -> DepositEntry:
        """Take a sample out of a batch and return its own entry; its number tells its position."""
        samples = self.samples()
        position = number - self.id - 1
        sample, label = samples[position]
        part = self.deposit_wei // len(samples)
        self.open_wei -= part
        self.closed |= 1 << position
        self.split_off |= 1 << position
        reports = self.sample_reports.pop(position, {})
        return DepositEntry(
            number, self.author, self.time, part, label, sample, slot, part, reports=reports, batch=self
        )

    def reported(self, positions: int, reporter: str, time: int) -> None:
        """Note a report of samples of a batch."""
        for position in range(positions.bit_length()):
            if positions >> position & 1:
                self.sample_reports.setdefault(position, {})[reporter] = time

    def refunded(self, positions: int) -> bool:
        """Note the refund of samples of a batch, split off or not; return whether it makes the batch a good one."""
        before = (self.closed & ~self.split_off).bit_count()
        self.closed |= positions
        self.split_off &= ~positions
        return 2 * before <= len(self.samples()) < 2 * (self.closed & ~self.split_off).bit_count()


@dataclass
class DepositHistory(History[DepositEntry]):
    """A trainer's log so far, samples that were split off a batch among its entries.

    Attributes
    ----------
    good : Counter
        Person -> validated contributions.
    """

    entry_type = DepositEntry
    timed: ClassVar[frozenset[str]] = frozenset({"Reported", "BatchReported"})

    good: Counter[str] = field(default_factory=Counter)

    @property
    def counted(self) -> int:
        """The sum of everybody's good contributions."""
        return self.good.total()

    def expectations(self) -> Iterator[Expected]:
        """Yield what the contract must answer about the good contributions of each author."""
        for person in {entry.author for entry in self.entries.values()}:
            count = self.good[person]
            told = f"{person} has {{found}} good contributions, the log gives {count}."
            yield Expected(("good", person), count, told)

    def apply(self, event: Event, times: dict[int, int]) -> None:
        """Replay a refund, a split, a report or a take."""
        args = event.args
        match event.name:
            case "Refunded":
                entry = self.entries[args["id"]]
                self._paid(entry, args["amount"])
                batch = entry.batch
                self.good[entry.author] += batch is None or batch.refunded(1 << entry.id - batch.id - 1)
            case "BatchRefunded":
                entry = self.entries[args["id"]]
                self._paid(entry, args["amount"])
                self.good[entry.author] += entry.refunded(args["positions"])
            case "Split":
                self.entries[args["id"]] = self.entries[args["batchId"]].split(args["id"], args["slot"])
            case "Reported":
                reporter = args["reporter"]
                self.entries[args["id"]].reports[reporter] = times[event.block_number]
            case "BatchReported":
                self.entries[args["id"]].reported(args["positions"], args["reporter"], times[event.block_number])
            case "Taken":
                entry = self.entries[args["id"]]
                self._paid(entry, args["amount"])
                entry.taken_by.add(args["taker"])

    def _paid(self, entry: DepositEntry, amount: int) -> None:
        entry.open_wei -= amount
        self.paid_out_wei += amount
