"""A trainer with Gamified, its calls, and a contribution to it: validate, report, defend, and who leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dcai.accounts.account import Account
from dcai.chain.addresses import checked_address
from dcai.chain.call import Call
from dcai.errors import InvalidInput, IsNoBatch
from dcai.incentives.gamified.log import GamifiedEntry, GamifiedHistory
from dcai.incentives.gamified.standing import Standing
from dcai.incentives.gamified.terms import Gamified
from dcai.trainer.contribution import Contribution, entry_of
from dcai.trainer.prepare import Calls
from dcai.trainer.trainer import Trainer


@dataclass(frozen=True)
class Leader:
    """A row of a leaderboard.

    Attributes
    ----------
    person : str
        An address.
    points, validated : int
        What they have earned, and how many contributions the model agreed with.
    streak : int
        Days in a row, up to the last one on which they contributed.
    badges : tuple of str
    """

    person: str
    points: int
    validated: int
    streak: int
    badges: tuple[str, ...]


class GamifiedContribution(Contribution):
    """A contribution that may earn points: one sample, or a batch."""

    trainer: GamifiedTrainer
    entry: GamifiedEntry

    def validate(
        self,
        positions: Sequence[int] | None = None,
        *,
        sender: str | Account | None = None,
        gas: int | None = None,
    ) -> int:
        """Get the points, as the author, once the model agrees; of a batch, for the samples that it agrees with.

        A batch is validated once: samples that the model disagrees with at that time earn nothing any more.

        Parameters
        ----------
        positions
            Which samples of a batch; by default those that the model agrees with now.
        sender
            The author's account, where it isn't one of the chain's.
        gas
            As for `Trainer.contribute`.

        Returns
        -------
        int
            Points earned; 0 where somebody has validated the same data before.
        """
        return self.trainer.validate(self, positions=positions, sender=sender, gas=gas)

    def report(self, *, sender: str | Account | None = None, gas: int | None = None) -> int:
        """Announce that validated data is bad; again `settle_after` later, take its points from its author.

        Returns
        -------
        int
            Points taken: 0 for an announcement.
        """
        return self.trainer.report(self, sender=sender, gas=gas)

    def defend(self, *, sender: str | Account | None = None, gas: int | None = None) -> None:
        """End a report of one's own data, which the model agrees with."""
        self.trainer.defend(self, sender=sender, gas=gas)


class GamifiedCalls(Calls):
    """The calls that a trainer with Gamified accepts, prepared and not sent."""

    _trainer: GamifiedTrainer

    def validate(
        self, contribution: GamifiedContribution, *, positions: Sequence[int] | None = None, gas: int | None = None
    ) -> Call:
        """Return the call that gets the points of a contribution, for its author: see `GamifiedContribution.validate`.

        Raises
        ------
        IsNoBatch
            If positions are given for a single sample.
        InvalidInput
            If the model agrees with no sample of a batch now.
        """
        entry = self._entry(contribution)
        if entry.is_batch:
            mask = self._agreed(entry) if positions is None else entry.mask(positions)
            return self._claim("validateBatch", "Validate", entry, mask, gas=gas)
        if positions is not None:
            raise IsNoBatch(id=entry.id)
        return self._claim("validate", "Validate", entry, gas=gas)

    def report(self, contribution: GamifiedContribution, *, gas: int | None = None) -> Call:
        """Return the call that announces that data is bad, or takes its points: see `GamifiedContribution.report`."""
        return self._claim("report", "Report", self._entry(contribution), gas=gas)

    def defend(self, contribution: GamifiedContribution, *, gas: int | None = None) -> Call:
        """Return the call that ends a report, for the author: see `GamifiedContribution.defend`."""
        return self._claim("defend", "Defend", self._entry(contribution), gas=gas)

    def _agreed(self, entry: GamifiedEntry) -> int:
        model = self._trainer.model()
        mask = sum(1 << at for at, (sample, label) in enumerate(entry.samples()) if model.label_of(sample) == label)
        if not mask:
            raise InvalidInput(
                f"The model agrees with none of the samples of batch {entry.id} now; wait until it does."
            )
        return mask


class GamifiedTrainer(Trainer[GamifiedContribution, GamifiedHistory], incentive=Gamified):
    """A shared model whose contributors get points and badges."""

    incentive: Gamified
    contribution_type = GamifiedContribution
    history_type = GamifiedHistory

    def standing(self, person: str) -> Standing:
        """Return everything that somebody has earned."""
        return Standing(*self.contract.read("person", checked_address(person)))

    def points(self, person: str) -> int:
        """Return how many points somebody has."""
        return self.standing(person).points

    def badges(self, person: str) -> list[str]:
        """Return the names of the badges that somebody has."""
        return self.standing(person).badges

    def leaderboard(self) -> list[Leader]:
        """Return everybody who has earned something, those with most points first, from the log alone."""
        rows = [
            Leader(person, one.points, one.validated, one.streak, tuple(one.badges))
            for person, one in self.history().standings.items()
        ]
        return sorted(rows, key=lambda row: (-row.points, -row.validated, row.person))

    @property
    def prepare(self) -> GamifiedCalls:
        """The calls that the trainer takes, prepared and not sent."""
        return GamifiedCalls(self)

    def validate(
        self,
        contribution: GamifiedContribution,
        *,
        positions: Sequence[int] | None = None,
        sender: str | Account | None = None,
        gas: int | None = None,
    ) -> int:
        """Get the points of a contribution: see `GamifiedContribution.validate`."""
        entry: GamifiedEntry = entry_of(contribution, self)
        author = self._author(entry, sender)
        receipt = self.send(self.prepare.validate(contribution, positions=positions, gas=gas), author)
        event = self.contract.only(receipt, "Validated", "BatchValidated", "Duplicate")
        if event.name == "Duplicate":
            self._finish(entry)
            return 0
        if entry.is_batch:
            entry.positions = event.args["positions"]
        entry.stage, entry.points, entry.until = "validated", event.args["points"], event.args["until"]
        return entry.points

    def report(
        self, contribution: GamifiedContribution, *, sender: str | Account | None = None, gas: int | None = None
    ) -> int:
        """Announce that data is bad, or take its points: see `GamifiedContribution.report`."""
        entry: GamifiedEntry = entry_of(contribution, self)
        receipt = self.send(self.prepare.report(contribution, gas=gas), sender)
        event = self.contract.only(receipt, "Reported", "PointsTaken")
        if event.name == "Reported":
            entry.stage, entry.until = "reported", event.args["due"] + self.incentive.times()[3]
            return 0
        self._finish(entry)
        return int(event.args["points"])

    def defend(
        self, contribution: GamifiedContribution, *, sender: str | Account | None = None, gas: int | None = None
    ) -> None:
        """End a report of one's own data: see `GamifiedContribution.defend`."""
        entry: GamifiedEntry = entry_of(contribution, self)
        author = self._author(entry, sender)
        event = self.contract.only(self.send(self.prepare.defend(contribution, gas=gas), author), "Defended")
        entry.stage, entry.until = "validated", event.args["until"]

    def _finish(self, entry: GamifiedEntry) -> None:
        entry.stage = "finished"
        self.slots.add(entry.slot)
