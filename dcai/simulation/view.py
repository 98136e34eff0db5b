"""What an agent sees: as much as a person would see, and not the future."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING

from numpy.random import Generator

from dcai.incentives.rules import Claim
from dcai.models.twins import Twin
from dcai.simulation.pool import Sample
from dcai.trainer.log import Entry

if TYPE_CHECKING:
    from dcai.simulation.seats import Seat
    from dcai.simulation.world import World


class View:
    """The public state as of the latest block, and what an agent knows about its own affairs.

    Everything here is free on a real chain: view calls, the public log, the parameters of the model.

    Attributes
    ----------
    addresses : tuple of str
        The agent's own.
    labels : int
        The number of classes.
    features : int
        The number of features of the model.
    creator : str
        The trainer's.
    gas_price_wei : int
    """

    def __init__(self, world: World, seat: Seat) -> None:
        self._world = world
        self._seat = seat
        self.addresses = seat.addresses
        self.labels = len(world.twin.classes)
        self.features: int = world.twin.n_features
        self.creator = world.rules.creator
        self.gas_price_wei = world.gas_price_wei

    # The moment

    @property
    def now(self) -> int:
        """The time of the block that is being made, seconds since 1970."""
        return self._world.now

    @property
    def accuracy(self) -> float:
        """The model's accuracy on a test set that nobody trains with, as last measured."""
        return self._world.accuracy

    @property
    def balance(self) -> int:
        """What the agent's first address has, wei."""
        return self._world.balances[self.addresses[0]]

    def wei(self, units: float) -> int:
        """Return an amount in units of money as wei."""
        return round(units * self._world.unit_wei)

    def affords(self, wei: int, address: str | None = None) -> bool:
        """Whether one of the agent's addresses, the first if left out, can pay a deposit and its gas now."""
        return wei + self._world.gas_fee_wei <= self._world.balances[address or self.addresses[0]]

    # The model

    def price(self, size: int, *, elapsed: int | None = None) -> int:
        """Return the price of a contribution of so many features now, or so many seconds after the last one, wei."""
        rules = self._world.rules
        if elapsed is None:
            return rules.price(self.now, size)
        return rules.price(rules.history.last_time + elapsed, size)

    def size_of(self, sample: bytes) -> int:
        """Return the size that a sample is priced by."""
        return self._world.twin.size_of(sample)

    def takes(self, sample: bytes) -> bool:
        """Whether the trainer takes a sample of such a size at all, whatever is paid."""
        return not self._world.refusal(sample)

    def predict(self, sample: bytes) -> int:
        """Return the contract's prediction for a sample."""
        return self._world.ledger.label_of(sample)

    def model(self) -> Twin:
        """Return a copy of the model, to try things out on."""
        return deepcopy(self._world.twin)

    def pack(self, features: object) -> bytes:
        """Return a sample of these features, as the model's `pack` takes them."""
        return self._world.twin.pack(features)

    def union(self, samples: Sequence[bytes]) -> bytes:
        """Return an acceptable sample that moves the model as these do together, as far as possible."""
        return self._world.pool.union(samples, self._world.most_features)

    # The log

    def open(self) -> Iterator[Entry]:
        """Yield the contributions that have something open, without batches, which only real people make."""
        rules = self._world.rules
        entries = rules.history.entries.values()
        return (entry for entry in entries if not entry.is_batch and rules.is_open(entry, self.now))

    def recent(self) -> list[Entry]:
        """Return the latest contributions, the last one last, open or not."""
        return list(self._world.ledger.recent)

    def good(self, address: str) -> int:
        """Return how many good contributions an address has."""
        return self._world.rules.good(address)

    def awaited(self, address: str) -> int:
        """Return how many contributions of an address may still become good ones."""
        rules = self._world.rules
        return sum(entry.author == address and rules.may_be_good(entry, self.now) for entry in self.open())

    @property
    def reporter_good(self) -> int:
        """How many good contributions are needed to claim something against others."""
        return self._world.rules.reporter_good

    # Data

    @property
    def samples_left(self) -> int:
        """How many samples of the agents' data nobody has contributed yet."""
        return self._world.pool.left

    def sample(self) -> Sample | None:
        """Return the next sample of the agents' data, which is used up once it is contributed; None if none is left."""
        return self._world.pool.next()

    def example(self, rng: Generator, *, label: int | None = None, feature: int | None = None) -> Sample | None:
        """Return any sample of the agents' data, perhaps of a class or with a feature; None if there is none.

        It stays where it is: people with such data have some that others know, too.
        """
        return self._world.pool.example(rng, label, feature)

    def noise(self, rng: Generator, like: bytes) -> bytes:
        """Return a meaningless sample of the size of another."""
        return self._world.pool.noise(rng, like)

    # Claims

    def due(self) -> Iterator[Claim]:
        """Take the claims that are due off the agent's list."""
        return self._seat.take_due(self.now)

    @property
    def hostile_claims(self) -> tuple[str, ...]:
        """The functions that are called against the author of a contribution, the first one first."""
        rules = self._world.rules
        return tuple(function for function in rules.claims if function not in rules.own)

    @property
    def shares_claims(self) -> bool:
        """Whether several people can make the same claim, each for a part."""
        return self._world.rules.shared

    @property
    def next_due(self) -> int | None:
        """When the agent's next claim is due, seconds since 1970."""
        return self._seat.next_due

    def pays(self, claim: Claim) -> bool:
        """Whether the contract grants a claim now, and it brings more than its gas costs."""
        rules = self._world.rules
        return rules.possible(claim, self.now) and rules.pays(claim, self._world.fee(claim.function))

    def grants_if_turned(self, function: str, entry: Entry) -> bool:
        """Whether the model agrees with a contribution, and the contract would grant a claim if it didn't."""
        rules = self._world.rules
        claim = Claim(function, entry.id, self.addresses[0])
        return not rules.disagrees(entry) and rules.possible(claim, self.now, turned=True)

    def brings(self, claim: Claim) -> int:
        """Return what a claim is expected to bring: wei, or points where there is no money."""
        return self._world.rules.brings(claim)

    def look_again(self, claim: Claim) -> None:
        """Put a claim back on the list for when it may be possible; forget it if it never will be."""
        later = self._world.rules.later(claim, self.now)
        if later is not None:
            time, function = later
            self._seat.add_due(time, Claim(function, claim.id, claim.address))
