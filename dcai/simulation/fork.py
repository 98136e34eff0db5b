"""A scenario that starts from a real trainer's state."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dcai import datasets
from dcai.chain.chain import Chain
from dcai.chain.nodes.anvil import forked_chain
from dcai.chain.rpc import to_int
from dcai.errors import InvalidInput
from dcai.incentives.rules import Rules
from dcai.simulation.data import encode, encoder_for
from dcai.simulation.result import Result
from dcai.simulation.run import Progress, ordered, play, seeded
from dcai.simulation.scenario.incentive import section_for
from dcai.simulation.scenario.scenario import Scenario
from dcai.simulation.scenario.sections import ModelSection
from dcai.simulation.versions import Fork
from dcai.trainer.attach import attach
from dcai.trainer.log import History
from dcai.trainer.trainer import Trainer


def simulate_fork(
    scenario: Scenario, url: str, address: str, *, seed: int | None = None, progress: Progress | None = None
) -> Result:
    """Let a scenario's agents loose on a copy of a deployed trainer; the real one is only read.

    Model, incentive and initial samples are the trainer's, whatever the scenario says; the result's scenario states
    them. The data is the scenario's, encoded with the trainer's own encoder if it has one.

    Parameters
    ----------
    scenario
    url
        JSON-RPC address of a node that still has the state of its latest block.
    address
        The trainer's.
    seed, progress
        As of `simulate`.

    Raises
    ------
    NodeError
        If the node can't be reached.
    NoTrainer
        If there is no trainer at the address.
    InvalidInput
        If the trainer's incentive can't be forked, an agent provides something, or the data's classes or features
        aren't the trainer's.
    """
    if providers := [agent.name for agent in scenario.agents if agent.provides]:
        raise InvalidInput(f"{providers[0]!r} plays the trainer's creator, who is real on a fork; leave it out.")
    scenario = seeded(scenario, seed)
    dataset = datasets.load(scenario.data.name)
    with forked_chain(url) as chain:
        trainer = attach(chain, address)
        if reason := Rules.of(type(trainer.incentive)).unforkable:
            raise InvalidInput(f"The trainer at {address} is {reason}")
        model = trainer.model()
        if set(trainer.labels) != set(dataset.labels):
            raise InvalidInput(
                f"The trainer's classes are {', '.join(trainer.labels)}, those of {dataset.name} are "
                f"{', '.join(dataset.labels)}; choose the data that it learns from."
            )
        kind = type(model.estimator())
        if trainer.encoder is not None:
            encoder = trainer.encoder.estimator()
        else:
            encoder = encoder_for(dataset, kind, scenario.data.vocabulary, scenario.data.bins)
        if encoder.n_features_ != model.n_features:
            raise InvalidInput(
                f"The data has {encoder.n_features_:,} features and the trainer {model.n_features:,}, which "
                "published no encoder; set data.vocabulary or data.bins to what it was made with."
            )
        numbers = np.array([trainer.labels.index(label) for label in dataset.labels])
        data = encode(dataset, encoder)
        data = ordered(replace(data, labels=numbers[data.labels], truth=numbers[data.truth]), scenario)
        real = {
            "data": scenario.data.model_copy(update={"initial": 0.0}),
            "model": ModelSection(kind=kind.__name__),
            "incentive": section_for(trainer.incentive, scenario.incentive),
        }
        history = trainer.history()
        return play(
            chain,
            trainer,
            model,
            history,
            scenario.model_copy(update=real),
            data,
            0,
            data_name=dataset.name,
            fork=_start(chain, trainer, history),
            progress=progress,
        )


def _start(chain: Chain, trainer: Trainer, history: History) -> Fork:
    """Return where a fork begins: at its latest block, before anything happens on it."""
    block = chain.block()
    number, time = to_int(block["number"]), to_int(block["timestamp"])
    batches = sum(entry.is_batch and not entry.is_free(time) for entry in history.entries.values())
    return Fork(chain.chain_id, number, block["hash"], time, trainer.address, trainer.creator, trainer.name, batches)
