"""The prediction market in simulations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from dcai.chain.codec import Event
from dcai.incentives.prediction_market.log import MarketHistory
from dcai.incentives.prediction_market.simulated import Market, test_set
from dcai.incentives.prediction_market.terms import PredictionMarket
from dcai.incentives.rules import Claim, Due, Earned, Rules, Stage
from dcai.incentives.settings import about
from dcai.samples import MAX_BATCH
from dcai.trainer.log import Entry

_PAYMENTS = {"Collected": "person", "Reclaimed": "author", "Withdrawn": "provider"}


@dataclass(frozen=True)
class Provided:
    """What the provider of a simulated market pays in."""

    bounty: int = field(metadata=about("The bounty, in stakes.", unit="stakes", least=1, most=2**40))


class PredictionMarketRules(Rules, incentive=PredictionMarket):
    """A contribution costs a stake, and there is nothing to claim: the market is settled for everybody in the end."""

    incentive: PredictionMarket
    history: MarketHistory

    claims = ()
    calls = MappingProxyType(
        {
            "Committed": "commit",
            "Drawn": "draw",
            "Revealed": "reveal",
            "Evaluated": "evaluate",
            "Collected": "collect",
            "Reclaimed": "reclaim",
            "Withdrawn": "withdraw",
            "Forfeit": "forfeit",
        }
    )
    settling = "evaluating the market"
    has_provider = True
    settings = Provided
    lasts = "participate"
    unforkable = (
        "a prediction market, and a copy of it can't end: a test set that only its provider can reveal decides who "
        "gains; simulate one with its terms, without --fork."
    )

    _market: Market

    def prepare(self, stage: Stage) -> None:
        """Commit, draw and open a portion; contributions end when the market says so."""
        terms, seed = self.incentive, stage.seed
        hidden = test_set(stage.data, terms.portions, terms.portion_size, seed)
        bounty_wei = stage.settings["bounty"] * terms.stake_wei
        self._market = Market(stage, hidden, bounty_wei=bounty_wei, drawn=seed % terms.portions)
        self._market.open()
        self.ends = self._market.ends

    def settle(self, stage: Stage) -> None:
        """Reveal, evaluate and pay everybody."""
        self._market.settle()

    @property
    def most_features(self) -> int:
        """As many as a stake is for."""
        return self.incentive.size_unit

    @property
    def longest_wait(self) -> int:
        """Seconds until nobody contributes any more."""
        _, participate, _, _ = self.incentive.times()
        return participate

    def price(self, now: int, size: int) -> int:
        """Return what suffices for a sample, whatever others contribute until it is sent, wei."""
        last = max(self.incentive.most_samples - 1, 0)
        samples = min(self.history.counted + MAX_BATCH, last) if self.least_samples == 1 else last
        return super().price(now, size) + self.incentive.fee(self.history.bounty_wei, samples, 1)

    def contributed(self, entry: Entry) -> Iterator[Due]:
        """Yield nothing."""
        yield from ()

    def due(self, event: Event, now: int) -> Iterator[Due]:
        """Yield nothing."""
        yield from ()

    def payment(self, event: Event) -> tuple[str, int] | None:
        """Return who was paid for contributions, or the remainder; the provider's bounty is a payment below 0."""
        if event.name == "Committed":
            return self.creator, -event.args["bounty"]
        who = _PAYMENTS.get(event.name)
        return None if who is None else (event.args[who], event.args["amount"])

    def possible(self, claim: Claim, now: int, *, turned: bool = False) -> bool:
        """Whether the contract would grant a claim: there are none."""
        return False

    def brings(self, claim: Claim) -> int:
        """Return 0: there are no claims."""
        return 0

    def later(self, claim: Claim, now: int) -> None:
        """Return None: there are no claims."""

    def is_open(self, entry: Any, now: int) -> bool:
        """Whether it was neither evaluated nor paid back."""
        return not (self.history.settled or entry.reclaimed)

    def open_wei(self, entry: Any) -> int:
        """Return what was sent less the fee until then."""
        return int(entry.kept_wei) if self.is_open(entry, 0) else 0

    def earned(self, addresses: Collection[str]) -> Earned:
        """Return how many samples somebody contributed and, of a settled market, what they gained, in stakes."""
        own = [entry for entry in self.history.entries.values() if entry.author in addresses]
        samples: Earned = {"samples": sum(len(entry.samples()) for entry in own)}
        if not self.history.settled:
            return samples
        return {**samples, "score": sum(self._gains[address] for address in addresses) / self.incentive.tests}

    @cached_property
    def _gains(self) -> Counter[str]:
        """What everybody gained, in stakes divided by the number of test samples."""
        gains: Counter[str] = Counter()
        for turn in self.history.scores():
            gains[turn.author] += turn.gain
        return gains
