"""A trainer with Gamified, and a contribution to it: validate, report, defend, and who leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dcai.chain.addresses import checked_address
from dcai.chain.chain import Receipt
from dcai.errors import InvalidInput, IsNoBatch, NotAuthor
from dcai.incentives.gamified.log import GamifiedEntry, GamifiedHistory
from dcai.incentives.gamified.standing import Standing
from dcai.incentives.gamified.terms import Gamified
from dcai.trainer.contribution import Contribution
from dcai.trainer.trainer import Trainer


@dataclass(frozen=True)
class Leader:
    """A row of a leaderboard.

    Attributes
    ----------
    person : str
        An address.
    points, validated : int
        What they have, and how many contributions the model agreed with.
    streak : int
        Days in a row, until the last one on which they contributed.
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

    def validate(self, positions: Sequence[int] | None = None, *, gas: int | None = None) -> int:
        """Get the points, as the author, once the model agrees; of a batch, for the samples that it agrees with.

        A batch is validated once: the samples that the model doesn't agree with then are given up.

        Parameters
        ----------
        positions
            Which samples of a batch; those that the model agrees with now where left out.
        gas
            As for `Trainer.contribute`.

        Returns
        -------
        int
            Points earned; 0 where somebody has validated the same data before.
        """
        return self.trainer.validate(self, positions=positions, gas=gas)

    def report(self, *, sender: str | None = None, gas: int | None = None) -> int:
        """Announce that validated data is bad; `settle_after` later, do so again to take its points from its author.

        Returns
        -------
        int
            Points taken: 0 for an announcement.
        """
        return self.trainer.report(self, sender=sender, gas=gas)

    def defend(self, *, gas: int | None = None) -> None:
        """End a report of one's own data, which the model agrees with."""
        self.trainer.defend(self, gas=gas)


class GamifiedTrainer(Trainer[GamifiedContribution, GamifiedHistory], incentive=Gamified):
    """A shared model whose contributors get points and badges."""

    incentive: Gamified
    contribution_type = GamifiedContribution
    history_type = GamifiedHistory

    def standing(self, person: str) -> Standing:
        """Return all that somebody has earned."""
        return Standing(*self._read("person", checked_address(person)))

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

    def validate(
        self, contribution: GamifiedContribution, *, positions: Sequence[int] | None = None, gas: int | None = None
    ) -> int:
        """Get the points of a contribution: see `GamifiedContribution.validate`."""
        entry = contribution.entry
        author = self._only_author(entry)
        if not entry.is_batch:
            if positions is not None:
                raise IsNoBatch(id=entry.id)
            receipt = self._send("validate", entry.claim(), entry.slot, sender=author, gas=gas)
        else:
            mask = self._agreed(entry) if positions is None else entry.mask(positions)
            receipt = self._send("validateBatch", entry.claim(), entry.slot, mask, sender=author, gas=gas)
            entry.positions = mask
        told = self._told(receipt, "id")
        if "points" not in told:  # a duplicate
            self._finish(entry)
            return 0
        entry.stage, entry.points, entry.until = "validated", told["points"], told["until"]
        return entry.points

    def report(self, contribution: GamifiedContribution, *, sender: str | None = None, gas: int | None = None) -> int:
        """Announce that data is bad, or take its points: see `GamifiedContribution.report`."""
        entry = contribution.entry
        told = self._told(self._send("report", entry.claim(), entry.slot, sender=sender, gas=gas), "reporter")
        if "due" in told:
            entry.stage, entry.until = "reported", told["due"] + self.incentive.times()[3]
            return 0
        self._finish(entry)
        return int(told["points"])

    def defend(self, contribution: GamifiedContribution, *, gas: int | None = None) -> None:
        """End a report of one's own data: see `GamifiedContribution.defend`."""
        entry = contribution.entry
        author = self._only_author(entry)
        told = self._told(self._send("defend", entry.claim(), entry.slot, sender=author, gas=gas), "until")
        entry.stage, entry.until = "validated", told["until"]

    def _only_author(self, entry: GamifiedEntry) -> str:
        if entry.author not in self.chain.accounts:
            raise NotAuthor(author=entry.author, sender=self._sender())
        return entry.author

    def _agreed(self, entry: GamifiedEntry) -> int:
        model = self.model()
        mask = sum(1 << at for at, (sample, label) in enumerate(entry.samples()) if model.label_of(sample) == label)
        if not mask:
            raise InvalidInput(
                f"The model agrees with none of the samples of batch {entry.id} now; wait until it does."
            )
        return mask

    def _told(self, receipt: Receipt, name: str) -> dict[str, int]:
        """Return the arguments of the event that has one of this name; badges have none of ours."""
        events = (self._codec.event(log) for log in receipt.logs)
        return next(
            event.args
            for event in events
            if event is not None and event.name != "TransferSingle" and name in event.args
        )

    def _finish(self, entry: GamifiedEntry) -> None:
        entry.stage = "finished"
        self._free_slots.append(entry.slot)
