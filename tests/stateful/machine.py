"""Random honest and hostile people at one trainer, and the conditions after every step."""

from __future__ import annotations

import copy
import sys
from collections import Counter
from collections.abc import Sequence

import numpy as np
from eth_utils.address import to_checksum_address
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import dcai
from dcai import DepositRefundTake
from dcai.chain.codec import codec
from dcai.models.twins import Twin
from dcai.trainer.settings import Settings
from tests.stateful import draws
from tests.stateful.actions import (
    FEATURES,
    HUGE,
    Action,
    CallBack,
    Claiming,
    Contribute,
    ContributeBatch,
    CreateOfNothing,
    Force,
    Grind,
    Multicall,
    Pass,
    PassUntilTake,
    Refuse,
    SendOnly,
    Several,
    Share,
    Short,
    Step,
    Turn,
)
from tests.stateful.calls import BATCH, Call, Claim, Mood, Refused
from tests.stateful.grinding import ONES, ground
from tests.stateful.ledger import Ledger
from tests.stateful.rules import Rules
from tests.stateful.running import OUT_OF_GAS, Tally
from tests.stateful.world import NOTHING, PEOPLE, TRAINER, WALLETS, World, calldata
from tests.support import binary

CLASSES = ("no", "yes")

# Bytes that a contract can keep for later, within the gas of a transaction.
STORABLE = 10_000


@st.composite
def terms(draw: st.DrawFn) -> DepositRefundTake:
    """Draw settings: with and without a time to settle, prices from almost zero, coinciding deadlines."""
    refund, settle = draw(st.sampled_from([1, 5, 60])), draw(st.sampled_from([0, 0, 1, 30]))
    creator = refund + settle + draw(st.sampled_from([3600, 3600, 3600, 20, 1]))
    return DepositRefundTake(
        weight_wei=draw(st.sampled_from([0, 1, 10**9, 10**13])),
        minimum_wei=draw(st.sampled_from([1, 5, 10**9])),
        refund_after=refund,
        settle_after=settle,
        creator_take_after=creator,
        take_after=creator + draw(st.sampled_from([100, 1, 0])),
        size_unit=draw(st.sampled_from([1, 3, 100, 65_535])),
    )


perceptrons = st.one_of(
    st.just(bytes(2 + FEATURES)),
    st.binary(min_size=2 + FEATURES, max_size=2 + FEATURES),
    st.just(b"\x7f\xff" + FEATURES * b"\x7f"),
    st.just(b"\x80\x00" + FEATURES * b"\x80"),
    st.just(b"\0\0" + (b"\x7f\x80" * FEATURES)[:FEATURES]),
).map(lambda parameters: binary.perceptron(parameters, CLASSES))


@st.composite
def counting(draw: st.DrawFn) -> Twin:
    """Draw a counting model: an empty one, or one whose counts cannot result from training."""
    kind = draw(st.sampled_from([dcai.NaiveBayes, dcai.SparseNearestCentroid]))
    nothing = kind(classes=CLASSES).fit(np.zeros((0, FEATURES)), []).twin
    size = len(nothing.parameters())
    parameters = draw(st.one_of(st.just(bytes(size)), st.just(b"\xff" * size), st.binary(min_size=size, max_size=size)))
    return nothing.from_parameters(nothing.settings(), parameters, CLASSES)


class SharedModel(RuleBasedStateMachine):
    """One trainer in one run.

    Parameters
    ----------
    world
        Put back as it was after the run.
    tally
        Goes on over several runs.
    """

    def __init__(self, world: World, tally: Tally) -> None:
        super().__init__()
        self.world = world
        self.chain = world.chain
        self.tally = tally
        self.ledger = Ledger()
        self.forced = 0
        self.fees: Counter[str] = Counter()
        self._snapshot = world.snapshot()

    @initialize(
        terms=terms(),
        twin=st.one_of(perceptrons, counting()),
        creator=st.sampled_from(("creator", "hoarder")),
        honest=st.lists(draws.people, max_size=3),
    )
    def deploy(self, terms: DepositRefundTake, twin: Twin, creator: str, honest: Sequence[str]) -> None:
        """Deploy a trainer with some good contributions."""
        world, address = self.world, self.world.address[creator]
        self.start = {person: self.chain.balance(person) for person in world.address.values()}
        twin, self.impossible = copy.deepcopy(twin), twin.possible().count(False)
        implementation = world.implementations[twin.contract]
        settings = Settings(terms, twin.settings(), "the same for all", CLASSES).packed()
        factory = codec("TrainerFactory")
        create = factory.call("create", implementation, settings, bytes(32), twin.parameters())
        outcome = world.send(creator, world.factory, [(create, 0)])
        assert outcome.error is None, outcome.error
        self.trainer = self.chain.read(
            "TrainerFactory", world.factory, "addressOf", address, implementation, settings, bytes(32)
        )
        self.book = Rules(address, terms, twin, outcome.time)
        self._charge(creator, outcome.receipt)
        for who in honest:
            self._act(who, Contribute(draws.SAMPLE, "as the model", "the price", "none"))
        self.world.travel(terms.times()[0])
        for who in honest:
            self._act(who, Claiming("refund", 0, True, "nothing"))

    # one rule, since Hypothesis leaves some rules out of each run, and nothing comes of any of these without the others
    @rule(who=draws.people, what=draws.steps)
    def act(self, who: str, what: Step) -> None:
        """Somebody does something, or something happens to the trainer."""
        now = self._next_time()
        match what:
            case Claiming(sensible=True):
                who, call = self._sensible(who, what)
                self._send(who, (1 + what.again) * [call])
            case Contribute() | ContributeBatch() | Claiming() | Multicall():
                self._send(who, [self._call(who, what, now)])
            case Several():
                self._send(who, [self._call(who, one, now) for one in what.actions])
            case Turn():
                self._send(who, what.calls(self.book, self.world.address[who], now, self.world.rich))
            case Share():
                self._share(*self._call(who, what.claim, now).args[:2])
            case Pass():
                self.world.travel(what.seconds)
            case Short():
                call = self._call(who, what.action, now)
                if isinstance(what.action, Claiming):
                    who, call = self._sensible(who, what.action)
                self._transact(who, [call], what.gas)
            case Grind():
                self._grind(who, what)
            case CreateOfNothing():
                outcome = self.world.create_of_nothing(who)
                assert Refused("AddressEmptyCode", NOTHING).is_what(outcome.error), outcome.error
                self._charge(who, outcome.receipt)
            case PassUntilTake():
                live = [one for one in self.book.accepted.values() if one.open]
                if live:
                    due = live[what.which % len(live)].claim.time + self.book.terms.times()[3 if what.anybody else 2]
                    self._wait(due - what.early)
            case Force():
                self.world.force(self.trainer, what.wei)
                self.forced += what.wei
            case SendOnly():
                outcome = self.world.send(who, self.trainer, [(b"", 1)])
                assert Refused("no reason").is_what(outcome.error), outcome.error
                self._charge(who, outcome.receipt)
            case Refuse():
                self._behave(
                    what.wallet, Mood(what.refuses and not what.burns, with_data=what.with_data, burns=what.burns)
                )
            case CallBack():
                back = self._call(what.wallet, what.action, now)
                if len(calldata(back)) <= STORABLE:
                    self._behave(what.wallet, Mood(back=back, tolerant=what.tolerant))

    @invariant()
    def what_must_hold_holds(self) -> None:
        self.tally.steps += 1
        self._check()

    def _check(self) -> None:
        self._look()
        self._the_model_is_its_twin()
        self._every_record_stands_as_it_was_made()
        self._nobody_is_credited_with_what_they_did_not_do()
        self._everybody_has_what_is_theirs()
        self._the_balance_covers_what_is_open()
        self._money_in_is_money_out_and_the_balance()

    def _the_model_is_its_twin(self) -> None:
        self._agree("words")

    def _every_record_stands_as_it_was_made(self) -> None:
        self._agree("record")

    def _nobody_is_credited_with_what_they_did_not_do(self) -> None:
        self._agree("good", "reported", "closed", "progress")

    def _everybody_has_what_is_theirs(self) -> None:
        for person, balance in self.balances.items():
            assert balance == self.start[person] + self.book.flow[person] - self.fees[person], person

    def _the_balance_covers_what_is_open(self) -> None:
        open_ = sum(word % 2**96 for question, word in self.answers.items() if question[0] == "record")
        assert open_ == sum(self.ledger.left.values()) == self.book.owed()
        assert self.balance >= open_

    def _money_in_is_money_out_and_the_balance(self) -> None:
        there = self.ledger.paid_in - self.ledger.paid_out + self.forced
        assert self.balance == there

    def teardown(self) -> None:
        try:
            # after a failure there is nothing more to see, and another one would hide it
            if sys.exc_info()[0] is None and hasattr(self, "book"):
                self._end_everything()
        finally:
            self.world.revert(self._snapshot)

    def _end_everything(self) -> None:
        *_, take_after = self.book.terms.times()
        self.world.travel(take_after)
        refuser = WALLETS[0]
        self._behave(refuser, Mood(refuses=True))
        takes = [Call("take", (one.claim, one.slot)) for one in self.book.accepted.values() if one.open]
        for take in takes[:1]:
            self._send(refuser, [take])
        for take in takes:
            self._send("sybil", [take])
        self._check()
        assert self.book.owed() == 0
        assert self.balance == self.forced
        audit = dcai.attach(self.chain, to_checksum_address(self.trainer)).audit()
        # it tells of each class that nobody's samples lead to
        assert len(audit.problems) == self.impossible, audit.problems

    def _wait(self, time: int) -> None:
        """Give the next block this time, or the earliest later one."""
        if time > self._next_time():
            self.world.travel(time - self._next_time())

    def _next_time(self) -> int:
        return self.world.now() + 1

    def _sensible(self, who: str, what: Claiming) -> tuple[str, Call]:
        """Return somebody who may claim now, else later, else the drawn person; let the necessary time pass."""
        now, at = self._next_time(), PEOPLE.index(who)
        calls = {one: self._call(one, what, now) for one in PEOPLE[at:] + PEOPLE[:at]}
        why_not = {one: self.book.objection(self.world.address[one], call, now) for one, call in calls.items()}
        for one, objection in why_not.items():
            if objection is None:
                return one, calls[one]
        for one, objection in why_not.items():
            if objection is not None and objection.error == "TooEarly" and objection.figures[0] < 2**40:
                self._wait(objection.figures[0] - what.early)
                return one, calls[one]
        return who, calls[who]

    def _share(self, claim: Claim, slot: int) -> None:
        batch = claim.label == BATCH
        for who in PEOPLE:
            self._send(who, [Call("reportBatch", (claim, slot, HUGE)) if batch else Call("report", (claim, slot))])
        self._wait(self._next_time() + self.book.terms.times()[1])
        targets = [(claim, slot)]
        if batch:
            before = set(self.book.accepted)
            for who in PEOPLE[::-1]:
                self._send(who, [Call("split", (claim, slot, HUGE))])
            parts = [one for number, one in self.book.accepted.items() if number not in before]
            targets = [(one.claim, one.slot) for one in parts[:2]]
        for who in PEOPLE:
            for one in list(self.book.accepted.values()):
                refund = Call("refund", (one.claim, one.slot))
                if self.book.objection(self.world.address[who], refund, self._next_time()) is None:
                    self._send(who, [refund])
            for target in targets:
                self._send(who, [Call("take", target)])

    def _grind(self, who: str, what: Grind) -> None:
        live = [one for one in self.book.accepted.values() if one.open]
        if not live or not self.world.rich:
            return
        one = live[what.which % len(live)]
        # what anybody could claim at once: time and author are the thief's choice
        claim = Claim(one.claim.id, self.world.address[who], 0, ONES << 96 | one.claim.deposit, 0, draws.SAMPLE)
        with ground(self.chain, self.trainer, one.slot):
            self._transact(who, [Call(what.function, (claim, one.slot))])

    def _act(self, who: str, what: Action) -> None:
        self._send(who, [self._call(who, what, self._next_time())])

    def _call(self, who: str, what: Action, now: int) -> Call:
        return what.call(self.book, self.world.address[who], now, self.world.rich)

    def _send(self, who: str, calls: Sequence[Call]) -> None:
        """Make calls as somebody; a contract makes them in one transaction."""
        for together in [calls] if who in WALLETS else [[call] for call in calls]:
            self._transact(who, together)

    def _transact(self, who: str, calls: Sequence[Call], gas: int | None = None) -> None:
        outcome = self.world.send(who, self.trainer, [(calldata(call), call.value) for call in calls], gas)
        if outcome.ran_out:
            self._charge(who, outcome.receipt)
            self.tally.outcomes[calls[0].function, OUT_OF_GAS] += 1
            return
        expected, shares = None, self._shares()
        try:
            self.book.transact(self.world.address[who], calls, outcome.time)
        except Refused as refused:
            expected = refused
        assert _same(expected, outcome.error), f"{who}: {calls}: expected {expected!r}, got {outcome.error!r}"
        told = self.world.called_back(outcome.receipt)
        back = self.book.called_back if expected is None else []
        assert len(told) == len(back), (told, back)
        assert all(map(_same, back, told)), (told, back)
        for log in outcome.receipt.logs:
            event = TRAINER.event(log)
            if event is not None and log.address.lower() == self.trainer.lower():
                self.ledger.add(event)
        self._charge(who, outcome.receipt)
        if len(calls) == 1:
            self.tally.outcomes[calls[0].function, expected and expected.error] += 1
        self.tally.events["a share is taken"] += self._shares() - shares
        self.tally.events["a contract calls back"] += len(back)

    def _shares(self) -> int:
        return sum(len(one.takers) for one in self.book.accepted.values())

    def _behave(self, who: str, mood: Mood) -> None:
        self.world.behave(who, mood, self.trainer)
        self.book.moods[self.world.address[who]] = mood

    def _charge(self, who: str, receipt: dcai.Receipt) -> None:
        if who not in WALLETS:  # somebody else pays the fees of contracts
            self.fees[self.world.address[who]] += receipt.fee_wei

    def _look(self) -> None:
        """Ask everything at once."""
        self.expected = self.book.facts(self.trainer)
        self.expected |= {("good", person): self.book.good[person] for person in self.start}
        calls = [TRAINER.call(*question) for question in self.expected]
        answers, (self.balance, *balances) = self.world.look(self.trainer, calls, [self.trainer, *self.start])
        self.balances = dict(zip(self.start, balances, strict=True))
        self.answers = {
            question: TRAINER.result(question[0], answer)
            for question, answer in zip(self.expected, answers, strict=True)
        }

    def _agree(self, *functions: str) -> None:
        differing = {
            question: (answer, self.expected[question])
            for question, answer in self.answers.items()
            if question[0] in functions and answer != self.expected[question]
        }
        assert not differing, f"(answer, expected): {differing}"


def _same(expected: Refused | None, error: Exception | None) -> bool:
    return error is None if expected is None else expected.is_what(error)
