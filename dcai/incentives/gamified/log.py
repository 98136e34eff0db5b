"""The log of a trainer with Gamified: how far each contribution has got, and what everybody has earned."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from eth_utils.crypto import keccak

from dcai.chain.codec import Event
from dcai.incentives.gamified.sketch import sketch
from dcai.incentives.gamified.standing import BATCHED, Merit, Standing, label_bits
from dcai.trainer.log import Entry, Expected, History

_STAGES = ("finished", "pending", "validated", "reported")


@dataclass
class GamifiedEntry(Entry):
    """A contribution in the log, and how far it has got.

    Attributes
    ----------
    until : int
        When it ends by itself: a pending one expires, a validated one can no longer be reported, a reported one can no
        longer be settled.
    stage : str
        pending, validated, reported, or finished: a duplicate, or reported and settled.
    points, worth : int
        What it earned, and as how many contributions it counts.
    positions : int
        Of a batch: bit i is set where the sample at position i was validated and new.
    """

    until: int
    stage: str = "pending"
    points: int = 0
    worth: int = 0
    positions: int = 0

    @classmethod
    def of(cls, args: dict[str, Any], incentive: Any) -> Self:
        """Return the entry for the arguments of a Contributed event, pending."""
        return cls(**cls.fields_of(args), until=args["time"] + incentive.times()[1])

    @property
    def open(self) -> int:
        """How far it has got: contracts/types/Stage.sol."""
        if self.stage == "finished":
            return 0
        return _STAGES.index(self.stage) << 80 | self.worth << 72 | self.points << 40 | self.until

    def is_free(self, now: int) -> bool:
        """Whether nothing can come of it any more."""
        return self.stage == "finished" or self.until <= now


@dataclass
class GamifiedHistory(History[GamifiedEntry]):
    """A trainer's log so far.

    Attributes
    ----------
    standings : dict
        Person -> what they have earned.
    memory : Counter
        Word -> bits: what is remembered of the samples that were validated.
    """

    entry_type = GamifiedEntry

    standings: defaultdict[str, Standing] = field(default_factory=lambda: defaultdict(Standing))
    memory: Counter[int] = field(default_factory=Counter)

    def apply(self, event: Event, times: dict[int, int]) -> None:
        """Replay a validation, a report, or what came of it."""
        args = event.args
        match event.name:
            case "Validated":
                self._validate(self.entries[args["id"]], 1, args["until"])
            case "BatchValidated":
                self._validate(self.entries[args["id"]], args["positions"], args["until"])
            case "Duplicate":
                self.entries[args["id"]].stage = "finished"
            case "Reported":
                entry = self.entries[args["id"]]
                entry.stage, entry.until = "reported", args["due"] + self.incentive.times()[3]
            case "Defended":
                entry = self.entries[args["id"]]
                entry.stage, entry.until = "validated", args["until"]
            case "PointsTaken":
                entry = self.entries[args["id"]]
                entry.stage = "finished"
                self.standings[entry.author].lose(entry.points, entry.worth)
                self.standings[args["reporter"]].guard(self.incentive)

    def expectations(self) -> Iterator[Expected]:
        """Yield what the contract must answer about everybody, about batches, and of what is remembered."""
        for person in {entry.author for entry in self.entries.values()} | self.standings.keys():
            standing = self.standings[person].as_tuple() if person in self.standings else Standing().as_tuple()
            told = f"{person} has {{found}} (points, validated, day, streak, badges, labels, sketch), the log gives "
            yield Expected(("person", person), standing, f"{told}{standing}.")
        for entry in self.entries.values():
            if entry.is_batch and entry.positions:
                stored = 0 if entry.positions == entry.mask(None) else entry.positions
                told = f"Of batch {entry.id} the samples {{found:#b}} were validated, the log gives {stored:#b}."
                yield Expected(("validatedPositions", entry.id), stored, told)
        for word, bits in self.memory.items():
            told = f"Word {word} of what is remembered is {{found:#x}}, the log gives {bits:#x}."
            yield Expected(("remembered", word), bits, told)

    def _validate(self, entry: GamifiedEntry, positions: int, until: int) -> None:
        # the event names those that were new
        new = [one for at, one in enumerate(entry.samples()) if positions >> at & 1]
        features = 0
        for sample, _ in new:
            self._remember(sample)
            features |= sketch(sample, dense=self.model.dense)
        entry.worth = -(-len(new) // BATCHED)
        entry.positions = positions
        merit = Merit(entry.worth, features, label_bits([label for _, label in new]), entry.time)
        classes = len(self.model.classes) + len(self.added)
        entry.points = self.standings[entry.author].earn(merit, classes, self.incentive)
        entry.stage, entry.until = "validated", until

    def _remember(self, sample: bytes) -> None:
        word, bit = divmod(int.from_bytes(keccak(sample), "big") % (256 * self.incentive.memory_slots), 256)
        self.memory[word] |= 1 << bit
