"""The agents of a run: each one's addresses, random numbers and pending claims."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from dcai.errors import InvalidInput
from dcai.incentives.rules import Claim, Due

if TYPE_CHECKING:
    from dcai.simulation.agents.base import Agent


class Seat:
    """An agent's addresses, randomness and pending claims.

    Parameters
    ----------
    index : int
        The agent's place among all.
    agent : Agent
    seed : int
        Of the run: each agent has random numbers of its own, whatever the others do.
    creator : str
        The trainer's, whose address a providing agent has.

    Raises
    ------
    InvalidInput
        If the agent has no address.
    """

    def __init__(self, index: int, agent: Agent, seed: int, creator: str) -> None:
        self.index = index
        self.agent = agent
        self.rng = np.random.default_rng([seed, index])
        if agent.purses < 1:
            raise InvalidInput(f"{self} has {agent.purses} addresses; it needs at least one.")
        own = tuple(address_of(index, number) for number in range(agent.purses))
        self.addresses = (creator,) if agent.provides else own
        self._due: list[tuple[int, int, Claim]] = []
        self._added = 0

    def __str__(self) -> str:
        return f"agents[{self.index}], the {type(self.agent).__name__} {self.agent.name!r},"

    def add_due(self, time: int, claim: Claim) -> None:
        """Remember a claim for later."""
        self._added += 1  # of those due in the same second, the first one added comes first
        heappush(self._due, (time, self._added, claim))

    def take_due(self, now: int) -> Iterator[Claim]:
        """Yield the claims that are due, and forget them."""
        while self._due and self._due[0][0] <= now:
            yield heappop(self._due)[2]

    @property
    def next_due(self) -> int | None:
        """When the next claim is due."""
        return self._due[0][0] if self._due else None


class Seats(tuple[Seat, ...]):
    """All agents of a run, in the order of the scenario."""

    @classmethod
    def of(cls, agents: Sequence[Agent], seed: int, creator: str) -> Seats:
        """Return a seat for each agent; see `Seat`."""
        return cls(Seat(index, agent, seed, creator) for index, agent in enumerate(agents))

    def owners(self) -> dict[str, Seat]:
        """Return who has which address."""
        return {address: seat for seat in self for address in seat.addresses}

    def add_due(self, dues: Iterable[Due], owners: dict[str, Seat], author: Callable[[int], str]) -> None:
        """Remember claims for the agents that may make them.

        Parameters
        ----------
        owners
            As `owners` returns them.
        author
            Returns the author of a contribution, who claims nothing against it.
        """
        for due in dues:
            if due.address is not None:
                if owner := owners.get(due.address):
                    owner.add_due(due.time, Claim(due.function, due.id, due.address))
                continue
            by = author(due.id)
            for seat in self:
                if seat.agent.collects:
                    for address in seat.addresses:
                        if address != by:
                            seat.add_due(due.time, Claim(due.function, due.id, address))


def address_of(agent: int, number: int) -> str:
    """Return one of an agent's addresses, to which nobody knows a key: local chains take a sender's word."""
    return to_checksum_address(keccak(text=f"dcai agent {agent} address {number}")[12:])
