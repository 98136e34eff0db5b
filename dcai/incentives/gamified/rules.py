"""Gamified in simulations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from dcai.chain.codec import Event
from dcai.incentives.gamified.log import GamifiedEntry, GamifiedHistory
from dcai.incentives.gamified.standing import Standing
from dcai.incentives.gamified.terms import Gamified
from dcai.incentives.rules import Claim, Due, Earned, Rules
from dcai.trainer.log import Entry, History

_NOBODY = Standing()


class GamifiedRules(Rules, incentive=Gamified):
    """A contribution can be validated after some time, is then open to reports, and its author defends it.

    Players want points, whatever the gas: every claim that brings some is made. The points are taken by a second
    report, some time after the first one.
    """

    incentive: Gamified
    history: GamifiedHistory

    claims = ("validate", "report", "defend")
    own = ("validate", "defend")

    def __init__(self, incentive: Gamified, history: History, creator: str, label_of: Callable[[bytes], int]) -> None:
        super().__init__(incentive, history, creator, label_of)
        self._validate_after, self._expire_after, self._settle_after, self._report_within = incentive.times()

    @property
    def reporter_good(self) -> int:
        """As many as the rules of the game say."""
        return self.incentive.reporter_good

    @property
    def most_features(self) -> int:
        """As many as cost nothing."""
        return self.incentive.size_unit

    @property
    def longest_wait(self) -> int:
        """Seconds until the points of a contribution stay, if it is reported once and not defended."""
        return self._expire_after + 2 * self._report_within + self._settle_after

    def contributed(self, entry: Any) -> Iterator[Due]:
        """Yield the author's validation."""
        if entry.stage == "pending":
            yield Due(entry.time + self._validate_after, "validate", entry.id, entry.author)

    def due(self, event: Event, now: int) -> Iterator[Due]:
        """Yield what follows from a contribution, from its validation, and from a report."""
        match event.name:
            case "Contributed":
                yield from self.contributed(self.history.entries[event.args["id"]])
            case "Validated":
                yield Due(now + 1, "report", event.args["id"], None)
            case "Reported":
                number = event.args["id"]
                yield Due(event.args["due"], "report", number, event.args["reporter"])
                yield Due(now + 1, "defend", number, self.history.entries[number].author)

    def about(self, event: Event) -> int:
        """Return the number of the contribution that an event is about; the id of a transfer is a badge's."""
        return 0 if event.name == "TransferSingle" else super().about(event)

    def payment(self, event: Event) -> None:
        """Return None: nobody is ever paid."""

    def possible(self, claim: Claim, now: int, *, turned: bool = False) -> bool:
        """Whether it is time, the claimer may, and the model says what it must."""
        entry = self.history.entries.get(claim.id)
        if entry is None or entry.is_free(now):
            return False
        disagrees = turned or self.disagrees(entry)
        match claim.function:
            case "validate":
                ripe = now >= entry.time + self._validate_after
                return claim.address == entry.author and entry.stage == "pending" and ripe and not disagrees
            case "defend":
                return claim.address == entry.author and entry.stage == "reported" and not disagrees
            case "report":
                if entry.stage == "pending" or (entry.stage == "reported" and now < self._settles(entry)):
                    return False
                strangers = claim.address != entry.author
                return strangers and self.good(claim.address) >= self.reporter_good and disagrees
        return False

    def brings(self, claim: Claim) -> int:
        """Return points: those for a new sample at least, those that a report takes, those that a defence keeps."""
        match claim.function:
            case "validate":
                return self.incentive.base
            case "report":
                return self.incentive.report_points
        entry = self.history.entries[claim.id]
        return entry.points

    def pays(self, claim: Claim, fee_wei: int) -> bool:
        """Whether it brings points, whatever its gas costs."""
        return self.brings(claim) > 0

    def later(self, claim: Claim, now: int) -> tuple[int, str] | None:
        """Return when to look again, as long as something can come of the claim."""
        entry = self.history.entries.get(claim.id)
        if entry is None or entry.is_free(now):
            return None
        match claim.function:
            case "validate":
                time = now + self._validate_after
            case "defend":
                if entry.stage != "reported":
                    return None
                time = now + 1  # at the author's every turn: it is urgent
            case _:
                time = self._settles(entry) if entry.stage == "reported" else 0
                time = max(time, now + self._validate_after)
        return (time, claim.function) if time < entry.until else None

    def good(self, address: str) -> int:
        """Return how many of somebody's contributions were validated."""
        return self._standing(address).validated

    def is_open(self, entry: Entry, now: int) -> bool:
        """Whether something may still come of it."""
        return not entry.is_free(now)

    def may_be_good(self, entry: Any, now: int) -> bool:
        """Whether it can still be validated."""
        return entry.stage == "pending" and self.is_open(entry, now)

    def open_wei(self, entry: Entry) -> int:
        """Return 0: no money is taken."""
        return 0

    def earned(self, addresses: Collection[str]) -> Earned:
        """Return points, validated contributions and badges, of all addresses together."""
        standings = [self._standing(address) for address in addresses]
        return {
            "points": sum(one.points for one in standings),
            "validated": sum(one.validated for one in standings),
            "badges": list(dict.fromkeys(badge for one in standings for badge in one.badges)),
        }

    def _standing(self, address: str) -> Standing:
        return self.history.standings.get(address, _NOBODY)

    def _settles(self, entry: GamifiedEntry) -> int:
        """Return when the points of something reported can be taken."""
        return entry.until - self._report_within
