"""Small runs for the tests of simulations: a perceptron for tumours, and a few agents."""

from __future__ import annotations

from dataclasses import dataclass

import dcai
from dcai.simulation import Result, Scenario, scenario_of
from dcai.simulation.data import encode, encoder_for
from dcai.simulation.run import START, ordered, play

UNIT = 10**15
TERMS = {
    "kind": "DepositRefundTake",
    "weight": 2 * 10**14,
    "minimum": 10**15,
    "refund_after": "1 hour",
    "settle_after": "1 hour",
    "creator_take_after": "8 hours",
    "take_after": "9 hours",
}
HONEST = {"kind": "Honest", "name": "honest", "every": "10 minutes"}


def scenario(*agents, samples=60, initial=20, seed=0, model="SparsePerceptron", **terms) -> Scenario:
    """Return a small scenario, by default with one honest agent."""
    return scenario_of(
        {
            "title": "Test",
            "data": {"name": "breast-cancer", "samples": samples, "initial": initial},
            "model": {"kind": model},
            "incentive": terms if "kind" in terms else {**TERMS, **terms},
            "agents": list(agents) or [HONEST],
            "seed": seed,
        },
        "test",
    )


@dataclass
class Played:
    """A run, with the log of its trainer."""

    result: Result
    entries: list
    data: object

    def by(self, name):
        """Return the contributions of an agent, in order: those of its first address."""
        authors = self._addresses(name)
        return [entry for entry in self.entries if entry.author in authors]

    def actions(self, name, function=None):
        own = self.result.actions[self.result.actions["agent"] == name]
        return own if function is None else own[own["function"] == function]

    def outcome(self, name):
        return next(outcome for outcome in self.result.outcomes if outcome.name == name)

    def _addresses(self, name):
        from dcai.simulation.seats import address_of

        at = [outcome.name for outcome in self.result.outcomes].index(name)
        return {address_of(at, number) for number in range(20)}


def played(given: Scenario, *, progress=None) -> Played:
    """Run a scenario, as `simulate` does, and keep the log."""
    dataset = dcai.datasets.load(given.data.name)
    encoder = encoder_for(dataset, dcai.SparsePerceptron, 1000, given.data.bins)
    data = ordered(encode(dataset, encoder), given)
    initial = int(given.data.initial)
    model = dcai.SparsePerceptron(classes=dataset.labels).fit(data.rows[:initial], data.labels[:initial]).twin
    with dcai.local_chain("anvil") as chain:
        chain.travel(START - chain.now())
        trainer = dcai.deploy(chain, model, given.incentive.build())
        history = trainer.history()
        result = play(chain, trainer, model, history, given, data, initial, data_name="test", progress=progress)
        return Played(result, list(trainer.history().entries.values()), data)
