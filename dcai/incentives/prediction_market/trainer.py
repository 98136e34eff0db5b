"""A trainer with a prediction market, its calls, and what the provider, contributors and anybody else do there."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from dcai.accounts.account import Account
from dcai.amounts import Amount, wei
from dcai.chain.addresses import checked_address
from dcai.chain.call import Call
from dcai.chain.header import check_randomness, header
from dcai.chain.receipts import Receipt
from dcai.errors import InvalidInput, NodeError
from dcai.incentives.prediction_market.course import Course, Phase
from dcai.incentives.prediction_market.errors import AlreadyRevealed, WrongPhase
from dcai.incentives.prediction_market.finality import Waiting
from dcai.incentives.prediction_market.log import MarketEntry, MarketHistory
from dcai.incentives.prediction_market.paying import Payments, pay
from dcai.incentives.prediction_market.scores import Score
from dcai.incentives.prediction_market.settling import check_pass, evaluate
from dcai.incentives.prediction_market.terms import PredictionMarket
from dcai.incentives.prediction_market.test_set import HiddenTestSet
from dcai.trainer.contribution import Contribution
from dcai.trainer.inputs import listed
from dcai.trainer.prepare import Calls
from dcai.trainer.trainer import Trainer


class MarketContribution(Contribution):
    """A contribution with a stake: one sample, or a batch."""

    trainer: MarketTrainer
    entry: MarketEntry

    def reclaim(self, *, sender: str | Account | None = None) -> int:
        """Get back what was sent less the fee, for its author, after the market failed; return wei."""
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
        """Return the call that burns what belongs to nobody: see `MarketTrainer.forfeit`."""
        market = self._trainer
        return market.contract.call("forfeit", what=f"Burn what belongs to nobody at {market.name!r}")


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

    def price(self, sizes: tuple[int, ...], *, elapsed: int) -> int:
        """Return what samples cost together in the next block, wei: a stake each and the fee, whenever they come."""
        course = self.course()
        return super().price(sizes, elapsed=elapsed) + self._fee(course, course.samples, len(sizes))

    def highest_price(self, sizes: tuple[int, ...]) -> int:
        """Return what suffices whoever contributes before: the fee of the last places; what is more comes back."""
        count = len(sizes)
        last = max(self.incentive.most_samples - count, 0)
        return super().price(sizes, elapsed=0) + self._fee(self.course(), last, count)

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

    def open(self, test_set: HiddenTestSet, *, sender: str | Account | None = None, progress: bool = True) -> int:
        """Wait for the block that the draw is from, draw, and open the portion that comes; return its number.

        A portion that was opened is known to everybody, even if the chain is reorganised and another one drawn. So
        where the chain finalizes blocks, the draw is final before anything is opened, unless three quarters of
        `open_within` are over by then.

        Do so soon after the commitment: chains remember a block for 8,191 others, some for 256, and a bounty whose
        portion isn't opened is lost. It can be called again where it was stopped.

        Parameters
        ----------
        test_set
            The one that was committed to.
        sender
            The account that pays the gas; by default the chain's first account.
        progress
            Say what is waited for.
        """
        with Waiting(self, progress) as waiting:
            while True:
                course = self.course()
                if course.phase == Phase.DRAWING:
                    self.chain.reach(course.target + 1)
                    with suppress(WrongPhase):  # somebody else was faster
                        self.send(self.prepare.draw(), sender)
                elif course.phase != Phase.OPENING:
                    break
                elif waiting.is_over(course):
                    self.send(self.prepare.reveal(test_set, self._drawn(course)), sender)
        if course.phase in (Phase.UNOPENED, Phase.FORFEITED):
            raise WrongPhase(phase=course.phase)
        return self._drawn(course)

    # Anybody

    def settle(
        self, test_set: HiddenTestSet | None = None, *, sender: str | Account | None = None, progress: bool = True
    ) -> Payments:
        """Drive a market to its end from wherever it is, after participation: reveal, evaluate, and pay everybody.

        It can be stopped at any point and called again, by anybody: steps that are done stay done. If the market
        failed, every contribution is paid back. In the end, what belongs to nobody is burnt.

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
        Payments
            Person -> wei that they were paid in this call, including the creator's remainder. A payment that fails, for
            whatever reason, keeps no other from being made: it stands in `Payments.unpaid`, and a later call tries it
            again.

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
                        "deadline, when every sample gets its stake back."
                    )
                hidden = [i for i in range(self.incentive.portions) if not course.revealed >> i & 1]
                for portion in bar.track(hidden, description="Revealing"):
                    with suppress(AlreadyRevealed):  # by another process of the provider's, meanwhile
                        self.send(self.prepare.reveal(test_set, portion), sender)
            if self.course().phase == Phase.EVALUATION:
                evaluate(self, sender, bar)
            return pay(self, self.chain.account(sender), bar)

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
        """Burn what belongs to nobody; return wei. Anybody may.

        That is the bounty of a market that wasn't opened in time, or failed, and the fees of one that has ended.
        """
        return self._paid(self.prepare.forfeit(), "Forfeit", sender)

    def _contribute(self, *args: Any) -> MarketContribution:
        made = super()._contribute(*args)
        entry = made.entry
        # its event doesn't say how much of what was sent is the fee; a node that doesn't know either costs nobody a
        # contribution that is made
        with suppress(NodeError):
            record = self.contract.read("record", entry.slot)
            if record >> 96 == entry.record(self.address) >> 96:
                entry.fee_wei = entry.deposit_wei - record % 2**96
        return made

    def _fee(self, course: Course, samples: int, count: int) -> int:
        return self.incentive.fee(course.rounds * self.incentive.stake_wei, samples, count)

    @staticmethod
    def _drawn(course: Course) -> int:
        assert course.drawn is not None
        return course.drawn

    def _paid(self, call: Call, event: str, sender: str | Account | None) -> int:
        """Send a call that pays somebody, and return what its event says."""
        amount: int = self.contract.only(self.send(call, sender), event).args["amount"]
        return amount
