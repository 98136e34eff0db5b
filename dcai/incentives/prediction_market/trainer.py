"""A trainer with a prediction market: what the provider, contributors and anybody else do there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from rich.progress import Progress

from dcai.chain.addresses import checked_address
from dcai.chain.chain import Receipt
from dcai.chain.header import check_randomness, header
from dcai.errors import FailedCall, InvalidInput, NothingLeft
from dcai.incentives.prediction_market.course import Course, Phase
from dcai.incentives.prediction_market.errors import AlreadyRevealed, NothingOwed, WrongPhase
from dcai.incentives.prediction_market.log import MarketEntry, MarketHistory
from dcai.incentives.prediction_market.scores import Score
from dcai.incentives.prediction_market.settling import check_pass, evaluate
from dcai.incentives.prediction_market.terms import PredictionMarket
from dcai.incentives.prediction_market.test_set import HiddenTestSet
from dcai.trainer.contribution import Contribution
from dcai.trainer.trainer import Trainer


class MarketContribution(Contribution):
    """A contribution with a stake: one sample, or a batch."""

    trainer: MarketTrainer
    entry: MarketEntry

    def reclaim(self, *, sender: str | None = None) -> int:
        """Get the stake back with a part of the bounty, for its author, where the market failed; return wei."""
        return self.trainer.reclaim(self, sender=sender)


class MarketTrainer(Trainer[MarketContribution, MarketHistory], incentive=PredictionMarket):
    """A shared model whose contributors are paid by how much they lowered the error on a hidden test set."""

    incentive: PredictionMarket
    contribution_type = MarketContribution
    history_type = MarketHistory

    def course(self) -> Course:
        """Return how far the market is."""
        phase, committed, target, drawn, *others = self._read("course")
        return Course(Phase(phase), committed, target, drawn - 1 if drawn else None, *others)

    def deadline(self) -> int | None:
        """Return when the phase ends, seconds since 1970, whoever does or doesn't act; None where it doesn't."""
        course = self.course()
        open_within, participate, reveal_within, evaluate_within = self.incentive.times()
        match course.phase:
            case Phase.DRAWING | Phase.OPENING:
                return course.committed_at + open_within
            case Phase.PARTICIPATION:
                return course.opened_at + participate
            case Phase.REVEAL:
                return course.opened_at + participate + reveal_within
            case Phase.EVALUATION:
                return course.moved_at + evaluate_within
        return None

    def owed(self, person: str) -> int:
        """Return what the market owes somebody, as far as it is evaluated, wei; due once it is settled."""
        return int(self._read("owed", checked_address(person)))

    def scores(self) -> list[Score]:
        """Return what each turn was worth, by the log: mistakes after it and what it gains.

        Raises
        ------
        WrongPhase
            If the test set isn't known yet.
        """
        history = self.history()
        if len(history.portions) < self.incentive.portions:
            raise WrongPhase(phase=self.course().phase)
        return history.scores()

    # The provider

    def test_set(self, data: Sequence[Any], labels: Sequence[str | int], *, seed: int | None = None) -> HiddenTestSet:
        """Return inputs with their labels as a hidden test set of as many portions as the market has.

        Parameters
        ----------
        data, labels
            As for `contribute_many`; as many as the portions hold together. They are put in random order, so that the
            portion that is opened is like the others.
        seed
            For tests and simulations; whoever knows it knows the test set's salts.

        Raises
        ------
        InvalidInput
            If there are more or fewer, an input holds nothing to encode, or a label is unknown.
        """
        wanted = self.incentive.portions * self.incentive.portion_size
        if len(data) != wanted:
            raise InvalidInput(
                f"This market's test set has {self.incentive.portions} portions of {self.incentive.portion_size} "
                f"samples, {wanted:,} together, not {len(data):,}."
            )
        numbers = [self._label(label) for label in labels]
        return HiddenTestSet.of(self._samples(data), numbers, self.incentive.portions, seed=seed)

    def commit(self, test_set: HiddenTestSet, *, bounty_wei: int) -> Receipt:
        """Commit to a test set, and pay in the bounty, as the provider: the trainer's creator.

        Parameters
        ----------
        test_set
            Keep it (`HiddenTestSet.save`): `open` and `settle` need it.
        bounty_wei
            A multiple of the stake.

        Raises
        ------
        InvalidInput
            If the bounty is no multiple of the stake, the test set isn't of this market's form, or one call of the
            evaluation couldn't hold a pass: choose a smaller `per_pass`, or smaller portions.
        """
        stake = self.incentive.stake_wei
        if not isinstance(bounty_wei, int) or bounty_wei <= 0 or bounty_wei % stake:
            raise InvalidInput(f"The bounty is a multiple of the stake, {stake} wei, and above 0, not {bounty_wei!r}.")
        check_randomness(self.chain)
        check_pass(self.model(), self.incentive, test_set, bounty_wei // stake)
        return self._send("commit", test_set.hashes, sender=self.creator, value=bounty_wei)

    def open(self, test_set: HiddenTestSet, *, sender: str | None = None) -> int:
        """Wait for the block that the draw is from, draw, and open the portion that comes; return its number.

        Soon after the commitment: chains remember a block for 8,191 others, some for 256, and a bounty whose portion
        isn't opened is lost. Where it was done in part before, what is left is done.
        """
        course = self.course()
        if course.phase == Phase.DRAWING:
            self.chain.reach(course.target + 1)
            self._send("draw", header(self.chain, course.target), sender=sender)
            course = self.course()
        if course.drawn is None:
            raise WrongPhase(phase=course.phase)
        if course.phase == Phase.OPENING:
            self._reveal(test_set, course.drawn, sender)
        return course.drawn

    # Anybody

    def settle(
        self, test_set: HiddenTestSet | None = None, *, sender: str | None = None, progress: bool = True
    ) -> dict[str, int]:
        """Drive a market to its end from wherever it is, after participation: reveal, evaluate, and pay everybody.

        It can be stopped at any point and called again, by anybody: what was done stays done. Of a market that failed,
        every contribution is paid back with its part of the bounty.

        Parameters
        ----------
        test_set
            What the provider committed to, as long as it isn't revealed; others leave it out.
        sender
            Who pays the gas; the chain's first account where left out.
        progress
            Show a progress bar.

        Returns
        -------
        dict
            Person -> wei that they were paid in this call; the creator's remainder among it. A contract that refuses
            money is passed over, and paid by a later call.

        Raises
        ------
        WrongPhase
            If participation hasn't ended, or the test set must be revealed and isn't given.
        """
        course = self.course()
        if course.phase < Phase.REVEAL or course.phase > Phase.FAILED:
            raise WrongPhase(phase=course.phase)
        with Progress(disable=not progress) as bar:
            if course.phase == Phase.REVEAL:
                if test_set is None:
                    raise InvalidInput(
                        "The test set isn't revealed yet: give the one that the provider committed to, or wait for the "
                        "deadline, when every sample gets its stake back with a part of the bounty."
                    )
                hidden = [i for i in range(self.incentive.portions) if not course.revealed >> i & 1]
                for portion in bar.track(hidden, description="Revealing"):
                    with suppress(AlreadyRevealed):  # by another process of the provider's, meanwhile
                        self._reveal(test_set, portion, sender)
            if self.course().phase == Phase.EVALUATION:
                evaluate(self, sender, bar)
            return self._pay(sender, bar)

    def collect(self, person: str, *, sender: str | None = None) -> int:
        """Pay somebody what the settled market owes them; return wei. Anybody may."""
        return self._paid("collect", checked_address(person), sender=sender)

    def withdraw(self, *, sender: str | None = None) -> int:
        """Pay the provider what is theirs; return wei. Anybody may."""
        return self._paid("withdraw", sender=sender)

    def reclaim(self, contribution: MarketContribution, *, sender: str | None = None) -> int:
        """Pay a contribution to a failed market back: see `MarketContribution.reclaim`."""
        entry = contribution.entry
        return self._paid("reclaim", entry.claim(), entry.slot, sender=sender)

    def forfeit(self, *, sender: str | None = None) -> int:
        """Send the bounty of a market that wasn't opened in time to nobody; return wei. Anybody may."""
        return self._paid("forfeit", sender=sender)

    def _pay(self, sender: str | None, bar: Progress) -> dict[str, int]:
        history, course = self.history(), self.course()
        entries = history.entries.values()
        due: list[tuple[str, str, tuple[Any, ...]]]
        if course.phase == Phase.FAILED:
            due = [(one.author, "reclaim", (one.claim(), one.slot)) for one in entries if not one.reclaimed]
            rest = history.bounty_wei % max(course.samples, 1)
        else:
            people = dict.fromkeys(entry.author for entry in entries)
            due = [(person, "collect", (person,)) for person in people if self.owed(person)]
            rest = course.remainder_wei
        if rest and not history.withdrawn:
            due.append((self.creator, "withdraw", ()))
        paid: Counter[str] = Counter()
        for person, function, args in bar.track(due, description="Paying"):
            # it is a contract that takes no money now, or somebody else has had it paid meanwhile
            with suppress(FailedCall, NothingOwed, NothingLeft):
                paid[person] += self._paid(function, *args, sender=sender)
        return dict(paid)

    def _paid(self, function: str, *args: Any, sender: str | None) -> int:
        amount: int = self._event(self._send(function, *args, sender=sender), _PAYMENTS[function]).args["amount"]
        return amount

    def _reveal(self, test_set: HiddenTestSet, portion: int, sender: str | None) -> None:
        self._send("reveal", test_set.hashes, portion, test_set.portions[portion], sender=sender)


_PAYMENTS = {"collect": "Collected", "withdraw": "Withdrawn", "reclaim": "Reclaimed", "forfeit": "Forfeit"}
