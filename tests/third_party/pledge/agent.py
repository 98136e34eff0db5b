"""An agent that pledges."""

from __future__ import annotations

from dcai.simulation.agents import Contributor


class Pledger(Contributor):
    """Contributes every sample as it is, and collects its pledges."""

    def act(self, rng, view):
        """Claim what is due, then contribute the next sample."""
        yield from self.claims(view)
        sample = view.sample()
        if sample is not None:
            yield from self.contribution(rng, view, sample.data, sample.label, sample.row)
