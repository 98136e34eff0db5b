"""Trainers with Gamified, and points at them."""

from __future__ import annotations

import pytest

import dcai

DAY = 86_400
NOON = 25_000 * DAY + DAY // 2


@pytest.fixture
def launch(chain, perceptron, at):
    """Return a function that deploys a trainer of 40 features, half of which mean yes; only the named settings earn."""

    def deploy(name="Test", weights=(1,) * 20 + (-1,) * 20, **rules):
        nothing = {"base": 1, "feature": 0, "streak": 0, "milestone_bonus": 0, "all_labels": 0, "report_points": 0}
        at(NOON)
        return dcai.deploy(
            chain, perceptron(weights), dcai.Gamified(**{**nothing, "reporter_good": 1, **rules}), name=name
        )

    return deploy


@pytest.fixture
def earn(chain, people):
    """Return a function that contributes samples with which the model agrees, waits, and validates each."""

    def contribute(trainer, *samples, sender=None, wait="1 day"):
        sender = sender or people[1]
        made = [trainer.contribute(sample, trainer.predict(sample), sender=sender) for sample in samples]
        chain.travel(wait)
        return [one.validate() for one in made]

    return contribute
