"""The log of a prediction market: what was committed, revealed, contributed, evaluated and paid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from dcai.chain.codec import Event
from dcai.incentives.prediction_market.scores import Score, score
from dcai.incentives.prediction_market.test_set import unpack_portion
from dcai.models.twins import Twin
from dcai.trainer.log import Entry, Expected, History


@dataclass
class MarketEntry(Entry):
    """A contribution with its stake.

    Attributes
    ----------
    fee_wei : int
        What is burnt of its deposit; the rest are the stakes, and what was sent beyond the price.
    reclaimed : bool
        Whether it was paid back, after the market had failed.
    """

    fee_wei: int = 0
    reclaimed: bool = False

    @classmethod
    def of(cls, args: dict[str, Any], incentive: object) -> Self:
        """Return the entry for the arguments of a Contributed event."""
        return cls(**cls.fields_of(args))

    @property
    def open(self) -> int:
        """What was sent less the fee, unless it was paid back."""
        return 0 if self.reclaimed else self.kept_wei

    @property
    def kept_wei(self) -> int:
        """What was sent less the fee."""
        return self.deposit_wei - self.fee_wei

    def is_free(self, now: int) -> bool:
        """Whether its slot can be used again: never while a market takes contributions."""
        return False


@dataclass
class MarketHistory(History[MarketEntry]):
    """A market's log so far.

    Attributes
    ----------
    hashes : tuple of bytes
        Of the portions; empty before the commitment.
    bounty_wei : int
    drawn : int or None
        The portion that was drawn.
    portions : dict
        The number of each portion that is known -> its content.
    settled, withdrawn, forfeited : bool
        Whether all is evaluated; whether the provider was paid; whether what belongs to nobody was burnt.
    collected_wei : Counter
        Person -> what they were paid.
    """

    entry_type = MarketEntry

    hashes: tuple[bytes, ...] = ()
    bounty_wei: int = 0
    drawn: int | None = None
    portions: dict[int, bytes] = field(default_factory=dict)
    settled: bool = False
    withdrawn: bool = False
    forfeited: bool = False
    collected_wei: Counter[str] = field(default_factory=Counter)
    _samples: int = 0

    @property
    def counted(self) -> int:
        """How many samples were contributed."""
        return self._samples

    @property
    def fees_wei(self) -> int:
        """What all contributions burn together."""
        return int(self.incentive.fee(self.bounty_wei, 0, self.counted))

    def apply(self, event: Event, times: dict[int, int]) -> None:
        """Replay an event of the market."""
        args = event.args
        match event.name:
            case "Committed":
                self.hashes, self.bounty_wei = tuple(args["hashes"]), args["bounty"]
                self.paid_in_wei += args["bounty"]
            case "Drawn":
                self.drawn = args["portion"]
            case "Revealed":
                self.portions[args["portion"]] = args["content"]
            case "Settled":
                self.settled = True
            case "Collected":
                self.collected_wei[args["person"]] += args["amount"]
                self.paid_out_wei += args["amount"]
            case "Reclaimed":
                self.entries[args["id"]].reclaimed = True
                self.paid_out_wei += args["amount"]
            case "Withdrawn":
                self.withdrawn = True
                self.paid_out_wei += args["amount"]
            case "Forfeit":
                self.forfeited = True
                self.paid_out_wei += args["amount"]

    def _contributed(self, args: dict[str, Any]) -> None:
        super()._contributed(args)
        entry = self.entries[args["id"]]
        count = len(entry.samples())
        entry.fee_wei = self.incentive.fee(self.bounty_wei, self._samples, count)
        self._samples += count

    def hidden(self) -> list[bytes]:
        """Return the contents of the portions that the model is examined on: all but the one that was drawn."""
        return [content for portion, content in sorted(self.portions.items()) if portion != self.drawn]

    def tests(self) -> list[tuple[bytes, int]]:
        """Return the samples that the model is examined on."""
        return [sample for content in self.hidden() for sample in unpack_portion(content)]

    def start(self) -> Twin:
        """Return the model that the contributions begin with."""
        return self.model.from_parameters(self.model.settings(), self.parameters, (*self.model.classes, *self.added))

    def scores(self) -> list[Score]:
        """Return what each turn was worth; the whole test set must be known."""
        return score(
            self.start(),
            self.entries.values(),
            self.tests(),
            rounds=self.bounty_wei // self.incentive.stake_wei,
        )

    def expectations(self) -> Iterator[Expected]:
        """Yield what the market must owe each participant, by the rule, once it is settled."""
        if not self.settled:
            return
        owed: Counter[str] = Counter()
        for entry in self.entries.values():
            owed[entry.author] += entry.kept_wei
        for turn in self.scores():
            owed[turn.author] += turn.gain * self.incentive.unit_wei
        for person, amount in owed.items():
            left = amount - self.collected_wei[person]
            yield Expected(("owed", person), left, f"The market owes {person} {{found}} wei, the log gives {left}.")
