"""A trainer with Deposit-Refund-Take, and a contribution to it: refund, split, report, take."""

from __future__ import annotations

from collections.abc import Sequence

from dcai.chain.addresses import checked_address
from dcai.errors import IsNoBatch, NotAuthor
from dcai.incentives.deposit_refund_take.log import SPLIT_SLOTS, DepositEntry, DepositHistory
from dcai.incentives.deposit_refund_take.terms import DepositRefundTake
from dcai.trainer.contribution import Contribution
from dcai.trainer.trainer import Trainer


class DepositContribution(Contribution):
    """A contribution with a deposit: one sample, or a batch."""

    trainer: DepositTrainer
    entry: DepositEntry

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

    def split(self, positions: Sequence[int], *, sender: str | None = None) -> list[DepositContribution]:
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


class DepositTrainer(Trainer[DepositContribution, DepositHistory], incentive=DepositRefundTake):
    """A shared model whose contributors pay a deposit in, get it back, and take that of bad data."""

    incentive: DepositRefundTake
    contribution_type = DepositContribution
    history_type = DepositHistory

    def good(self, person: str) -> int:
        """Return how many validated contributions a person has."""
        return int(self._read("good", checked_address(person)))

    def refund(
        self, contribution: DepositContribution, *, positions: Sequence[int] | None = None, gas: int | None = None
    ) -> int:
        """Get a deposit back: see `DepositContribution.refund`."""
        entry = contribution.entry
        if entry.author not in self.chain.accounts:
            raise NotAuthor(author=entry.author, sender=self._sender())
        if not entry.is_batch:
            if positions is not None:
                raise IsNoBatch(id=entry.id)
            return self._claim("refund", entry, entry.author, gas=gas)
        return self._claim("refundBatch", entry, entry.author, entry.mask(positions), gas=gas)

    def split(
        self, batch: DepositContribution, positions: Sequence[int], *, sender: str | None = None
    ) -> list[DepositContribution]:
        """Make samples of a batch contributions of their own: see `DepositContribution.split`."""
        entry = batch.entry
        receipt = self._send("split", entry.claim(), entry.slot, entry.mask(positions), sender=sender)
        events = [event for log in receipt.logs if (event := self._codec.event(log)) is not None]
        parts = [entry.split(event.args["id"], event.args["slot"]) for event in events]
        return [DepositContribution(self, part, receipt) for part in parts]

    def report(self, contribution: DepositContribution, *, sender: str | None = None, gas: int | None = None) -> None:
        """Announce that data is bad: see `DepositContribution.report`."""
        self._send("report", contribution.entry.claim(), contribution.entry.slot, sender=sender, gas=gas)

    def take(self, contribution: DepositContribution, *, sender: str | None = None, gas: int | None = None) -> int:
        """Take a share or what is left: see `DepositContribution.take`."""
        return self._claim("take", contribution.entry, sender, gas=gas)

    def _claim(self, function: str, entry: DepositEntry, sender: str | None, *args: int, gas: int | None) -> int:
        receipt = self._send(function, entry.claim(), entry.slot, *args, sender=sender, gas=gas)
        paid = next(event for log in receipt.logs if (event := self._codec.event(log)) and "amount" in event.args)
        amount: int = paid.args["amount"]
        if amount == entry.open_wei and entry.slot < SPLIT_SLOTS:
            self._free_slots.append(entry.slot)
        entry.open_wei -= amount
        return amount
