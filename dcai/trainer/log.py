"""A trainer's log, replayed: every contribution and its current state, what is owed, and the model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, Self

from eth_abi.abi import encode
from eth_utils.crypto import keccak
from typing_extensions import TypeVar

from dcai.chain.codec import Event
from dcai.errors import InvalidInput, NodeError
from dcai.integers import whole
from dcai.samples import BATCH, unpack_batch
from dcai.untrusted import shortened

if TYPE_CHECKING:
    from dcai.chain.receipts import Log
    from dcai.models.twins import Twin

ContributionTuple = tuple[int, str, int, int, int, bytes]
"""A contribution as claims bring it back to the contract: id, author, time, deposit, label, sample."""


@dataclass
class Entry(ABC):
    """A contribution in the log; its further states are up to the incentive.

    Attributes
    ----------
    id, author, time, deposit_wei, label, sample, slot
        As in its event; the label is 256 where the sample is a batch.
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
    def of(cls, args: dict[str, Any], incentive: object) -> Self:
        """Return the entry for the arguments of a Contributed event of a trainer with these terms."""

    @staticmethod
    def fields_of(args: dict[str, Any]) -> dict[str, Any]:
        """Return what every entry has, by name, from the arguments of a Contributed event."""
        told = {key: args[key] for key in ("id", "author", "time", "label", "sample", "slot")}
        return {**told, "deposit_wei": args["deposit"]}

    @property
    @abstractmethod
    def open(self) -> int:
        """The open part in the contract's record: 96 bits, whose meaning is up to the incentive."""

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
            numbers = {whole(position) for position in positions}
        except TypeError:
            raise InvalidInput(
                f"Positions in a batch are a list of whole numbers such as [0, 2], not {shortened(positions)}."
            ) from None
        if not numbers:
            raise InvalidInput(f"Give at least one position in the batch, 0 to {count - 1}, or leave them out for all.")
        if not all(0 <= number < count for number in numbers):
            raise InvalidInput(f"The positions in a batch of {count} are 0 to {count - 1}, not {sorted(numbers)}.")
        return sum(1 << number for number in numbers)

    def claim(self) -> ContributionTuple:
        """Return the contribution as claims bring it back to the contract."""
        return (self.id, self.author, self.time, self.deposit_wei, self.label, self.sample)

    def record(self, trainer: str) -> int:
        """Return the record that a trainer at an address must hold at the slot: contracts/types/Record.sol."""
        *head, sample = self.claim()
        types = ["uint256", "address", "uint256", "uint256", "uint256", "bytes32", "address"]
        digest = keccak(encode(types, [*head, keccak(sample), trainer]))
        return (int.from_bytes(digest, "big") << 96) % 2**256 | self.open


_LOADED = keccak(text="Loaded(uint256,bytes)")


def begins(log: Log) -> bool:
    """Tell whether an entry is the first of a trainer's log: the first of its initial parameters are loaded."""
    return log.topics == (_LOADED,) and log.data.startswith(bytes(32))


E = TypeVar("E", bound=Entry, covariant=True, default=Entry)


class Expected(NamedTuple):
    """An answer that a contract must give according to its log.

    Attributes
    ----------
    question : tuple
        A function and its arguments.
    answer : object
    problem : str
        The sentence of an audit where the answer is another, which replaces ``{found}``.
    """

    question: tuple[str, *tuple[object, ...]]
    answer: object
    problem: str


@dataclass
class History(ABC, Generic[E]):
    """A trainer's log so far; an incentive's own replays its events too.

    Attributes
    ----------
    incentive : Incentive
        The trainer's terms.
    model : Twin
        One like the trainer's with any parameters, and the classes that the trainer was made with.
    parameters : bytes
        The initial parameters.
    entries : dict
        Contribution id -> `Entry`, in the order of the log.
    learnt : list
        The samples that the model learnt: (sample, label) in order.
    added : list of str
        The names of classes that were added.
    next_id, last_time : int
        The number of the next contribution, and the time of the last one.
    paid_in_wei, paid_out_wei : int
    """

    entry_type: ClassVar[type[Entry]]
    """The class of its entries."""

    timed: ClassVar[frozenset[str]] = frozenset()
    """Names of events of the incentive for which `apply` needs the time of their block."""

    incentive: Any
    model: Twin
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
        """The number that the contract keeps beside that of the next contribution: see contracts/types/Head.sol."""
        return 0

    @property
    def owed_wei(self) -> int:
        """The sum of all that is open."""
        return self.paid_in_wei - self.paid_out_wei

    @abstractmethod
    def apply(self, event: Event, times: dict[int, int]) -> None:
        """Replay an event of the incentive.

        Parameters
        ----------
        event
            Any except those that every trainer has.
        times
            Block number -> its time, of the blocks of `timed` events.
        """

    @abstractmethod
    def expectations(self) -> Iterator[Expected]:
        """Yield the answers that the contract must give, beside its state, its records and its balance."""

    def extend(self, events: Iterable[Event], times: dict[int, int]) -> None:
        """Replay more of the log.

        Parameters
        ----------
        events
            In the order of the log.
        times
            Block number -> its time, of the blocks of `timed` events.

        Raises
        ------
        NodeError
            If an event follows from nothing before it: the log isn't whole.
        """
        for event in events:
            try:
                self._extend(event, times)
            except (LookupError, ArithmeticError, TypeError) as error:
                raise NodeError(
                    f"The log that the node gives of {event.address} isn't whole: {event.name} in block "
                    f"{event.block_number} follows from nothing in it; ask another node."
                ) from error

    def _extend(self, event: Event, times: dict[int, int]) -> None:
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
