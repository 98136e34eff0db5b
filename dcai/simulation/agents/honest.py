"""Agents that mean well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import numpy as np
from pydantic import Field

from dcai.simulation.actions import Action, Ask
from dcai.simulation.agents.base import Agent, Contributor, Rate, wrong
from dcai.simulation.view import View


class Honest(Contributor):
    """Contributes good data when the model is worth it, and looks after the model by reporting bad data.

    Hopes for refunds, for the deposits of those whose data is bad, and for a good model.

    Parameters
    ----------
    mistakes : float
        How often a label is wrong, 0 to 1.
    eagerness : float
        Contributes with probability accuracy + eagerness, as in the talk: nobody feeds a bad model.
    """

    mistakes: Rate = 0.0001
    eagerness: Annotated[float, Field(ge=-1, le=1)] = 0.15

    def act(self, rng: np.random.Generator, view: View) -> Iterator[Action]:
        """Claim what is due, then perhaps contribute the next sample."""
        yield from self.claims(view)
        willing = rng.random() < view.accuracy + self.eagerness
        sample = view.sample()
        if willing and sample is not None:
            label = wrong(rng, sample, view.labels) if rng.random() < self.mistakes else sample.label
            yield from self.contribution(rng, view, sample.data, label, sample.row)


class Caller(Agent):
    """Only asks for predictions.

    Hopes for right answers, free of charge. Its answers show what the model is worth to its users while it is attacked.
    """

    collects = False

    def act(self, rng: np.random.Generator, view: View) -> Iterator[Action]:
        """Ask about the next sample, which nobody has contributed yet."""
        sample = view.sample()
        if sample is not None:
            yield Ask(sample.data, sample.label)
