"""The outcome of a run for each agent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from dcai.incentives.rules import Earned
from dcai.simulation.engine import Engine


@dataclass(frozen=True)
class Outcome:
    """The outcome for an agent.

    Attributes
    ----------
    name, kind : str
    start_wei, end_wei : int
        What it had, and has.
    open_wei : int
        What is still open of its deposits.
    deposited_wei, received_wei : int
        What it paid in, and what refunds and shares brought it.
    outside_wei : int
        What of that others than agents have paid: on a fork, deposits that real contributors lost to it.
    fee_wei, gas : int
        What its transactions cost, refused ones included.
    done, refused : dict of str to int
        Function -> how often it was granted, and refused.
    earned : dict
        What it earned beside money, by name: under Gamified points, validated contributions and badges.
    """

    name: str
    kind: str
    start_wei: int
    end_wei: int
    open_wei: int
    deposited_wei: int
    received_wei: int
    outside_wei: int
    fee_wei: int
    gas: int
    done: dict[str, int]
    refused: dict[str, int]
    earned: Earned

    @property
    def gain_wei(self) -> int:
        """What it won after gas; what is still open of its deposits counts as lost."""
        return self.end_wei - self.start_wei

    def earned_text(self, thing: str) -> str:
        """Return something that was earned as text; empty if it wasn't."""
        if thing not in self.earned:
            return ""
        value = self.earned[thing]
        if isinstance(value, list):
            return ", ".join(value)
        return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"


def outcomes(engine: Engine, course: pd.DataFrame, actions: pd.DataFrame) -> Iterator[Outcome]:
    """Yield the outcome for each agent, from what an engine has recorded."""
    world = engine.world
    for seat in engine.seats:
        name = seat.agent.name
        own = actions[actions["agent"] == name]
        balances = course[f"balance_wei.{name}"]
        gas = int(own["gas"].sum())
        counts = {
            ok: {function: int(count) for function, count in some["function"].value_counts().items() if count}
            for ok, some in ((ok, own[own["ok"] == ok]) for ok in (True, False))
        }
        yield Outcome(
            name=name,
            kind=type(seat.agent).__name__,
            start_wei=balances.iloc[0],
            end_wei=balances.iloc[-1],
            open_wei=sum(world.rules.open_wei(e) for e in world.history.entries.values() if e.author in seat.addresses),
            deposited_wei=sum(own["sent_wei"]),
            received_wei=sum(own["received_wei"]),
            outside_wei=sum(own["received_wei"][own["id"].between(1, world.first_id - 1)]),
            fee_wei=gas * world.gas_price_wei,
            gas=gas,
            done=counts[True],
            refused=counts[False],
            earned=world.rules.earned(seat.addresses),
        )
