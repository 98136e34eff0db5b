"""Calls and claims, what the contract must keep or refuse of them, and batches as bytes, in plain Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from dcai.errors import ContractError, ContractReverted

BATCH = 256
MAX_DEPOSIT = 2**96 - 1
LONGEST_CALL = 130_048


class Refused(Exception):
    """The contract must refuse the call, with this error and these figures."""

    def __init__(self, error: str, *figures: Any) -> None:
        super().__init__(error, figures)
        self.error = error
        self.figures = figures

    def is_what(self, error: Exception | None) -> bool:
        """Tell whether that is how the contract refused."""
        if isinstance(error, ContractError):
            return type(error).__name__ == self.error and _plain(error.figures.values()) == _plain(self.figures)
        return isinstance(error, ContractReverted) and self.error in str(error)


def _plain(figures: Any) -> list[Any]:
    return [figure.lower() if isinstance(figure, str) else figure for figure in figures]


class Claim(NamedTuple):
    """A contribution as calldata of a claim."""

    id: int
    author: str
    time: int
    deposit: int
    label: int
    sample: bytes


@dataclass(frozen=True)
class Call:
    """One call of a trainer's function."""

    function: str
    args: tuple[Any, ...]
    value: int = 0


@dataclass(frozen=True)
class Accepted:
    """A contribution that was accepted, or a sample that was split off one. It never changes, so that no copy is made.

    Attributes
    ----------
    reports_of : dict
        Of a batch: (position, reporter) -> time.
    refunded : frozenset of int
        Of a batch: the positions that came back to the author, split off or not.
    is_good : bool
        Of a batch: whether it counts.
    part_of : tuple of int
        Of what was split off: the number of the batch, and the position there.
    """

    claim: Claim
    slot: int
    open: int
    closed: int = 0
    reports: Mapping[str, int] = field(default_factory=dict)
    takers: frozenset[str] = frozenset()
    reports_of: Mapping[tuple[int, str], int] = field(default_factory=dict)
    refunded: frozenset[int] = frozenset()
    is_good: bool = False
    part_of: tuple[int, int] = (0, 0)

    @property
    def is_batch(self) -> bool:
        """Whether it holds several samples."""
        return self.claim.label == BATCH

    def asked_for(self, positions: int, count: int) -> list[int]:
        """Return the requested samples of a batch that are still open."""
        return [at for at in range(count) if (positions & ~self.closed) >> at & 1]

    def record(self, trainer: str) -> int:
        """Return the word that stands at its slot of a trainer."""
        return _digest(self.claim, trainer) << 96 | self.open


@dataclass(frozen=True)
class Mood:
    """How a contract receives money: it refuses, or first calls back, and may need that call to succeed.

    Attributes
    ----------
    refuses : bool
    with_data : int
        Bytes that it refuses with: a text, or so many that copying them is expensive.
    burns : bool
        It uses more gas than others give, and then accepts.
    """

    refuses: bool = False
    back: Call | None = None
    tolerant: bool = False
    with_data: int = 0
    burns: bool = False


@lru_cache(maxsize=10_000)
def _digest(claim: Claim, trainer: str) -> int:
    types = ["uint256", "address", *3 * ["uint256"], "bytes32", "address"]
    words = (*claim[:5], keccak(claim.sample), trainer)
    return int.from_bytes(keccak(encode(types, words))[12:], "big")


def check_sample(sample: bytes, n_features: int) -> None:
    """Refuse what is not a sample of a sparse model."""
    if not sample:
        raise Refused("EmptySample")
    if len(sample) % 2:
        raise Refused("OddLength", len(sample))
    last = -1
    for position in range(len(sample) // 2):
        index = int.from_bytes(sample[2 * position : 2 * position + 2], "big")
        if index <= last:
            raise Refused("NotIncreasing", position)
        if index >= n_features:
            raise Refused("IndexTooLarge", index, n_features)
        last = index


def check_length(batch: bytes) -> None:
    """Refuse a batch that is too long to be called with, and claimed, in transactions that nodes relay."""
    length = 4 + 3 * 32 + -(-len(batch) // 32) * 32  # selector, two arguments, and the bytes with their length
    if length > LONGEST_CALL:
        raise Refused("TooLong", length, LONGEST_CALL)


def pack_batch(samples: Sequence[tuple[int, bytes]]) -> bytes:
    """Return a batch of (label, sample)."""
    parts = (bytes([label]) + len(sample).to_bytes(2, "big") + sample for label, sample in samples)
    return bytes([len(samples) - 1]) + b"".join(parts)


def unpack_batch(batch: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the (label, sample) pairs of a batch, as far as it is valid."""
    if not batch:
        raise Refused("BadBatch")
    offset = 1
    for _ in range(batch[0] + 1):
        end = offset + 3 + int.from_bytes(batch[offset + 1 : offset + 3], "big")
        if offset + 3 > len(batch) or end > len(batch):
            raise Refused("BadBatch")
        yield batch[offset], batch[offset + 3 : end]
        offset = end
    if offset != len(batch):
        raise Refused("BadBatch")
