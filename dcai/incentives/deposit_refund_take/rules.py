"""Deposit-Refund-Take in simulations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from dcai.chain.codec import Event
from dcai.incentives.deposit_refund_take.log import DepositEntry, DepositHistory
from dcai.incentives.deposit_refund_take.terms import DepositRefundTake
from dcai.incentives.rules import Claim, Due, Rules
from dcai.trainer.log import Entry, History

_PAYMENTS = {"Refunded": "author", "BatchRefunded": "author", "Taken": "taker"}


class DepositRefundTakeRules(Rules, incentive=DepositRefundTake):
    """A contribution can be refunded or reported after some time; a report becomes a share; anybody takes the rest."""

    incentive: DepositRefundTake
    history: DepositHistory

    claims = ("refund", "report", "take")
    own = ("refund",)
    shared = True

    def __init__(
        self, incentive: DepositRefundTake, history: History, creator: str, label_of: Callable[[bytes], int]
    ) -> None:
        super().__init__(incentive, history, creator, label_of)
        self._refund_after, self._settle_after, self._creator_after, self._take_after = incentive.times()

    @property
    def reporter_good(self) -> int:
        """One: a share is of the good contributions."""
        return 1

    @property
    def longest_wait(self) -> int:
        """Seconds until anybody takes what is left."""
        return self._take_after

    def contributed(self, entry: Any) -> Iterator[Due]:
        """Yield the author's refund and everybody's report, where something is open."""
        if entry.open_wei:
            time = entry.time + self._refund_after
            yield Due(time, "refund", entry.id, entry.author)
            yield Due(time, "report" if self._settle_after else "take", entry.id, None)

    def due(self, event: Event, now: int) -> Iterator[Due]:
        """Yield what follows from a contribution, the share of a report, and after a share the rest."""
        match event.name:
            case "Contributed":
                yield from self.contributed(self.history.entries[event.args["id"]])
            case "Reported":
                yield Due(now + self._settle_after, "take", event.args["id"], event.args["reporter"])
            case "Taken":
                entry, taker = self.history.entries[event.args["id"]], event.args["taker"]
                if entry.open_wei:
                    yield Due(entry.time + self._take_after, "take", entry.id, taker)

    def payment(self, event: Event) -> tuple[str, int] | None:
        """Return who was refunded or took, and how much."""
        who = _PAYMENTS.get(event.name)
        return None if who is None else (event.args[who], event.args["amount"])

    def possible(self, claim: Claim, now: int, *, turned: bool = False) -> bool:
        """Whether it is time, the claimer may, and the model says what it must."""
        entry = self.history.entries.get(claim.id)
        if entry is None or entry.open_wei == 0:
            return False
        if claim.function == "take" and now >= self._end(entry, claim.address):
            return True
        if now < entry.time + self._refund_after:
            return False
        if claim.function == "refund":
            return claim.address == entry.author and not self.disagrees(entry)
        if claim.address == entry.author or not self.history.good[claim.address]:
            return False
        if claim.function == "report" and not self._settle_after:
            return False
        if claim.function == "report":
            return claim.address not in entry.reports and (turned or self.disagrees(entry))
        if claim.address in entry.taken_by or self._share(entry, claim.address) == 0:
            return False
        if self._settle_after:
            reported = entry.reports.get(claim.address)
            if reported is None or now < reported + self._settle_after:
                return False
        return turned or self.disagrees(entry)

    def brings(self, claim: Claim) -> int:
        """Return the deposit for a refund, else the claimer's share of it, as things stand."""
        entry = self.history.entries[claim.id]
        if claim.function == "refund" or not self.history.good[claim.address]:
            return entry.open_wei
        return min(entry.open_wei, self._share(entry, claim.address))

    def later(self, claim: Claim, now: int) -> tuple[int, str] | None:
        """Return a look at the same after another waiting time, or the end, when anybody takes what is left."""
        entry = self.history.entries.get(claim.id)
        if entry is None or entry.open_wei == 0:
            return None
        end = self._end(entry, claim.address)
        if claim.function != "take" and now + self._refund_after < end:
            return now + self._refund_after, claim.function
        return (end, "take") if now < end else None

    def good(self, address: str) -> int:
        """Return how many of somebody's contributions were refunded."""
        return self.history.good[address]

    def _share(self, entry: DepositEntry, address: str) -> int:
        return entry.deposit_wei * self.history.good[address] // max(self.history.good.total(), 1)

    def _end(self, entry: Entry, address: str) -> int:
        return entry.time + (self._creator_after if address == self.creator else self._take_after)
