"""Agents that live on other people's deposits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import numpy as np
from pydantic import Field

from dcai.simulation.actions import Action, Claim
from dcai.simulation.agents.base import Contributor, Count, wrong
from dcai.simulation.view import View


class Prepared(Contributor):
    """An agent that makes some good contributions before anything else.

    Parameters
    ----------
    prepares : int
        How many; at least as many as a reporter must have.
    """

    prepares: Count = 1

    def is_prepared(self, view: View) -> bool:
        """Whether it has as many good contributions."""
        return view.good(view.addresses[0]) >= self._wanted(view)

    def prepare(self, rng: np.random.Generator, view: View) -> Iterator[Action]:
        """Yield a good contribution, as long as there aren't enough under way."""
        address, sample = view.addresses[0], view.example(rng)
        lacking = view.good(address) + view.awaited(address) < self._wanted(view)
        if lacking and sample is not None and view.predict(sample.data) == sample.label:
            yield from self.contribution(rng, view, sample.data, sample.label)

    def own_claims(self, view: View) -> Iterator[Claim]:
        """Yield the claims that are due on its own contributions, and leave other people's alone."""
        for claim in view.due():
            if claim.function in view.hostile_claims:
                continue
            if view.pays(claim):
                yield claim
            else:
                view.look_again(claim)

    def _wanted(self, view: View) -> int:
        return max(self.prepares, view.reporter_good)


class Sniper(Prepared):
    """Makes a few good contributions, and from then on reports and takes in the very second that it is possible.

    Hopes to live on the deposits or points of the bad and the forgetful, by being faster than those who look now and
    then.
    """

    def act(self, rng: np.random.Generator, view: View) -> Iterator[Action]:
        """Claim what is due, to the second."""
        yield from self.claims(view)
        if not self.is_prepared(view):
            yield from self.prepare(rng, view)

    def next_turn(self, rng: np.random.Generator, view: View) -> int | None:
        """Return the very second of the next claim, if it is before the next turn."""
        due = view.next_due
        if due is None or due <= view.now:
            return super().next_turn(rng, view)
        return min(due, view.now + self.every) if view.samples_left else due


class SybilRing(Contributor):
    """Many addresses of one person: one contributes wrong labels, the others report it and take its deposit back.

    Hopes that most of the cost of wrong data stays in the ring; lost is only the share of good contributors outside it.
    Where there are points instead of deposits, it hopes for those that reports of its own wrong data earn. Where nobody
    reports, one member repairs at once what another has spoilt, and hopes to be paid for that.

    Parameters
    ----------
    members : int
        How many addresses.
    """

    members: Annotated[int, Field(ge=2, le=1_000)] = 5

    _turn: int = 0

    def claims(self, view: View) -> Iterator[Claim]:
        """Yield the claims that are due and pay; only one of several of which only the first is granted."""
        made: set[tuple[str, int]] = set()
        for claim in super().claims(view):
            if (claim.function, claim.id) in made and not view.shares_claims:
                view.look_again(claim)
            else:
                made.add((claim.function, claim.id))
                yield claim

    @property
    def purses(self) -> int:
        """One per member."""
        return self.members

    def act(self, rng: np.random.Generator, view: View) -> Iterator[Action]:
        """Claim what is due to any member; then make a good contribution, or a wrong one once all can report."""
        yield from self.claims(view)
        spoiler, *others = view.addresses
        if all(view.good(address) >= view.reporter_good for address in others):
            sample = view.sample()
            if sample is not None:
                label = wrong(rng, sample, view.labels)
                yield from self.contribution(rng, view, sample.data, label, sample.row, spoiler)
                if not view.hostile_claims:
                    yield from self.contribution(rng, view, sample.data, sample.label, address=others[0])
            return
        member = view.addresses[self._turn % self.members]
        self._turn += 1
        example = view.example(rng)
        lacking = view.good(member) < view.reporter_good
        if lacking and example is not None and view.predict(example.data) == example.label:
            yield from self.contribution(rng, view, example.data, example.label, address=member)
