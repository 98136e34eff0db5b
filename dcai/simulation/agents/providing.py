"""Agents that hold a prediction market."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np

from dcai.simulation.actions import Action
from dcai.simulation.agents.base import Agent
from dcai.simulation.view import View


class Provider(Agent):
    """Holds the market: pays in the bounty, opens a part of the test set, reveals it in the end and has it evaluated.

    Hopes for a model that is worth the bounty. It is the trainer's creator, and does nothing in between.
    """

    collects = False
    provides = True

    def act(self, rng: np.random.Generator, view: View) -> Iterable[Action]:
        """Do nothing."""
        return ()

    def next_turn(self, rng: np.random.Generator, view: View) -> None:
        """Return None: never again."""


class Withholder(Provider):
    """A provider who never opens the test set, or never reveals it.

    Hopes to keep the bounty, and to have other people's data in the model for nothing.

    Parameters
    ----------
    withholds : {"reveal", "opening"}
        What it never does.
    """

    withholds: Literal["reveal", "opening"] = "reveal"
