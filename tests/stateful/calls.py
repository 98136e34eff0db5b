"""Calls and claims, what the contract must keep or refuse of them, and batches as bytes, in plain Python."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from dcai.errors import ContractError, ContractReverted

BATCH = 256


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


@dataclass
class Accepted:
    """A contribution that was accepted, or a sample that was split off one.

    Attributes
    ----------
    reports_of : dict
        Of a batch: (position, reporter) -> time.
    refunded : set of int
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
    reports: dict[str, int] = field(default_factory=dict)
    takers: set[str] = field(default_factory=set)
    reports_of: dict[tuple[int, str], int] = field(default_factory=dict)
    refunded: set[int] = field(default_factory=set)
    is_good: bool = False
    part_of: tuple[int, int] = (0, 0)

    def __deepcopy__(self, _: object) -> Accepted:
        # a claim can't change, and no other object is copied as often
        return Accepted(
            self.claim,
            self.slot,
            self.open,
            self.closed,
            dict(self.reports),
            set(self.takers),
            dict(self.reports_of),
            set(self.refunded),
            self.is_good,
            self.part_of,
        )

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
