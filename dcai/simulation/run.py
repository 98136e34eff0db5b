"""Runs a scenario."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from dcai import plugins
from dcai.chain.chain import Chain
from dcai.chain.nodes.anvil import find_anvil, local_chain
from dcai.errors import InvalidInput
from dcai.incentives.rules import Rules, Stage
from dcai.models import Model
from dcai.models.twins import Twin
from dcai.simulation.data import Encoded, loaded
from dcai.simulation.engine import Engine
from dcai.simulation.ledger import Ledger
from dcai.simulation.measure import Measure
from dcai.simulation.reasons import in_words
from dcai.simulation.result import Result
from dcai.simulation.scenario.scenario import Scenario
from dcai.simulation.seats import Seats
from dcai.simulation.versions import Fork, versions
from dcai.simulation.world import World
from dcai.trainer.audit import Audit, audit
from dcai.trainer.deploy import deploy
from dcai.trainer.log import History
from dcai.trainer.products import product_of
from dcai.trainer.trainer import Trainer

START = 2_524_608_000
"""When every run begins, seconds since 1970: prices and records hold times, and a run must repeat to the bit."""

PASSES = 5
"""How often the owner who trains the model alone goes through the data at most."""

Progress = Callable[[int, int], None]


def default_backend() -> str:
    """Return what simulations run on where nobody says: anvil where it is installed, else py-evm."""
    return "py-evm" if find_anvil() is None else "anvil"


def simulate(
    scenario: Scenario,
    *,
    seed: int | None = None,
    backend: str | None = None,
    progress: Progress | None = None,
) -> Result:
    """Run a scenario on a local chain of its own.

    Parameters
    ----------
    scenario
    seed
        In place of the scenario's.
    backend
        "anvil" or "py-evm", which is some hundred times slower and finds the same to the bit; None: anvil where it is
        found, else py-evm.
    progress
        Called with (samples contributed, samples in all).

    Returns
    -------
    Result
        Of a run that stopped early, too: `stopped` says why.

    Raises
    ------
    InvalidInput
        If data, model and incentive don't go together, more samples are asked for than there are, the scenario begins
        with a real trainer, or the backend is unknown or missing.
    DataUnavailable
        If the data isn't on this machine.
    """
    check_local(scenario)
    scenario = seeded(scenario, seed)
    kind = plugins.models()[scenario.model.kind]
    classes, whole = loaded(scenario.data.name, kind, scenario.data.vocabulary, scenario.data.bins)
    data = ordered(whole, scenario)
    initial = _initial(scenario, len(data.labels))
    model = kind(classes=classes).fit(data.rows[:initial], data.labels[:initial]).twin
    with local_chain(backend) as chain:
        chain.travel(START - chain.now())
        incentive: Any = scenario.incentive.build()
        published = deploy(chain, model, incentive, name=scenario.title, sender=chain.accounts[0])
        history = published.history()
        result = play(
            chain, published, model, history, scenario, data, initial, data_name=scenario.data.name, progress=progress
        )
    return replace(result, alone=tuple(_alone(kind(classes=classes), data)))


def check_local(scenario: Scenario) -> None:
    """Refuse a scenario that begins with a real trainer, which no chain of this machine has.

    Raises
    ------
    InvalidInput
    """
    if scenario.fork is not None:
        raise InvalidInput(
            f"This run begins with {scenario.fork}, and needs a node of that chain to copy it from: dcai simulate FILE "
            f"--fork URL {scenario.fork.trainer}, or simulate_fork in Python."
        )


def seeded(scenario: Scenario, seed: int | None) -> Scenario:
    """Return the scenario with another seed; the same where that is None."""
    return scenario if seed is None else scenario.model_copy(update={"seed": seed})


def play(
    chain: Chain,
    trainer: Trainer,
    model: Twin,
    history: History,
    scenario: Scenario,
    data: Encoded,
    initial: int,
    *,
    data_name: str,
    fork: Fork | None = None,
    progress: Progress | None = None,
) -> Result:
    """Let a scenario's agents play on a trainer, and audit it.

    Parameters
    ----------
    model, history
        The trainer's, as they are now.
    data
        Of which the samples from `initial` on are contributed.
    fork
        Where the trainer comes from, if it is real.
    """
    agents, seed = scenario.fresh_agents(), scenario.seed
    for at, agent in enumerate(agents):
        if reason := agent.misfit(len(model.classes), data.rows.shape[1]):
            raise InvalidInput(f"agents.{at}.{reason}.")
    seats = Seats.of(agents, seed, trainer.creator)
    addresses = [address for seat in seats for address in seat.addresses]
    ledger = Ledger(history, model, chain.now())
    rules = Rules.of(type(trainer.incentive))(trainer.incentive, history, trainer.creator, ledger.label_of)
    stage = Stage(chain, trainer, scenario.incentive.model_dump(), agents, addresses, data, seed, scenario.gas_price)
    prepared = _blocks_of(chain, lambda: rules.prepare(stage))
    contract = product_of(model, trainer.incentive).contract
    told = versions(chain, contract)
    # no event tells when the last of the initial parameters came, from which the first price counts
    _, _, history.last_time = chain.read(contract, trainer.address, "progress")
    world = World(
        ledger,
        rules,
        data,
        initial,
        Measure(data.hidden, data.truth, len(model.classes)),
        start=chain.now(),
        gas_price_wei=scenario.gas_price,
        unit_wei=scenario.unit,
    )
    if not world.samples:
        reasons = in_words(world.pool.skipped)
        raise InvalidInput(f"The trainer takes none of the samples: {reasons}; choose other data or terms.")
    engine = Engine(chain, contract, trainer.address, world, seats)
    if prepared:
        engine.take_over(prepared)
    started = time.perf_counter()
    engine.run(progress)
    with engine.breaking_off():
        engine.close()
        if settled := _blocks_of(chain, lambda: rules.settle(stage)):
            engine.take_over(settled)
    seconds = time.perf_counter() - started
    found: Audit | None = None
    with engine.breaking_off():
        found = _audited(chain, trainer, world)
    return Result.of(
        scenario,
        engine,
        data_name=data_name,
        fingerprint=data.fingerprint,
        backend=chain.backend,
        trainer=trainer.address,
        versions=told,
        fork=fork,
        audit=found,
        seconds=seconds,
    )


def _blocks_of(chain: Chain, act: Callable[[], None]) -> range:
    """Do something on the chain and return the numbers of its blocks."""
    first = chain.block_number() + 1
    act()
    return range(first, chain.block_number() + 1)


def ordered(data: Encoded, scenario: Scenario) -> Encoded:
    """Return the training part in the order of the scenario's seed, cut to the scenario's number of samples.

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
        np.random.default_rng(scenario.seed).shuffle(order)
    order = order[:wanted]
    return replace(data, rows=data.rows[order], labels=data.labels[order], origin=data.origin[order])


def _initial(scenario: Scenario, samples: int) -> int:
    given = scenario.data.initial
    initial = round(given * samples) if given < 1 else int(given)
    if not initial < samples:
        raise InvalidInput(
            f"data.initial of {given:g} leaves none of {samples:,} samples to contribute; make it smaller."
        )
    return initial


def _alone(model: Model, data: Encoded) -> Iterator[float]:
    """Yield the accuracy after each pass of the owner over all the data."""
    model.fit(data.rows, data.labels)
    for further in range(PASSES):
        if further:
            model.twin.learn_rows(data.rows, data.labels)
        yield float(np.mean(model.twin.predict(data.hidden) == data.truth))


def _audited(chain: Chain, trainer: Trainer, world: World) -> Audit:
    """Compare the contract with the log, and every agent's money with what the log makes of it.

    The provider's money is left out: its calls are sent at the local chain's own price of gas.
    """
    found = audit(trainer.contract, world.history, world.twin, chain.block_number())
    differences = (
        f"{address} has {chain.balance(address)} wei, the log gives {balance}."
        for address, balance in world.balances.items()
        if address != trainer.creator and chain.balance(address) != balance
    )
    return replace(found, problems=(*found.problems, *differences))
