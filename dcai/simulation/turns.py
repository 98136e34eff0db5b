"""Contributions that wait until they are enough for a batch, where a trainer takes no smaller one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from dcai.chain.blocks import Transaction
from dcai.samples import pack_batch
from dcai.simulation.actions import Claim, Contribute
from dcai.simulation.seats import Seat


class Planned(NamedTuple):
    """A transaction of an agent, and the actions that it makes: several samples of a batch, or one."""

    seat: Seat
    actions: Sequence[Contribute | Claim]
    address: str
    slot: int
    transaction: Transaction


class Turns:
    """The samples that each address has gathered for its next batch.

    Agents do one thing after the other; this is the drawer in which each keeps what it will send together.

    Parameters
    ----------
    least : int
        The fewest samples of a contribution; with 1, none waits.
    """

    def __init__(self, least: int) -> None:
        self._least = least
        self._gathered: defaultdict[str, list[Contribute]] = defaultdict(list)

    def add(self, address: str, action: Contribute) -> tuple[Contribute, ...]:
        """Return what an address sends now with this one: nothing as long as it isn't enough."""
        some = self._gathered[address]
        some.append(action)
        return tuple(self._gathered.pop(address)) if len(some) >= self._least else ()

    def wei(self, address: str) -> int:
        """Return what an address will pay in with what it has gathered."""
        return sum(action.deposit_wei for action in self._gathered.get(address, ()))

    def given_up(self) -> list[tuple[str, Contribute]]:
        """Return what never became enough, and forget it."""
        left = [(address, action) for address, some in self._gathered.items() for action in some]
        self._gathered.clear()
        return left


def contribution(actions: Sequence[Contribute], slot: int) -> tuple[str, tuple[object, ...]]:
    """Return the function that contributes these samples together, and its arguments."""
    if len(actions) == 1:
        return "contribute", (actions[0].sample, actions[0].label, slot)
    return "contributeBatch", (pack_batch([one.sample for one in actions], [one.label for one in actions]), slot)


def shares(gas: int, count: int) -> list[int]:
    """Return the gas of a transaction in parts for the actions in it, which differ by one at most."""
    return [gas * (at + 1) // count - gas * at // count for at in range(count)]
