"""Agents that turn the model, for a while or for a moment, to get at deposits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
from pydantic import PrivateAttr

from dcai.simulation.actions import Action, Claim, Contribute
from dcai.simulation.agents.base import Class, Contributor, Count, no_class
from dcai.simulation.agents.collecting import Prepared
from dcai.simulation.pool import Sample
from dcai.simulation.view import View
from dcai.trainer.log import Entry

# A report, and another one that settles it: an author who has answered the first would do so for ever.
_TRIES = 2


class Flooder(Contributor):
    """Contributes a few samples with one wrong label over and over, until the model believes it.

    Hopes that the model agrees by the time the deposits are due, so that all come back and count as good, and that it
    then disagrees with the data of honest people.

    Parameters
    ----------
    label : int
        The label of all its contributions.
    samples : int
        How many samples of other classes it takes turns with.
    """

    label: Class = 0
    samples: Count = 3

    _samples: tuple[Sample, ...] = ()
    _sent: int = 0

    def misfit(self, labels: int, features: int) -> str:
        """Return why there is no such label, if so."""
        return no_class("label", self.label, labels)

    def act(self, rng: np.random.Generator, view: View) -> Iterator[Action]:
        """Claim what is due, then contribute the next of the samples."""
        yield from self.claims(view)
        if not self._samples:
            others = [label for label in range(view.labels) if label != self.label]
            found = [view.example(rng, label=int(rng.choice(others))) for _ in range(self.samples)]
            self._samples = tuple(sample for sample in found if sample is not None)
        if self._samples:
            sample = self._samples[self._sent % len(self._samples)]
            for contribution in self.contribution(rng, view, sample.data, self.label):
                self._sent += 1
                yield contribution


class FlipReportUnflip(Prepared):
    """Turns the model, claims deposits of people who were right, and turns it back, all in one block.

    Hopes for shares of every deposit that is due and not claimed yet, or for points that others have earned. It needs a
    good record first, and then large samples with wrong labels: one set per claim, and another to turn the model back,
    so that its own deposits are safe. Where a share can only be taken some time after the report, it must do so twice.

    Parameters
    ----------
    flips : int
        How many wrong samples it sends at most to turn the model.
    """

    flips: Count = 2

    _tried: Counter[tuple[str, int]] = PrivateAttr(default_factory=Counter)

    def act(self, rng: np.random.Generator, view: View) -> Iterator[Action]:
        """Prepare; then attack whenever what can be claimed, as things stand, is more than the attack costs."""
        yield from self.own_claims(view)
        if not self.is_prepared(view):
            yield from self.prepare(rng, view)
            return
        for times, function in enumerate(reversed(view.hostile_claims), start=1):
            victims = [
                entry
                for entry in view.open()
                if self._tried[function, entry.id] < _TRIES and view.grants_if_turned(function, entry)
            ]
            if victims:
                label = Counter(entry.label for entry in victims).most_common(1)[0][0]
                victims = [entry for entry in victims if entry.label == label]
                yield from self._attack(view, function, times, victims, label)
                return

    def _attack(self, view: View, function: str, times: int, victims: list[Entry], label: int) -> Iterator[Action]:
        """Yield flips, claims and as many flips back, if that pays even when done so many times.

        Without money it costs nothing but gas, and any point pays.
        """
        model = view.model()
        sample = view.union([entry.sample for entry in victims])
        other = (label + 1) % view.labels
        size = view.size_of(sample)
        first, next_one = view.price(size), view.price(size, elapsed=0)
        for flips in range(1, self.flips + 1):
            model.learn(sample, other)
            turned = [entry for entry in victims if model.label_of(entry.sample) != label]
            claims = [Claim(function, entry.id, view.addresses[0]) for entry in turned]
            lost = first + (flips - 1) * next_one
            if claims and sum(map(view.brings, claims)) > times * lost and view.affords(lost + flips * next_one):
                self._tried.update((claim.function, claim.id) for claim in claims)
                yield Contribute(sample, other, first)
                yield from (Contribute(sample, other, next_one) for _ in range(flips - 1))
                yield from claims
                yield from (Contribute(sample, label, next_one) for _ in range(flips))
                return
