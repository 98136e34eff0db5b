"""What stops contributions half way: what was made until then, and where to go on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dcai.errors import DcaiError

if TYPE_CHECKING:
    from dcai.trainer.contribution import Contribution


class PartlyContributed(DcaiError):
    """Some batches were contributed, and the next one failed: `__cause__` says why.

    Attributes
    ----------
    contributions : tuple of Contribution
        One for each batch that was made.
    next_row : int
        The first row that isn't in one of them, counted from 1: ``data[next_row - 1:]`` is left.
    """

    def __init__(self, sentence: str, contributions: Sequence[Contribution] = (), next_row: int = 1) -> None:
        super().__init__(sentence)
        self.contributions: tuple[Any, ...] = tuple(contributions)
        self.next_row = next_row


class ContributingInterrupted(KeyboardInterrupt):
    """Somebody pressed Ctrl-C while rows were contributed: the text says what was made and what is on its way.

    Attributes
    ----------
    contributions : tuple of Contribution
    next_row : int
        As of `PartlyContributed`.
    """

    def __init__(self, sentence: str, contributions: Sequence[Contribution] = (), next_row: int = 1) -> None:
        super().__init__(sentence)
        self.contributions: tuple[Any, ...] = tuple(contributions)
        self.next_row = next_row
