"""Agents that contribute what the model knows already."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dcai.simulation.actions import Action
from dcai.simulation.agents.base import Contributor
from dcai.simulation.pool import Sample
from dcai.simulation.view import View


class Duplicator(Contributor):
    """Contributes one good sample again and again.

    Hopes for good contributions by the dozen, and with them a large share of other people's deposits, for nothing but
    gas. One sample is all the data that it needs.
    """

    _sample: Sample | None = None

    def act(self, rng: np.random.Generator, view: View) -> Iterator[Action]:
        """Claim what is due, then contribute the same sample, or another one where the model turned against it."""
        yield from self.claims(view)
        if self._sample is None or view.predict(self._sample.data) != self._sample.label:
            self._sample = view.example(rng)
        if self._sample is not None and view.predict(self._sample.data) == self._sample.label:
            yield from self.contribution(rng, view, self._sample.data, self._sample.label)


class Copycat(Contributor):
    """Contributes again what others contributed, where the model agrees with it by now.

    Hopes for refunds and a share of other people's deposits without any data of its own: everything it sends is in the
    public log.
    """

    def act(self, rng: np.random.Generator, view: View) -> Iterator[Action]:
        """Claim what is due, then contribute the latest contribution of somebody else that the model agrees with."""
        yield from self.claims(view)
        others = (entry for entry in reversed(view.recent()) if entry.author not in view.addresses)
        for sample, label in (one for entry in others for one in reversed(entry.samples())):
            if view.predict(sample) == label:
                yield from self.contribution(rng, view, sample, label)
                return
