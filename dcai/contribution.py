"""A contribution that was accepted, as an object, and what one costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dcai.chain.chain import Receipt
from dcai.history import Entry

if TYPE_CHECKING:
    from dcai.trainer import Trainer


@dataclass(frozen=True)
class Quote:
    """What a contribution costs.

    Attributes
    ----------
    price_wei : int
        What the contract asks if nobody else contributes before.
    deposit_wei : int
        What to send: enough even if somebody contributes in the same block just before, which is the highest price
        there is. All of it comes back with the refund.
    """

    price_wei: int
    deposit_wei: int


class Contribution:
    """A contribution that was accepted: one sample, or a batch.

    Attributes
    ----------
    entry : dcai.history.Entry
        Id, author, time, deposit, label, sample, slot.
    receipt : Receipt or None
        Of the transaction that made it, where it was made here.
    """

    def __init__(self, trainer: Trainer, entry: Entry, receipt: Receipt | None = None) -> None:
        self.trainer = trainer
        self.entry = entry
        self.receipt = receipt

    def __repr__(self) -> str:
        what = f"batch of {len(self.entry.samples())}" if self.entry.is_batch else f"label {self.entry.label}"
        return f"<Contribution {self.id}: {what}, deposit {self.entry.deposit_wei} wei, by {self.entry.author}>"

    @property
    def id(self) -> int:
        """The contribution's number."""
        return self.entry.id

    def refund(self, positions: Sequence[int] | None = None, *, gas: int | None = None) -> int:
        """Get the deposit back, as its author; of a batch, those of the samples that the model agrees with now.

        Parameters
        ----------
        positions
            Which samples of a batch; all where left out.
        gas
            As for `Trainer.contribute`.

        Returns
        -------
        int
            Wei received.
        """
        return self.trainer.refund(self, positions=positions, gas=gas)

    def split(self, positions: Sequence[int], *, sender: str | None = None) -> list[Contribution]:
        """Make samples of a batch contributions of their own, which can be refunded, reported and taken one by one.

        The author may, any; somebody with a good contribution may, those that the model disagrees with.
        """
        return self.trainer.split(self, positions, sender=sender)

    def report(self, *, sender: str | None = None, gas: int | None = None) -> None:
        """Announce that the data is bad."""
        self.trainer.report(self, sender=sender, gas=gas)

    def take(self, *, sender: str | None = None, gas: int | None = None) -> int:
        """Take a share of the deposit of bad data, or what is left of it after its time; return wei received."""
        return self.trainer.take(self, sender=sender, gas=gas)
