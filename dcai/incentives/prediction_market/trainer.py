"""A trainer with a prediction market, its calls, and what the provider, contributors and anybody else do there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from dcai.accounts.account import Account
from dcai.amounts import Amount, wei
from dcai.chain.addresses import checked_address
from dcai.chain.call import Call
from dcai.chain.header import check_randomness, header
from dcai.chain.receipts import Receipt
from dcai.errors import FailedCall, InvalidInput, NothingLeft
from dcai.incentives.prediction_market.course import Course, Phase
from dcai.incentives.prediction_market.errors import AlreadyRevealed, NothingOwed, WrongPhase
from dcai.incentives.prediction_market.log import MarketEntry, MarketHistory
from dcai.incentives.prediction_market.scores import Score
from dcai.incentives.prediction_market.settling import check_pass, evaluate
from dcai.incentives.prediction_market.terms import PredictionMarket
from dcai.incentives.prediction_market.test_set import HiddenTestSet
from dcai.trainer.contribution import Contribution
from dcai.trainer.inputs import listed
from dcai.trainer.prepare import Calls
from dcai.trainer.trainer import Trainer

if TYPE_CHECKING:
    from rich.progress import Progress


class MarketContribution(Contribution):
    """A contribution with a stake: one sample, or a batch."""

    trainer: MarketTrainer
    entry: MarketEntry

    def reclaim(self, *, sender: str | Account | None = None) -> int:
        """Get the stake back with a part of the bounty, for its author, after the market failed; return wei."""
        return self.trainer.reclaim(self, sender=sender)


class MarketCalls(Calls):
    """The calls that a trainer with a prediction market accepts, prepared and not sent."""

    _trainer: MarketTrainer

    def commit(self, test_set: HiddenTestSet, *, bounty_wei: Amount) -> Call:
        """Return the call that commits to a test set, for the provider: see `MarketTrainer.commit`."""
        market = self._trainer
        stake = market.incentive.stake_wei
        bounty = wei(bounty_wei, f"The bounty, a multiple of the stake, {stake} wei,")
        if not bounty or bounty % stake:
            raise InvalidInput(f"The bounty is a multiple of the stake, {stake} wei, and above 0, not {bounty_wei!r}.")
        check_randomness(market.chain)
        check_pass(market.model(), market.incentive, test_set, bounty // stake)
        what = f"Commit to a hidden test set, with a bounty of {bounty} wei, at {market.name!r}"
        return market.contract.call("commit", test_set.hashes, value=bounty, what=what)

    def draw(self) -> Call:
        """Return the call that draws the portion to open; the block that the draw is from must be there."""
        market = self._trainer
        drawn_from = header(market.chain, market.course().target)
        return market.contract.call("draw", drawn_from, what=f"Draw a portion of the test set of {market.name!r}")

    def reveal(self, test_set: HiddenTestSet, portion: int) -> Call:
        """Return the call that reveals a portion of a test set, for the provider."""
        market = self._trainer
        what = f"Reveal portion {portion} of the test set of {market.name!r}"
        return market.contract.call("reveal", test_set.hashes, portion, test_set.portions[portion], what=what)

    def evaluate(self, evaluation: tuple[object, ...]) -> Call:
        """Return the call that evaluates some contributions: see `dcai.incentives.prediction_market.settling`."""
        market = self._trainer
        return market.contract.call("evaluate", evaluation, what=f"Evaluate contributions to {market.name!r}")

    def collect(self, person: str) -> Call:
        """Return the call that pays somebody what the settled market owes them."""
        market = self._trainer
        return market.contract.call("collect", checked_address(person), what=f"Pay {person} from {market.name!r}")

    def withdraw(self) -> Call:
        """Return the call that pays the provider's remainder."""
        market = self._trainer
        return market.contract.call("withdraw", what=f"Pay the provider of {market.name!r}")

    def reclaim(self, contribution: MarketContribution) -> Call:
        """Return the call that pays a contribution to a failed market back: see `MarketContribution.reclaim`."""
        return self._claim("reclaim", "Reclaim the stake of", self._entry(contribution))

    def forfeit(self) -> Call:
        """Return the call that sends the bounty of a market that wasn't opened in time to nobody."""
        market = self._trainer
        return market.contract.call("forfeit", what=f"Forfeit the bounty of {market.name!r}")


class MarketTrainer(Trainer[MarketContribution, MarketHistory], incentive=PredictionMarket):
    """A shared model whose contributors are paid by how much they lowered the error on a hidden test set."""

    incentive: PredictionMarket
    contribution_type = MarketContribution
    history_type = MarketHistory

    @property
    def prepare(self) -> MarketCalls:
        """The calls that the trainer takes, prepared and not sent."""
        return MarketCalls(self)

    def course(self) -> Course:
        """Return how far the market is."""
        phase, committed, target, drawn, *others = self.contract.read("course")
        return Course(Phase(phase), committed, target, drawn - 1 if drawn else None, *others)

    def deadline(self) -> int | None:
        """Return when the phase ends, seconds since 1970, even if nobody acts; None where it has no end."""
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
        """Return what the market owes somebody so far, wei; due once it is settled."""
        return int(self.contract.read("owed", checked_address(person)))

    def scores(self) -> list[Score]:
        """Return the value of each turn, from the log: mistakes after it, and its gain.

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

    def test_set(
        self, data: Iterable[object], labels: Iterable[str | int], *, seed: int | None = None
    ) -> HiddenTestSet:
        """Return inputs with their labels as a hidden test set of as many portions as the market has.

        Parameters
        ----------
        data, labels
            As for `contribute_many`; as many as the portions hold together. They are put in random order, so that the
            portion that is opened is like the others.
        seed
            For tests and simulations: people who know it know the salts of the test set.

        Raises
        ------
        InvalidInput
            If there are more or fewer, an input holds nothing to encode, or a label is unknown.
        """
        wanted = self.incentive.portions * self.incentive.portion_size
        data, labels = listed(data, "inputs"), listed(labels, "labels")
        if len(data) != wanted:
            raise InvalidInput(
                f"This market's test set has {self.incentive.portions} portions of {self.incentive.portion_size} "
                f"samples, {wanted:,} together, not {len(data):,}."
            )
        samples, numbers = self.inputs.rows(data).samples, self.classes.numbers(labels)
        return HiddenTestSet.of(samples, numbers, self.incentive.portions, seed=seed)

    def commit(self, test_set: HiddenTestSet, *, bounty_wei: Amount) -> Receipt:
        """Commit to a test set, and pay in the bounty, as the provider: the trainer's creator.

        Parameters
        ----------
        test_set
            Keep it (`HiddenTestSet.save`): `open` and `settle` need it.
        bounty_wei
            A multiple of the stake: wei, or text such as "0.01 ether".

        Raises
        ------
        InvalidInput
            If the bounty isn't a multiple of the stake, the test set isn't of this market's form, or one call of the
            evaluation couldn't hold a pass: choose a smaller `per_pass`, or smaller portions.
        """
        return self.send(self.prepare.commit(test_set, bounty_wei=bounty_wei), self.creator)

    def open(self, test_set: HiddenTestSet, *, sender: str | Account | None = None) -> int:
        """Wait for the block that the draw is from, draw, and open the portion that comes; return its number.

        Do so soon after the commitment: chains remember a block for 8,191 others, some for 256, and a bounty whose
        portion isn't opened is lost. It can be called again where it was stopped.
        """
        course = self.course()
        if course.phase == Phase.DRAWING:
            self.chain.reach(course.target + 1)
            self.send(self.prepare.draw(), sender)
            course = self.course()
        if course.drawn is None:
            raise WrongPhase(phase=course.phase)
        if course.phase == Phase.OPENING:
            self.send(self.prepare.reveal(test_set, course.drawn), sender)
        return course.drawn

    # Anybody

    def settle(
        self, test_set: HiddenTestSet | None = None, *, sender: str | Account | None = None, progress: bool = True
    ) -> dict[str, int]:
        """Drive a market to its end from wherever it is, after participation: reveal, evaluate, and pay everybody.

        It can be stopped at any point and called again, by anybody: steps that are done stay done. If the market
        failed, every contribution is paid back with its part of the bounty.

        Parameters
        ----------
        test_set
            The one that the provider committed to, as long as it isn't revealed; others leave it out.
        sender
            The account that pays the gas; by default the chain's first account.
        progress
            Show a progress bar.

        Returns
        -------
        dict
            Person -> wei that they were paid in this call, including the creator's remainder. A contract that refuses
            money is left out, and paid by a later call.

        Raises
        ------
        WrongPhase
            If participation hasn't ended, or the test set must be revealed and isn't given.
        """
        from dcai import terminal  # what it is made of takes long to import

        course = self.course()
        if course.phase < Phase.REVEAL or course.phase > Phase.FAILED:
            raise WrongPhase(phase=course.phase)
        with terminal.progress(shown=progress) as bar:
            if course.phase == Phase.REVEAL:
                if test_set is None:
                    raise InvalidInput(
                        "The test set isn't revealed yet: give the one that the provider committed to, or wait for the "
                        "deadline, when every sample gets its stake back with a part of the bounty."
                    )
                hidden = [i for i in range(self.incentive.portions) if not course.revealed >> i & 1]
                for portion in bar.track(hidden, description="Revealing"):
                    with suppress(AlreadyRevealed):  # by another process of the provider's, meanwhile
                        self.send(self.prepare.reveal(test_set, portion), sender)
            if self.course().phase == Phase.EVALUATION:
                evaluate(self, sender, bar)
            return self._pay(sender, bar)

    def collect(self, person: str, *, sender: str | Account | None = None) -> int:
        """Pay somebody what the settled market owes them; return wei. Anybody may."""
        return self._paid(self.prepare.collect(person), "Collected", sender)

    def withdraw(self, *, sender: str | Account | None = None) -> int:
        """Pay the provider what is theirs; return wei. Anybody may."""
        return self._paid(self.prepare.withdraw(), "Withdrawn", sender)

    def reclaim(self, contribution: MarketContribution, *, sender: str | Account | None = None) -> int:
        """Pay a contribution to a failed market back: see `MarketContribution.reclaim`."""
        return self._paid(self.prepare.reclaim(contribution), "Reclaimed", sender)

    def forfeit(self, *, sender: str | Account | None = None) -> int:
        """Send the bounty of a market that wasn't opened in time to nobody; return wei. Anybody may."""
        return self._paid(self.prepare.forfeit(), "Forfeit", sender)

    def _pay(self, sender: str | Account | None, bar: Progress) -> dict[str, int]:
        history, course, prepare = self.history(), self.course(), self.prepare
        entries = history.entries.values()
        due: list[tuple[str, Call, str]]
        if course.phase == Phase.FAILED:
            left = [one for one in entries if not one.reclaimed]
            due = [(one.author, prepare.reclaim(MarketContribution(self, one)), "Reclaimed") for one in left]
            rest = history.bounty_wei % max(course.samples, 1)
        else:
            people = dict.fromkeys(entry.author for entry in entries)
            due = [(person, prepare.collect(person), "Collected") for person in people if self.owed(person)]
            rest = course.remainder_wei
        if rest and not history.withdrawn:
            due.append((self.creator, prepare.withdraw(), "Withdrawn"))
        paid: Counter[str] = Counter()
        for person, call, event in bar.track(due, description="Paying"):
            # it is a contract that takes no money now, or somebody else has had it paid meanwhile
            with suppress(FailedCall, NothingOwed, NothingLeft):
                paid[person] += self._paid(call, event, sender)
        return dict(paid)

    def _paid(self, call: Call, event: str, sender: str | Account | None) -> int:
        """Send a call that pays somebody, and return what its event says."""
        amount: int = self.contract.only(self.send(call, sender), event).args["amount"]
        return amount
