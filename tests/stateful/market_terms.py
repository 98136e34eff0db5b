"""A market's phases, settings and contributions, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from tests.stateful.calls import Claim


class Phase(IntEnum):
    """The phase of a market."""

    PREPARED = 0
    DRAWING = 1
    OPENING = 2
    PARTICIPATION = 3
    REVEAL = 4
    EVALUATION = 5
    PAYMENT = 6
    FAILED = 7
    UNOPENED = 8
    FORFEITED = 9


@dataclass(frozen=True)
class Terms:
    """The settings of a market; the times are those to open, participate, reveal and evaluate."""

    unit: int
    portions: int
    size: int
    times: tuple[int, int, int, int]
    per_pass: int
    turn: int
    most: int

    @property
    def tests(self) -> int:
        """The number of test samples."""
        return (self.portions - 1) * self.size

    @property
    def stake(self) -> int:
        """The price of a sample."""
        return self.tests * self.unit


class Evaluation(NamedTuple):
    """The calldata of a call of `evaluate`."""

    parameters: bytes
    hashes: list[bytes]
    portions: list[bytes]
    contributions: list[Claim]
    slots: list[int]
    most: int


class Made(NamedTuple):
    """A contribution that was accepted."""

    claim: Claim
    samples: list[tuple[int, bytes]]
    kept: int
    """What was sent less the fee."""
