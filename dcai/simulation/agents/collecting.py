"""Those who live on other people's deposits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import numpy as np
from pydantic import Field

from dcai.simulation.actions import Action, Claim
from dcai.simulation.agents.base import Contributor, wrong
from dcai.simulation.view import View

Count = Annotated[int, Field(ge=1)]


class Prepared(Contributor):
    """An agent that makes some good contributions before anything else.

    Parameters
    ----------
    prepares : int
        How many.
    """

    prepares: Count = 1

    _sent: int = 0

    def is_prepared(self, view: View) -> bool:
        """Whether it has as many good contributions."""
        return view.good(view.addresses[0]) >= self.prepares

    def prepare(self, rng: np.random.Generator, view: View) -> Iterator[Action]:
        """Yield a good contribution, as long as there aren't enough under way."""
        sample = view.example(rng)
        if self._sent < self.prepares and sample is not None and view.predict(sample.data) == sample.label:
            for contribution in self.contribution(rng, view, sample.data, sample.label):
                self._sent += 1
                yield contribution

    def refunds(self, view: View) -> Iterator[Claim]:
        """Yield the refunds that are due, and leave other people's contributions alone."""
        for claim in view.due():
            if claim.function != "refund":
                continue
            if view.pays(claim):
                yield claim
            else:
                view.look_again(claim)


class Sniper(Prepared):
    """Makes a few good contributions, and from then on reports and takes in the very second that it is possible.

    Hopes to live on the deposits of the bad and of the forgetful, faster than those who look now and then.
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

    Hopes that most of what wrong data costs stays in the ring. What doesn't is the part of the good contributions that
    aren't the ring's.

    Parameters
    ----------
    members : int
        How many addresses.
    """

    members: Annotated[int, Field(ge=2)] = 5

    _turn: int = 0

    @property
    def purses(self) -> int:
        """One a member."""
        return self.members

    def act(self, rng: np.random.Generator, view: View) -> Iterator[Action]:
        """Claim what is due to any; then a member makes a good contribution, or, once all have one, a wrong one."""
        yield from self.claims(view)
        member = view.addresses[self._turn % self.members]
        if all(view.good(address) for address in view.addresses[1:]):
            sample = view.sample()
            if sample is not None:
                label = wrong(rng, sample, view.labels)
                yield from self.contribution(rng, view, sample.data, label, sample.row, view.addresses[0])
            return
        self._turn += 1
        example = view.example(rng)
        if example is not None and not view.good(member) and view.predict(example.data) == example.label:
            yield from self.contribution(rng, view, example.data, example.label, address=member)
