"""A scenario that starts from a real trainer's state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from dcai import datasets
from dcai.chain.addresses import checked_address
from dcai.chain.chain import Chain
from dcai.chain.nodes.anvil import forked_chain
from dcai.chain.nodes.remote import connect
from dcai.chain.rpc import field, to_hex, to_int
from dcai.errors import InvalidInput
from dcai.incentives.rules import Rules
from dcai.simulation.data import encode, encoder_for
from dcai.simulation.result import Result
from dcai.simulation.run import Progress, ordered, play, seeded
from dcai.simulation.scenario.idle import idle
from dcai.simulation.scenario.incentive import section_for
from dcai.simulation.scenario.scenario import Scenario
from dcai.simulation.scenario.sections import Data, ModelSection, Start
from dcai.simulation.versions import Fork
from dcai.trainer.attach import attach
from dcai.trainer.log import History
from dcai.trainer.trainer import Trainer


def simulate_fork(
    scenario: Scenario, url: str, address: str, *, seed: int | None = None, progress: Progress | None = None
) -> Result:
    """Let a scenario's agents loose on a copy of a deployed trainer; the real one is only read.

    The copy is that of the latest block, or of the one that the scenario's `fork` names, as records of forks do.

    Model, incentive and initial samples are the trainer's, whatever the scenario says; the result's scenario states
    them. The data is the scenario's, encoded with the trainer's own encoder if it has one.

    Parameters
    ----------
    scenario
    url
        JSON-RPC address of a node that still has the state of the block.
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
        If the trainer's incentive can't be forked, an agent provides something, the data's classes or features aren't
        the trainer's, or the node doesn't have the block that the scenario names.
    """
    if providers := [agent.name for agent in scenario.agents if agent.provides]:
        raise InvalidInput(f"{providers[0]!r} plays the trainer's creator, who is real on a fork; leave it out.")
    scenario = seeded(scenario, seed)
    dataset = datasets.load(scenario.data.name)
    with _chain_of(scenario.fork, url, address) as chain:
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
        _refuse_idle(scenario.data, kind.__name__, has_encoder=trainer.encoder is not None)
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
        fork = _start(chain, trainer, history)
        start = Start(chain_id=fork.chain_id, block=fork.block, block_hash=fork.block_hash, trainer=fork.trainer)
        return play(
            chain,
            trainer,
            model,
            history,
            scenario.model_copy(update={**real, "fork": start}),
            data,
            0,
            data_name=dataset.name,
            fork=fork,
            progress=progress,
        )


def check_settings(settings: Iterable[str]) -> None:
    """Refuse settings of a scenario that have no effect on a fork, whatever the trainer is.

    Raises
    ------
    InvalidInput
    """
    for setting in settings:
        key = setting.partition("=")[0]
        if key.partition(".")[0] in ("model", "incentive") or key == "data.initial":
            raise InvalidInput(
                f"{key} has no effect on a fork: model, incentive and initial samples are the trainer's; leave out "
                f"--set {setting}."
            )


def _refuse_idle(data: Data, model: str, *, has_encoder: bool) -> None:
    published = "the trainer has published its encoder"
    for key, why in ({"vocabulary": published, "bins": published} if has_encoder else idle(data.name, model)).items():
        if getattr(data, key) is not None:
            raise InvalidInput(f"data.{key} has no effect: {why}; leave it out.")


def _chain_of(start: Start | None, url: str, address: str) -> Chain:
    """Return a copy of the chain at a node: in its current state, or in the one that a scenario begins with.

    Raises
    ------
    InvalidInput
        If it is another chain, or the trainer another one.
    NodeError
        If the node can't be reached, or doesn't have the block or its state any more.
    """
    if start is None:
        return forked_chain(url)
    fresh = "leave the table `fork` out of the scenario to begin with the latest block"
    if checked_address(address) != checked_address(start.trainer):
        raise InvalidInput(f"The scenario begins with {start}, not with the one at {address}; {fresh}.")
    with connect(url) as node:
        if node.chain_id != start.chain_id:
            raise InvalidInput(
                f"The scenario begins with {start}, and the node is of chain {node.chain_id}; name a node of that "
                f"chain, or {fresh}."
            )
        found = to_hex(field(node.block(start.block), "hash")) if start.block <= node.block_number() else None
    if found != start.block_hash.lower():
        there = "no such block yet" if found is None else f"another block there, {found}"
        raise InvalidInput(
            f"The scenario begins with {start}, with the hash {start.block_hash}; the node has {there}. Name another "
            f"node, or {fresh}."
        )
    return forked_chain(url, start.block)


def _start(chain: Chain, trainer: Trainer, history: History) -> Fork:
    """Return where a fork begins: at its latest block, before anything happens on it."""
    block = chain.block()
    number, time = to_int(block["number"]), to_int(block["timestamp"])
    batches = sum(entry.is_batch and not entry.is_free(time) for entry in history.entries.values())
    return Fork(chain.chain_id, number, block["hash"], time, trainer.address, trainer.creator, trainer.name, batches)
