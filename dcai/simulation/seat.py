"""An agent at the table."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from dcai.simulation.actions import Claim

if TYPE_CHECKING:
    from dcai.simulation.agents.base import Agent


class Seat:
    """An agent with its addresses, its random numbers and what is due to it.

    Parameters
    ----------
    index : int
        The agent's place among all.
    agent : Agent
    seed : int
        Of the run: each agent has random numbers of its own, whatever the others do.
    creator : str
        The trainer's, which is the address of who provides.
    """

    def __init__(self, index: int, agent: Agent, seed: int, creator: str) -> None:
        self.index = index
        self.agent = agent
        self.rng = np.random.default_rng([seed, index])
        own = tuple(_address(index, number) for number in range(agent.purses))
        self.addresses = (creator,) if agent.provides else own
        self._due: list[tuple[int, int, Claim]] = []
        self._added = 0

    def add_due(self, time: int, claim: Claim) -> None:
        """Remember a claim for later."""
        self._added += 1  # of the same second, the first one first
        heappush(self._due, (time, self._added, claim))

    def take_due(self, now: int) -> Iterator[Claim]:
        """Yield what is due, and forget it."""
        while self._due and self._due[0][0] <= now:
            yield heappop(self._due)[2]

    @property
    def next_due(self) -> int | None:
        """When the next claim is due."""
        return self._due[0][0] if self._due else None


def _address(index: int, number: int) -> str:
    """Return an address that no key is known to: local chains take a sender's word."""
    return to_checksum_address(keccak(text=f"dcai agent {index} address {number}")[12:])
