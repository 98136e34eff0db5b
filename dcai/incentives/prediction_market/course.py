"""Where a market stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Phase(IntEnum):
    """Where a market stands; see contracts/interfaces/IPredictionMarket.sol."""

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

    @property
    def told(self) -> str:
        """What the market waits for, or how it ended, as a clause."""
        return _TOLD[self]


_TOLD = {
    Phase.PREPARED: "its provider must commit to a test set",
    Phase.DRAWING: "the portion to open must be drawn",
    Phase.OPENING: "its provider must open the portion that was drawn",
    Phase.PARTICIPATION: "people contribute",
    Phase.REVEAL: "its provider must reveal the test set",
    Phase.EVALUATION: "contributions must be evaluated",
    Phase.PAYMENT: "everybody is paid what they are owed",
    Phase.FAILED: "it has failed: contributors get their stakes back, and its bounty can only be sent to nobody",
    Phase.UNOPENED: "it wasn't opened in time, and its bounty can only be sent to nobody",
    Phase.FORFEITED: "it wasn't opened in time, and its bounty was sent to nobody",
}


@dataclass(frozen=True)
class Course:
    """How far a market is.

    Attributes
    ----------
    phase : Phase
        As of the latest block.
    committed_at, opened_at, moved_at : int
        Seconds since 1970, 0 until then; the last, when all portions were revealed, or the evaluation last went on.
    target : int
        The number of the block that the draw is from.
    drawn : int or None
        The portion that was drawn.
    rounds : int
        The bounty in stakes.
    samples : int
        How many were contributed.
    revealed : int
        Bit i is set when portion i is known.
    number, next_id, position : int
        The pass over the contributions that is under way, the contribution that it evaluates next, and how many of that
        one's samples are evaluated already, where it is a batch.
    mistakes : int
        Of the model at the start, in the passes that have begun.
    remainder_wei : int
        What bounty and stakes leave for the provider so far.
    """

    phase: Phase
    committed_at: int
    target: int
    drawn: int | None
    opened_at: int
    rounds: int
    samples: int
    revealed: int
    moved_at: int
    number: int
    next_id: int
    position: int
    mistakes: int
    remainder_wei: int
