"""A trainer's log, replayed: every contribution, what became of it, what is owed, and the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from dcai.chain.codec import Event
from dcai.samples import BATCH, unpack_batch

SPLIT_SLOTS = 2**128
"""Slots of samples that were split off a batch lie from here on, where no other contribution can use them."""


@dataclass
class Entry:
    """A contribution in the log, and what became of it.

    Attributes
    ----------
    id, author, time, deposit_wei, label, sample, slot
        As its event tells; the label is 256 where the sample is a batch.
    open_wei : int
        What is left of the deposit.
    closed : int
        Of a batch: bit i is set once the sample at position i is refunded or split off.
    reports : dict
        Reporter -> time.
    taken_by : set of str
        Who has taken something of it.
    """

    id: int
    author: str
    time: int
    deposit_wei: int
    label: int
    sample: bytes
    slot: int
    open_wei: int
    closed: int = 0
    reports: dict[str, int] = field(default_factory=dict)
    taken_by: set[str] = field(default_factory=set)

    @property
    def is_batch(self) -> bool:
        """Whether it holds several samples."""
        return self.label == BATCH

    def samples(self) -> list[tuple[bytes, int]]:
        """Return its samples with their labels."""
        return list(unpack_batch(self.sample)) if self.is_batch else [(self.sample, self.label)]

    def split(self, number: int, slot: int) -> Entry:
        """Take a sample out of a batch and return its own entry; its number tells its position."""
        samples = self.samples()
        position = number - self.id - 1
        sample, label = samples[position]
        part = self.deposit_wei // len(samples)
        self.open_wei -= part
        self.closed |= 1 << position
        return Entry(number, self.author, self.time, part, label, sample, slot, part)

    def claim(self) -> tuple[int, str, int, int, int, bytes]:
        """Return what a claim brings back to the contract."""
        return (self.id, self.author, self.time, self.deposit_wei, self.label, self.sample)

    def record(self) -> int:
        """Return the record that the contract must hold at the slot: contracts/libraries/Record.sol."""
        *head, sample = self.claim()
        digest = keccak(
            encode(["uint256", "address", "uint256", "uint256", "uint256", "bytes32"], [*head, keccak(sample)])
        )
        return (int.from_bytes(digest, "big") << 96) % 2**256 | self.open_wei


@dataclass
class History:
    """A trainer's log so far.

    Attributes
    ----------
    parameters : bytes
        The initial parameters.
    entries : dict
        Contribution id -> `Entry`, in the order of the log, samples that were split off a batch included.
    good : Counter
        Person -> validated contributions.
    learnt : list
        What the model learnt: (sample, label) in order.
    added : list of str
        The names of classes that were added.
    next_id, last_time : int
        The number that the next contribution gets; when the last one was made.
    paid_in_wei, paid_out_wei : int
    """

    parameters: bytes = b""
    entries: dict[int, Entry] = field(default_factory=dict)
    good: Counter[str] = field(default_factory=Counter)
    learnt: list[tuple[bytes, int]] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    next_id: int = 1
    last_time: int = 0
    paid_in_wei: int = 0
    paid_out_wei: int = 0

    @property
    def owed_wei(self) -> int:
        """What the trainer owes: all that is open."""
        return self.paid_in_wei - self.paid_out_wei

    def extend(self, events: Iterable[Event], times: dict[int, int]) -> None:
        """Replay more of the log.

        Parameters
        ----------
        events
            In the order of the log.
        times
            Block number -> its time, of the blocks of reports.
        """
        for event in events:
            args = event.args
            match event.name:
                case "Loaded":
                    self.parameters += args["parameters"]
                case "ClassAdded":
                    self.added.append(args["name"])
                case "Contributed":
                    self._contributed(args)
                case "Refunded":
                    self._paid(self.entries[args["id"]], args["amount"])
                    # a sample that was split off a batch is none: the batch was one
                    self.good[to_checksum_address(args["author"])] += self.entries[args["id"]].slot < SPLIT_SLOTS
                case "BatchRefunded":
                    entry = self.entries[args["id"]]
                    self._paid(entry, args["amount"])
                    entry.closed |= args["positions"]
                    # a batch is one contribution, good with the refund of more than half of it
                    self.good[entry.author] += 2 * args["positions"].bit_count() > entry.sample[0] + 1
                case "Split":
                    self.entries[args["id"]] = self.entries[args["batchId"]].split(args["id"], args["slot"])
                case "Reported":
                    reporter = to_checksum_address(args["reporter"])
                    self.entries[args["id"]].reports[reporter] = times[event.block_number]
                case "Taken":
                    entry = self.entries[args["id"]]
                    self._paid(entry, args["amount"])
                    entry.taken_by.add(to_checksum_address(args["taker"]))

    def _contributed(self, args: dict[str, object]) -> None:
        entry = entry_of(args)
        self.entries[entry.id] = entry
        samples = entry.samples()
        self.learnt += samples
        self.next_id = entry.id + 1 + (len(samples) if entry.is_batch else 0)
        self.last_time = entry.time
        self.paid_in_wei += entry.deposit_wei

    def _paid(self, entry: Entry, amount: int) -> None:
        entry.open_wei -= amount
        self.paid_out_wei += amount


def entry_of(args: dict[str, object]) -> Entry:
    """Return the entry for the arguments of a Contributed event."""
    values = {key: args[key] for key in ("id", "time", "label", "sample", "slot")}
    author = to_checksum_address(str(args["author"]))
    return Entry(author=author, deposit_wei=args["deposit"], open_wei=args["deposit"], **values)  # type: ignore[arg-type]
