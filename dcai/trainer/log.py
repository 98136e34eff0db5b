"""A trainer's log, replayed: every contribution, what became of it, what is owed, and the model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import index
from typing import Any, ClassVar, Generic, NamedTuple, Self, TypeVar

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from dcai.chain.codec import Event
from dcai.errors import InvalidInput
from dcai.models import Model
from dcai.samples import BATCH, unpack_batch


@dataclass
class Entry(ABC):
    """A contribution in the log; what becomes of it is up to the incentive.

    Attributes
    ----------
    id, author, time, deposit_wei, label, sample, slot
        As its event tells; the label is 256 where the sample is a batch.
    """

    id: int
    author: str
    time: int
    deposit_wei: int
    label: int
    sample: bytes
    slot: int

    @classmethod
    @abstractmethod
    def of(cls, args: dict[str, Any], incentive: Any) -> Self:
        """Return the entry for the arguments of a Contributed event, at a trainer that is set up with an incentive."""

    @staticmethod
    def fields_of(args: dict[str, Any]) -> dict[str, Any]:
        """Return what every entry has, by name, from the arguments of a Contributed event."""
        told = {key: args[key] for key in ("id", "author", "time", "label", "sample", "slot")}
        return {**told, "deposit_wei": args["deposit"]}

    @property
    @abstractmethod
    def open(self) -> int:
        """What the contract's record says is open: 96 bits, whose meaning is the incentive's."""

    @abstractmethod
    def is_free(self, now: int) -> bool:
        """Whether another contribution can use its slot at a time."""

    @property
    def is_batch(self) -> bool:
        """Whether it holds several samples."""
        return self.label == BATCH

    def samples(self) -> list[tuple[bytes, int]]:
        """Return its samples with their labels."""
        return list(unpack_batch(self.sample)) if self.is_batch else [(self.sample, self.label)]

    def mask(self, positions: Sequence[int] | None) -> int:
        """Return a bit for each of these positions of a batch; for all where None.

        Raises
        ------
        InvalidInput
            If the batch doesn't have one of them.
        """
        count = len(self.samples())
        if positions is None:
            return (1 << count) - 1
        try:
            numbers = {index(position) for position in positions}
        except TypeError:
            raise InvalidInput(f"Positions in a batch are whole numbers, not {positions!r}.") from None
        if not all(0 <= number < count for number in numbers):
            raise InvalidInput(f"The positions in a batch of {count} are 0 to {count - 1}, not {sorted(numbers)}.")
        return sum(1 << number for number in numbers)

    def claim(self) -> tuple[int, str, int, int, int, bytes]:
        """Return what a claim brings back to the contract."""
        return (self.id, self.author, self.time, self.deposit_wei, self.label, self.sample)

    def record(self) -> int:
        """Return the record that the contract must hold at the slot: contracts/types/Record.sol."""
        *head, sample = self.claim()
        digest = keccak(
            encode(["uint256", "address", "uint256", "uint256", "uint256", "bytes32"], [*head, keccak(sample)])
        )
        return (int.from_bytes(digest, "big") << 96) % 2**256 | self.open


E = TypeVar("E", bound=Entry)


class Expected(NamedTuple):
    """What a contract must answer by its log.

    Attributes
    ----------
    question : tuple
        A function and its arguments.
    answer : object
    problem : str
        What an audit says where it answers something else, which stands for ``{found}``.
    """

    question: tuple[Any, ...]
    answer: Any
    problem: str


@dataclass
class History(ABC, Generic[E]):
    """A trainer's log so far; an incentive's own replays its events too.

    Attributes
    ----------
    incentive : Incentive
        What the trainer is set up with.
    model : Model
        One like the trainer's, whatever its parameters, with the classes that it was made with.
    parameters : bytes
        The initial parameters.
    entries : dict
        Contribution id -> `Entry`, in the order of the log.
    learnt : list
        What the model learnt: (sample, label) in order.
    added : list of str
        The names of classes that were added.
    next_id, last_time : int
        The number that the next contribution gets; when the last one was made.
    paid_in_wei, paid_out_wei : int
    """

    entry_type: ClassVar[type[Entry]]
    """What a contribution becomes."""

    timed: ClassVar[frozenset[str]] = frozenset()
    """Names of events of the incentive for which `apply` needs the time of their block."""

    incentive: Any
    model: Model
    parameters: bytes = b""
    entries: dict[int, E] = field(default_factory=dict)
    learnt: list[tuple[bytes, int]] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    next_id: int = 1
    last_time: int = 0
    paid_in_wei: int = 0
    paid_out_wei: int = 0

    @property
    def counted(self) -> int:
        """What the contract counts beside the number of the next contribution: see contracts/types/Head.sol."""
        return 0

    @property
    def owed_wei(self) -> int:
        """What the trainer owes: all that is open."""
        return self.paid_in_wei - self.paid_out_wei

    @abstractmethod
    def apply(self, event: Event, times: dict[int, int]) -> None:
        """Replay an event of the incentive.

        Parameters
        ----------
        event
            Any but those that every trainer has.
        times
            Block number -> its time, of the blocks of `timed` events.
        """

    @abstractmethod
    def expectations(self) -> Iterator[Expected]:
        """Yield what the contract must answer, beside its state, its records and its balance."""

    def extend(self, events: Iterable[Event], times: dict[int, int]) -> None:
        """Replay more of the log.

        Parameters
        ----------
        events
            In the order of the log.
        times
            Block number -> its time, of the blocks of `timed` events.
        """
        for event in events:
            match event.name:
                case "Loaded":
                    self.parameters += event.args["parameters"]
                case "ClassAdded":
                    self.added.append(event.args["name"])
                case "Contributed":
                    self._contributed(event.args)
                case _:
                    self.apply(event, times)

    def _contributed(self, args: dict[str, Any]) -> None:
        entry: Any = self.entry_type.of(args, self.incentive)
        self.entries[entry.id] = entry
        samples = entry.samples()
        self.learnt += samples
        self.next_id = entry.id + 1 + (len(samples) if entry.is_batch else 0)
        self.last_time = entry.time
        self.paid_in_wei += entry.deposit_wei
