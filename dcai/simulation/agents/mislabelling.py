"""Agents that contribute wrong data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import numpy as np
from pydantic import Field

from dcai.simulation.actions import Action
from dcai.simulation.agents.base import Class, Contributor, no_class, wrong
from dcai.simulation.view import View


class LabelFlipper(Contributor):
    """Contributes real samples, each with a wrong label.

    Hopes to ruin the model, and pays for it: a deposit comes back only where the model already agrees.
    """

    def act(self, rng: np.random.Generator, view: View) -> Iterator[Action]:
        """Claim what is due, then contribute the next sample with another label."""
        yield from self.claims(view)
        sample = view.sample()
        if sample is not None:
            label = wrong(rng, sample, view.labels)
            yield from self.contribution(rng, view, sample.data, label, sample.row)


class Random(Contributor):
    """Contributes samples that mean nothing, with random labels.

    Hopes that the model agrees by chance, for refunds and with them shares of other people's deposits, without having
    any data.
    """

    def act(self, rng: np.random.Generator, view: View) -> Iterator[Action]:
        """Claim what is due, then contribute noise of the size of the sample whose turn it is."""
        yield from self.claims(view)
        sample = view.sample()
        if sample is not None:
            yield from self.contribution(rng, view, view.noise(rng, sample.data), int(rng.integers(view.labels)))


class TargetedPoisoner(Contributor):
    """Contributes wrong labels for one class only, or for samples that hold one feature.

    Hopes that the model misjudges just these samples, which hardly shows in its accuracy: reviews of one film, spam of
    one sender.

    Parameters
    ----------
    target : int
        The class whose samples get other labels.
    feature : int, optional
        Instead: samples of other classes that hold this feature get the target as their label.
    """

    target: Class = 0
    feature: Annotated[int, Field(ge=0, le=65_535)] | None = None

    def misfit(self, labels: int, features: int) -> str:
        """Return why there is no such target or feature, if so."""
        if self.feature is not None and self.feature >= features:
            return f"feature must be 0 to {features - 1:,}, one of the data's, not {self.feature:,}"
        return no_class("target", self.target, labels)

    def act(self, rng: np.random.Generator, view: View) -> Iterator[Action]:
        """Claim what is due, then contribute one of those samples with another label."""
        yield from self.claims(view)
        label = self.target if self.feature is None else None
        sample = view.example(rng, label=label, feature=self.feature)
        if sample is not None and (self.feature is None or sample.label != self.target):
            given = wrong(rng, sample, view.labels) if self.feature is None else self.target
            yield from self.contribution(rng, view, sample.data, given)
