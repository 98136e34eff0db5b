"""A contribution that was accepted, as an object, and the price of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from dcai.chain.receipts import Receipt
from dcai.errors import InvalidInput
from dcai.trainer.log import Entry

if TYPE_CHECKING:
    from dcai.trainer.trainer import Trainer


@dataclass(frozen=True)
class Quote:
    """The price of a contribution.

    Attributes
    ----------
    price_wei : int
        What the contract asks if nobody else contributes before.
    deposit_wei : int
        What to send: enough even if somebody contributes just before in the same block, which is the highest price
        there is.
    skipped : tuple of int
        The rows that are left out of it, counted from 1, since nothing in them is known.
    """

    price_wei: int
    deposit_wei: int
    skipped: tuple[int, ...] = ()

    @classmethod
    def of(cls, trainer: Trainer, sizes: tuple[int, ...], skipped: tuple[int, ...] = ()) -> Self:
        """Return the price of samples of these sizes; a contribution of several pays as much for each."""
        _, _, last = trainer.contract.read("progress")
        # the next block is at least a second later than this one
        elapsed = max(trainer.chain.now() + 1 - last, 1)
        price, most = trainer.price(sizes, elapsed=elapsed), trainer.highest_price(sizes)
        count = len(sizes)
        return cls(-(-price // count) * count, -(-most // count) * count, skipped)


class Contribution:
    """A contribution that was accepted: one sample, or a batch. What can be done with it is up to the incentive.

    Attributes
    ----------
    trainer : Trainer
    entry : dcai.trainer.log.Entry
        Id, author, time, deposit, label, sample, slot.
    receipt : Receipt or None
        Of the transaction that made it, where it was made here.
    """

    def __init__(self, trainer: Trainer, entry: Entry, receipt: Receipt | None = None) -> None:
        self.trainer: Any = trainer
        self.entry = entry
        self.receipt = receipt

    def __repr__(self) -> str:
        what = f"batch of {len(self.entry.samples())}" if self.entry.is_batch else f"label {self.entry.label}"
        return f"<Contribution {self.id}: {what}, deposit {self.entry.deposit_wei} wei, by {self.entry.author}>"

    @property
    def id(self) -> int:
        """The contribution's number."""
        return self.entry.id


def entry_of(contribution: object, trainer: Trainer) -> Any:
    """Return the entry in the log of a contribution to a trainer.

    Raises
    ------
    InvalidInput
        If it is a contribution to another trainer, or isn't one at all.
    """
    if not isinstance(contribution, Contribution):
        raise InvalidInput(f"{contribution!r} is not a contribution; trainer.contribution(number) returns one.")
    other = contribution.trainer
    if (other.address, other.chain.chain_id) != (trainer.address, trainer.chain.chain_id):
        raise InvalidInput(
            f"Contribution {contribution.id} was made to the trainer at {other.address} on chain "
            f"{other.chain.chain_id}, and this one is at {trainer.address} on chain {trainer.chain.chain_id}."
        )
    return contribution.entry
