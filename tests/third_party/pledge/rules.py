"""Pledges in simulations."""

from __future__ import annotations

from dcai.durations import seconds
from dcai.incentives.rules import Due, Rules
from pledge.terms import Pledge


class PledgeRules(Rules, incentive=Pledge):
    """An author collects the pledge after a time; nobody else claims anything."""

    claims = ("collect",)
    own = ("collect",)

    @property
    def longest_wait(self):
        return seconds(self.incentive.after)

    def contributed(self, entry):
        if entry.open_wei:
            yield Due(entry.time + self.longest_wait, "collect", entry.id, entry.author)

    def due(self, event, now):
        if event.name == "Contributed":
            yield from self.contributed(self.history.entries[event.args["id"]])

    def payment(self, event):
        if event.name != "Returned":
            return None
        return self.history.entries[event.args["id"]].author, event.args["amount"]

    def possible(self, claim, now, *, turned=False):
        entry = self.history.entries.get(claim.id)
        return (
            entry is not None
            and entry.open_wei > 0
            and claim.address == entry.author
            and now >= entry.time + self.longest_wait
        )

    def brings(self, claim):
        return self.history.entries[claim.id].open_wei

    def later(self, claim, now):
        entry = self.history.entries.get(claim.id)
        if entry is None or entry.open_wei == 0:
            return None
        due = entry.time + self.longest_wait
        # a pledge that is due stays so: if it isn't worth its gas now, it never is
        return (due, "collect") if now < due else None
