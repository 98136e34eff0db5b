"""Runs a scenario."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from dcai import datasets
from dcai.chain.chain import Chain
from dcai.chain.nodes.anvil import find_anvil, local_chain
from dcai.errors import InvalidInput
from dcai.incentives.prediction_market.simulated import Market, test_set
from dcai.incentives.prediction_market.trainer import MarketTrainer
from dcai.models import Model
from dcai.models.twins import Twin
from dcai.simulation.agents import Agent
from dcai.simulation.data import Encoded, Pool, encode, encoder_for
from dcai.simulation.engine import Engine
from dcai.simulation.measure import Measure
from dcai.simulation.result import Result
from dcai.simulation.scenario.scenario import Scenario
from dcai.simulation.scenario.sections import MODELS, PredictionMarketSection
from dcai.trainer.audit import audit
from dcai.trainer.deploy import deploy
from dcai.trainer.log import History
from dcai.trainer.trainer import Trainer

START = 2_524_608_000
"""When every run begins, seconds since 1970: prices and records hold times, and a run must repeat to the bit."""

Progress = Callable[[int, int], None]


def simulate(
    scenario: Scenario,
    *,
    seed: int | None = None,
    progress: Progress | None = None,
) -> Result:
    """Run a scenario on a local chain of its own.

    Parameters
    ----------
    scenario
    seed
        In place of the scenario's.
    progress
        Called with (samples contributed, samples in all).

    Returns
    -------
    Result
        Of a run that stopped early, too: `stopped` says why.

    Raises
    ------
    InvalidInput
        If data, model and incentive don't go together, more samples are asked for than there are, or anvil is missing.
    DataUnavailable
        If the data isn't on this machine.
    """
    if find_anvil() is None:
        raise InvalidInput(
            "Simulations run on anvil, which isn't found on the PATH or in node_modules: install it from "
            "https://getfoundry.sh, or set DCAI_ANVIL to it."
        )
    number = scenario.seed if seed is None else seed
    kind = MODELS[scenario.model.kind]
    classes, whole = _encoded(scenario.data.name, kind, scenario.data.vocabulary, scenario.data.bins)
    data = ordered(whole, scenario, number)
    initial = _initial(scenario, len(data.labels))
    model = kind(classes=classes).fit(data.rows[:initial], data.labels[:initial]).twin
    with local_chain("anvil") as chain:
        chain.travel(START - chain.now())
        incentive: Any = scenario.incentive.build()
        published = deploy(chain, model, incentive, name=scenario.title, sender=chain.accounts[0])
        history = published.history()
        result = play(
            chain,
            published,
            model,
            history,
            scenario,
            data,
            initial,
            seed=number,
            data_name=scenario.data.name,
            progress=progress,
        )
    baseline = kind(classes=classes).fit(data.rows, data.labels).twin
    return replace(result, baseline=float(np.mean(baseline.predict(data.hidden) == data.truth)))


def play(
    chain: Chain,
    trainer: Trainer[Any, Any],
    model: Twin,
    history: History[Any],
    scenario: Scenario,
    data: Encoded,
    initial: int,
    *,
    seed: int,
    data_name: str,
    progress: Progress | None = None,
) -> Result:
    """Let a scenario's agents play on a trainer, and audit it.

    Parameters
    ----------
    model, history
        The trainer's, as they are now.
    data
        Of which the samples from `initial` on are contributed.
    """
    agents = scenario.fresh_agents()
    market = _market(chain, trainer, scenario, data, agents, seed)
    opening = market.open() if market else range(0)
    engine = Engine(
        chain,
        trainer,
        model,
        history,
        agents,
        Pool(data.rows[initial:], data.labels[initial:]),
        Measure(data.hidden, data.truth, len(model.classes)),
        seed=seed,
        gas_price_wei=scenario.gas_price,
        unit_wei=scenario.unit,
    )
    if market:
        engine.rules.ends = market.ends
        engine.take_over(opening)
    problems: tuple[str, ...] | None = None
    started = time.perf_counter()
    engine.run(progress)
    with engine.breaking_off():
        engine.close()
        if market:
            engine.take_over(market.settle(engine.balances, scenario.gas_price))
    seconds = time.perf_counter() - started
    with engine.breaking_off():
        problems = _audited(chain, trainer, engine)
    return Result.of(
        scenario, engine, seed=seed, data_name=data_name, trainer=trainer.address, problems=problems, seconds=seconds
    )


def _market(
    chain: Chain, trainer: Trainer[Any, Any], scenario: Scenario, data: Encoded, agents: list[Agent], seed: int
) -> Market | None:
    """Return the market that a trainer is, if it is one."""
    terms = scenario.incentive
    if not isinstance(terms, PredictionMarketSection) or not isinstance(trainer, MarketTrainer):
        return None
    hidden = test_set(data, terms.portions, terms.portion_size, seed)
    drawn, bounty = seed % terms.portions, terms.bounty * terms.stake
    return Market(chain, trainer, hidden, agents, bounty_wei=bounty, drawn=drawn)


@lru_cache(maxsize=2)
def _encoded(name: str, kind: type[Model], vocabulary: int, bins: int) -> tuple[tuple[str, ...], Encoded]:
    """Return the classes of a data set and its samples: the same for all seeds of a sweep."""
    dataset = datasets.load(name)
    return dataset.labels, encode(dataset, encoder_for(dataset, kind, vocabulary, bins))


def ordered(data: Encoded, scenario: Scenario, seed: int) -> Encoded:
    """Return the training part in the order of the seed, cut to the scenario's number of samples.

    Raises
    ------
    InvalidInput
        If there are fewer.
    """
    wanted = scenario.data.samples
    if wanted is not None and wanted > len(data.labels):
        raise InvalidInput(
            f"{scenario.data.name} has {len(data.labels):,} training samples, not {wanted:,}; lower data.samples."
        )
    order = np.arange(len(data.labels))
    if scenario.data.shuffle:
        np.random.default_rng(seed).shuffle(order)
    order = order[:wanted]
    return replace(data, rows=data.rows[order], labels=data.labels[order])


def _initial(scenario: Scenario, samples: int) -> int:
    given = scenario.data.initial
    initial = round(given * samples) if given < 1 else int(given)
    if not initial < samples:
        raise InvalidInput(
            f"data.initial of {given:g} leaves none of {samples:,} samples to contribute; make it smaller."
        )
    return initial


def _audited(chain: Chain, trainer: Trainer[Any, Any], engine: Engine) -> tuple[str, ...]:
    """Compare the contract with the log, and every agent's money with what the log makes of it.

    But that of a market's provider, whose transactions are sent at the local chain's own price of gas.
    """
    twin = engine.twin
    found = audit(chain, engine.contract, trainer.address, engine.history, twin, chain.block_number())
    return (
        *found.problems,
        *(
            f"{address} has {chain.balance(address)} wei, the log gives {balance}."
            for address, balance in engine.balances.items()
            if address != trainer.creator and chain.balance(address) != balance
        ),
    )
