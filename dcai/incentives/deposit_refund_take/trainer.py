"""A trainer with Deposit-Refund-Take, its calls, and a contribution to it: refund, split, report, take."""

from __future__ import annotations

from collections.abc import Sequence

from dcai.accounts.account import Account
from dcai.chain.addresses import checked_address
from dcai.chain.call import Call
from dcai.errors import InvalidInput, IsNoBatch
from dcai.incentives.deposit_refund_take.errors import NoneToReport
from dcai.incentives.deposit_refund_take.log import SPLIT_SLOTS, DepositEntry, DepositHistory
from dcai.incentives.deposit_refund_take.terms import DepositRefundTake
from dcai.trainer.batches import claim_parts
from dcai.trainer.contribution import Contribution, entry_of
from dcai.trainer.prepare import Calls
from dcai.trainer.trainer import Trainer

MOST_SPLIT = 200
"""Most samples that a call splits off a batch, at 33,000 gas each."""

# What a report notes for each sample of a batch.
_REPORT_GAS = 24_000


class DepositContribution(Contribution):
    """A contribution with a deposit: one sample, or a batch."""

    trainer: DepositTrainer
    entry: DepositEntry

    def refund(
        self,
        positions: Sequence[int] | None = None,
        *,
        sender: str | Account | None = None,
        gas: int | None = None,
    ) -> int:
        """Get the deposit back, as its author; of a batch, those of the samples that the model agrees with now.

        Parameters
        ----------
        positions
            Which samples of a batch; by default all.
        sender
            The author's account, where it isn't one of the chain's.
        gas
            As for `Trainer.contribute`.

        Returns
        -------
        int
            Wei received.
        """
        return self.trainer.refund(self, positions=positions, sender=sender, gas=gas)

    def split(self, positions: Sequence[int], *, sender: str | Account | None = None) -> list[DepositContribution]:
        """Make samples of a batch contributions of their own, which can be refunded, reported and taken one by one.

        The author may do so with any of them; others with those that they reported `settle_after` ago and that the
        model disagrees with. The reporter can take a share of them at once.
        """
        return self.trainer.split(self, positions, sender=sender)

    def report(
        self,
        positions: Sequence[int] | None = None,
        *,
        sender: str | Account | None = None,
        gas: int | None = None,
    ) -> None:
        """Announce that the data is bad; of a batch, those of the samples that the model disagrees with now.

        A large batch is reported in several calls. If one fails, the samples of those before are reported, and the same
        again reports the rest.

        Parameters
        ----------
        positions
            Which samples of a batch; by default all.
        sender
            Somebody with a good contribution; by default the chain's first account.
        gas
            As for `Trainer.contribute`.
        """
        self.trainer.report(self, positions=positions, sender=sender, gas=gas)

    def take(self, *, sender: str | Account | None = None, gas: int | None = None) -> int:
        """Take a share of the deposit of bad data, or after its time what is left of it; return wei received."""
        return self.trainer.take(self, sender=sender, gas=gas)


class DepositCalls(Calls):
    """The calls that a trainer with Deposit-Refund-Take accepts, prepared and not sent."""

    def refund(
        self, contribution: DepositContribution, *, positions: Sequence[int] | None = None, gas: int | None = None
    ) -> Call:
        """Return the call that gets a deposit back, for its author: see `DepositContribution.refund`."""
        entry = self._entry(contribution)
        if entry.is_batch:
            return self._claim("refundBatch", "Refund", entry, entry.mask(positions), gas=gas)
        if positions is not None:
            raise IsNoBatch(id=entry.id)
        return self._claim("refund", "Refund", entry, gas=gas)

    def split(self, batch: DepositContribution, positions: Sequence[int]) -> Call:
        """Return the call that splits samples off a batch: see `DepositContribution.split`.

        Raises
        ------
        InvalidInput
            If they are more than `MOST_SPLIT`.
        """
        entry = self._entry(batch)
        mask = entry.mask(positions)
        if mask.bit_count() > MOST_SPLIT:
            raise InvalidInput(
                f"A call splits up to {MOST_SPLIT} samples off a batch, not {mask.bit_count()}: each needs a record of "
                "its own. Split the others off in another call."
            )
        return self._claim("split", "Split samples off", entry, mask)

    def report(
        self, contribution: DepositContribution, *, positions: Sequence[int] | None = None, gas: int | None = None
    ) -> Call:
        """Return the call that announces that data is bad: see `DepositContribution.report`."""
        entry = self._entry(contribution)
        if entry.is_batch:
            return self._claim("reportBatch", "Report", entry, entry.mask(positions), gas=gas)
        if positions is not None:
            raise IsNoBatch(id=entry.id)
        return self._claim("report", "Report", entry, gas=gas)

    def take(self, contribution: DepositContribution, *, gas: int | None = None) -> Call:
        """Return the call that takes a share of a deposit, or what is left: see `DepositContribution.take`."""
        return self._claim("take", "Take the deposit of", self._entry(contribution), gas=gas)


class DepositTrainer(Trainer[DepositContribution, DepositHistory], incentive=DepositRefundTake):
    """A shared model whose contributors pay a deposit in, get it back, and take that of bad data."""

    incentive: DepositRefundTake
    contribution_type = DepositContribution
    history_type = DepositHistory

    def good(self, person: str) -> int:
        """Return how many validated contributions a person has."""
        return int(self.contract.read("good", checked_address(person)))

    @property
    def prepare(self) -> DepositCalls:
        """The calls that the trainer takes, prepared and not sent."""
        return DepositCalls(self)

    def refund(
        self,
        contribution: DepositContribution,
        *,
        positions: Sequence[int] | None = None,
        sender: str | Account | None = None,
        gas: int | None = None,
    ) -> int:
        """Get a deposit back: see `DepositContribution.refund`."""
        author = self._author(entry_of(contribution, self), sender)
        return self._claimed(
            contribution.entry, self.prepare.refund(contribution, positions=positions, gas=gas), author
        )

    def split(
        self, batch: DepositContribution, positions: Sequence[int], *, sender: str | Account | None = None
    ) -> list[DepositContribution]:
        """Make samples of a batch contributions of their own: see `DepositContribution.split`."""
        receipt = self.send(self.prepare.split(batch, positions), sender)
        receipt, events = self.contract.shown(receipt, "Split")
        parts = [batch.entry.split(event.args["id"], event.args["slot"]) for event in events]
        return [DepositContribution(self, part, receipt) for part in parts]

    def report(
        self,
        contribution: DepositContribution,
        *,
        positions: Sequence[int] | None = None,
        sender: str | Account | None = None,
        gas: int | None = None,
    ) -> None:
        """Announce that data is bad: see `DepositContribution.report`."""
        entry: DepositEntry = entry_of(contribution, self)
        if not entry.is_batch:
            self.send(self.prepare.report(contribution, positions=positions, gas=gas), sender)
            return
        mask, samples = entry.mask(positions), [sample for sample, _ in entry.samples()]
        chosen = [at for at in range(len(samples)) if mask >> at & 1]
        done, nothing = False, None
        for part in claim_parts(self.inputs.blank(self.labels), samples, chosen, _REPORT_GAS):
            try:
                self.send(self.prepare.report(contribution, positions=part, gas=gas), sender)
                done = True
            except NoneToReport as error:  # there may be some in another part
                nothing = error
        if nothing is not None and not done:
            raise NoneToReport(id=entry.id, positions=mask) from nothing

    def take(
        self, contribution: DepositContribution, *, sender: str | Account | None = None, gas: int | None = None
    ) -> int:
        """Take a share or what is left: see `DepositContribution.take`."""
        return self._claimed(contribution.entry, self.prepare.take(contribution, gas=gas), sender)

    def _claimed(self, entry: DepositEntry, call: Call, sender: str | Account | None) -> int:
        """Send a claim, and note what it paid."""
        receipt = self.send(call, sender)
        amount: int = self.contract.only(receipt, "Refunded", "BatchRefunded", "Taken").args["amount"]
        if amount == entry.open_wei and entry.slot < SPLIT_SLOTS:
            self.slots.add(entry.slot)
        entry.open_wei -= amount
        return amount
