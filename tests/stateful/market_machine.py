"""Random honest and hostile people at one market, and the conditions after every step."""

from __future__ import annotations

import copy
import sys
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
from eth_utils.address import to_checksum_address
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import dcai
from dcai.chain.codec import codec
from dcai.chain.header import header
from dcai.incentives.prediction_market.test_set import HiddenTestSet
from dcai.trainer.settings import Settings
from tests.stateful import market_actions
from tests.stateful.calls import Call, Claim, Mood, Refused
from tests.stateful.grinding import ONES, ground
from tests.stateful.market_actions import (
    Attempt,
    Behave,
    CallBack,
    CreateOfNothing,
    Force,
    Grind,
    Pass,
    PassTheDeadline,
    Short,
    Step,
)
from tests.stateful.market_rules import Market
from tests.stateful.market_terms import Phase, Terms
from tests.stateful.running import OUT_OF_GAS, Tally
from tests.stateful.world import NOTHING, WALLETS, World, calldata
from tests.support.market_play import fitted

DEAD = "0x000000000000000000000000000000000000dead"
_MOST_OF_THE_POOR = 10**21

SAMPLES = 6
"""Different ones that people contribute."""


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    """Draw settings: periods that have room for a few actions, or for almost none."""
    portions = draw(st.integers(2, 4))
    return Terms(
        unit=draw(st.sampled_from([1, 10**9 + 7])),
        portions=portions,
        size=draw(st.integers(1, 3)),
        times=draw(
            st.sampled_from([(60, 12, 60, 60), (60, 25, 60, 200), (20, 8, 10, 10), (60, 12, 5, 60), (5, 9, 60, 60)])
        ),
        per_pass=draw(st.integers(1, portions - 1)),
        turn=draw(st.sampled_from([1, 1, 2, 3])),
        most=draw(st.sampled_from([8, 40])),
    )


class Ledger:
    """Payments, by the log. The only rule it knows is that nothing is paid twice."""

    def __init__(self) -> None:
        self.paid_in = self.paid_out = 0
        self._paid: set[tuple[str, Any]] = set()

    def add(self, name: str, args: dict[str, Any]) -> None:
        """Book one event."""
        match name:
            case "Committed":
                self.paid_in += args["bounty"]
            case "Contributed":
                self.paid_in += args["deposit"]
            case "Collected" | "Withdrawn" | "Reclaimed" | "Forfeit":
                key = (name, args.get("id", args.get("person")))
                assert key not in self._paid, f"{key} was paid twice"
                assert args["amount"] > 0
                self._paid.add(key)
                self.paid_out += args["amount"]
                assert self.paid_out <= self.paid_in


class PlayedMarket(RuleBasedStateMachine):
    """One market in one run.

    Parameters
    ----------
    world
        Put back as it was after the run.
    tally
        Goes on over several runs.
    """

    def __init__(self, world: World, tally: Tally) -> None:
        super().__init__()
        self.world, self.chain, self.tally = world, world.chain, tally
        self.ledger = Ledger()
        self.forced = 0
        self.fees: Counter[str] = Counter()
        self._snapshot = world.snapshot()

    @initialize(
        terms=terms(),
        contract=st.sampled_from(
            ["SparsePerceptronPM", "AveragedPerceptronPM", "NaiveBayesPM", "SparseNearestCentroidPM"]
        ),
        seed=st.integers(0, 2**16),
        creator=st.sampled_from(("creator", "hoarder")),
        ends_well=st.booleans(),
        little=st.integers(20_000, 200_000),
    )
    def deploy(self, terms: Terms, contract: str, seed: int, creator: str, ends_well: bool, little: int) -> None:
        """Deploy a trainer, whose creator has a test set ready."""
        world, random = self.world, np.random.default_rng(seed)
        self.ends_well, self.little = ends_well, little
        self.start = {person: self.chain.balance(person) for person in world.address.values()}
        self.dead = self.chain.balance(DEAD)
        model, samples = fitted(contract, random)
        self.samples = [model.pack(samples.features()) for _ in range(SAMPLES)]
        tests = terms.portions * terms.size
        labels = random.integers(len(model.classes), size=tests).tolist()
        hidden = HiddenTestSet.of([model.pack(samples.features()) for _ in labels], labels, terms.portions, seed=seed)
        self.hidden = hidden.portions
        self._creator = creator
        self.book = Market(world.address[creator], terms, copy.deepcopy(model))
        implementation = world.implementations[contract.removesuffix("PM")]
        settings = Settings(incentive(terms), model.settings(), "the same for all", model.classes).packed()
        factory = codec("TrainerFactory")
        create = factory.call("create", implementation, settings, bytes(32), model.parameters())
        outcome = world.send(creator, world.factory, [(create, 0)])
        assert outcome.error is None, outcome.error
        self.market = self.chain.read(
            "TrainerFactory", world.factory, "addressOf", self.book.creator, implementation, settings, bytes(32)
        )
        self._charge(creator, outcome.receipt)

    # one rule, since Hypothesis leaves some rules out of each run, and nothing comes of any of these without the others
    @rule(who=market_actions.people, what=market_actions.steps)
    def act(self, who: str, what: Step) -> None:
        """Somebody does something, or something happens to the market."""
        match what:
            case Attempt():
                self._attempt(who, what)
            case Short():
                self._attempt(who, what.attempt, what.gas)
            case Grind():
                self._grind(who, what.which)
            case CreateOfNothing():
                outcome = self.world.create_of_nothing(who)
                assert Refused("AddressEmptyCode", NOTHING).is_what(outcome.error), outcome.error
                self._charge(who, outcome.receipt)
            case Pass():
                self.world.travel(what.seconds)
            case PassTheDeadline():
                self._pass_the_deadline(what.early)
            case Force():
                self.world.force(self.market, what.wei)
                self.forced += what.wei
            case Behave():
                self._behave(what.wallet, what.mood)
            case CallBack():
                self._behave(what.wallet, Mood(back=self._call(what.attempt), tolerant=what.tolerant))

    @invariant()
    def what_must_hold_holds(self) -> None:
        self.tally.steps += 1
        self._check()

    def _check(self) -> None:
        people = list(self.start)
        questions = [("course",), ("progress",), ("words", 0, 2), *(("owed", person) for person in people)]
        face = self.world.face
        answers, (self.balance, dead, *balances) = self.world.look(
            self.market, [face.call(*one) for one in questions], [self.market, DEAD, *people]
        )
        self._the_balance_is_what_came_in_less_what_went_out()
        assert dead - self.dead == self.book.flow["nobody"]
        for person, balance in zip(people, balances, strict=True):
            assert balance == self.start[person] + self.book.flow[person] - self.fees[person], person
        self._the_market_is_as_the_book_says(
            *(face.result(question[0], answer) for question, answer in zip(questions, answers, strict=True))
        )

    def _the_balance_is_what_came_in_less_what_went_out(self) -> None:
        assert self.ledger.paid_in - self.ledger.paid_out == self.book.holds() >= 0
        assert self.balance == self.book.holds() + self.forced

    def _the_market_is_as_the_book_says(self, course: Any, progress: Any, words: Any, *owed: int) -> None:
        book, people = self.book, list(self.start)
        (
            phase,
            committed_at,
            target,
            drawn,
            opened_at,
            rounds,
            samples,
            revealed,
            moved_at,
            number,
            next_id,
            *more,
        ) = course
        now = self.world.now()
        position, _, remainder = more
        assert Phase(phase) == book.phase(now)
        assert (committed_at, target, rounds, opened_at, moved_at) == (
            book.committed_at,
            book.target,
            book.rounds,
            book.opened_at,
            book.moved_at,
        )
        assert (drawn - 1 if drawn else None, samples) == (book.drawn, len(book.samples))
        assert revealed == sum(1 << portion for portion in book.revealed)
        assert progress[:2] == (book.next_id, len(book.samples))
        state = b"".join(word.to_bytes(32, "big") for word in words)[16:]
        parameters = book.twin.parameters()
        assert state[: len(parameters)] == parameters[: len(state)]
        if book.settled:
            due = book.due()
            left = {person: 0 if person in book.collected else due[person] for person in people}
            assert dict(zip(people, owed, strict=True)) == left
            assert remainder == book.remainder() >= 0
        elif book.made:
            one, at = book.samples[book.done]
            assert (number, next_id, position) == (book.number, one.claim.id, at)

    def teardown(self) -> None:
        try:
            # after a failure there is nothing more to see, and another one would hide it
            if sys.exc_info()[0] is None and hasattr(self, "market"):
                self._end_everything()
        finally:
            self.world.revert(self._snapshot)

    def _end_everything(self) -> None:
        """Bring the market to its end, which is always possible."""
        for wallet in WALLETS:
            self._behave(wallet, Mood())
        while (todo := self._next_to_do()) is not None:
            if todo == "wait":
                self._pass_the_deadline(0)
                continue
            before = self._progress()
            if self._pays_a_contract(todo):
                self._transact("sybil", todo, self.little)
            if self._progress() == before:
                self._transact(self._creator if todo.function == "commit" else "sybil", todo)
            assert self._progress() != before, f"{todo} brings nothing further"
        self._check()
        assert self.book.holds() == 0
        assert self.balance == self.forced
        audit = dcai.attach(self.chain, to_checksum_address(self.market)).audit()
        assert not [problem for problem in audit.problems if "class" not in problem], audit.problems

    def _next_to_do(self) -> Any:
        book = self.book
        match book.phase(self._next_time()):
            case Phase.PREPARED | Phase.FORFEITED:
                return None
            case Phase.DRAWING | Phase.OPENING | Phase.REVEAL | Phase.EVALUATION if not self.ends_well:
                return "wait"
            case Phase.PARTICIPATION:
                return "wait"
            case Phase.PAYMENT:
                unpaid = [person for person, amount in book.due().items() if amount and person not in book.collected]
                if unpaid:
                    return Call("collect", (unpaid[0],))
                if book.remainder() and not book.withdrawn:
                    return Call("withdraw", ())
                return Call("forfeit", ()) if book.holds() else None
            case Phase.FAILED:
                unpaid = [one.claim for one in book.made if one.claim.id not in book.reclaimed]
                if unpaid:
                    return Call("reclaim", (unpaid[0], unpaid[0].id))
                return Call("forfeit", ()) if book.holds() else None
        return self._call(Attempt(None, 0, 39, None), waiting=True)

    def _pays_a_contract(self, call: Call) -> bool:
        recipient = {"collect": lambda: call.args[0], "reclaim": lambda: call.args[0].author}.get(call.function)
        return recipient is not None and recipient() in [self.world.address[who] for who in WALLETS]

    def _progress(self) -> tuple[Any, ...]:
        book = self.book
        return (book.drawn, len(book.revealed), book.number, book.done, book.holds())

    def _attempt(self, who: str, what: Attempt, gas: int | None = None) -> None:
        call = self._call(what, waiting=what.function is None)
        if what.function is None and call.function == "commit":
            who = who if what.which % 8 == 7 else self._creator
        self._transact(who, call, gas)

    def _grind(self, who: str, which: int) -> None:
        book = self.book
        phase = book.phase(self._next_time())
        left = [one.claim for one in book.made if one.claim.id not in book.reclaimed]
        if not self.world.rich or phase not in (Phase.FAILED, Phase.EVALUATION) or not left:
            return
        number = left[which % len(left)].id if phase == Phase.FAILED else book.samples[book.done][0].claim.id
        claim = Claim(number, self.world.address[who], 0, ONES << 96 | 1, 0, self.samples[0])
        call = Call("reclaim", (claim, number))
        if phase == Phase.EVALUATION:
            (evaluation,) = self._call(Attempt("evaluate", 0, 1, None)).args
            call = Call("evaluate", (evaluation._replace(contributions=[claim]),))
        with ground(self.chain, self.market, number):
            self._transact(who, call)

    def _call(self, what: Attempt, *, waiting: bool = False) -> Call:
        book, latest = self.book, self.chain.block_number()
        if waiting and book.phase(self._next_time()) == Phase.DRAWING:
            self.world.reach(book.target)
            latest = self.chain.block_number()
        self._headers_target = 0 < book.target <= latest
        told = header(self.chain, min(book.target, latest)) if book.target else b""
        call = what.call(book, self.hidden, self._next_time(), self.samples, told)
        return call if self.world.rich else replace(call, value=min(call.value, _MOST_OF_THE_POOR))

    def _transact(self, who: str, call: Call, gas: int | None = None) -> None:
        right = call.function == "draw" and self._is_the_header(call.args[0])
        outcome = self.world.send(who, self.market, [(calldata(call, self.world.face), call.value)], gas)
        if outcome.ran_out:
            self._charge(who, outcome.receipt)
            self.tally.outcomes[call.function, OUT_OF_GAS] += 1
            return
        expected = None
        try:
            self.book.call(call.function, call.args, self.world.address[who], call.value, outcome.time, right)
        except Refused as refused:
            expected = refused
        same = outcome.error is None if expected is None else expected.is_what(outcome.error)
        assert same, f"{who}: {call}: expected {expected!r}, got {outcome.error!r}"
        told = self.world.called_back(outcome.receipt)
        back = self.book.called_back if expected is None else []
        assert len(told) == len(back), (told, back)
        assert all(one.is_what(other) for one, other in zip(back, told, strict=True)), (told, back)
        for log in outcome.receipt.logs:
            event = self.world.face.event(log)
            if event is not None and log.address.lower() == self.market.lower():
                self.ledger.add(event.name, event.args)
                if event.name == "Committed":
                    self.book.target = event.args["target"]
                    assert self.book.target == outcome.receipt.block_number + DRAW_AFTER
                if event.name == "Drawn":
                    self.book.drawn = event.args["portion"]
                    assert 0 <= self.book.drawn < self.book.terms.portions
        self._charge(who, outcome.receipt)
        self.tally.outcomes[call.function, expected and expected.error] += 1

    def _is_the_header(self, told: bytes) -> bool:
        target = self.book.target
        return 0 < target <= self.chain.block_number() and told == header(self.chain, target)

    def _behave(self, who: str, mood: Mood) -> None:
        self.world.behave(who, mood, self.market)
        self.book.moods[self.world.address[who]] = mood

    def _pass_the_deadline(self, early: int) -> None:
        end = self.book.deadline(self.world.now())
        if end is not None and end - early > self._next_time():
            self.world.travel(end - early - self._next_time())
        elif end is not None:
            self.world.travel(1)

    def _next_time(self) -> int:
        return self.world.now() + 1

    def _charge(self, who: str, receipt: dcai.Receipt) -> None:
        if who not in WALLETS:  # somebody else pays the fees of contracts
            self.fees[self.world.address[who]] += receipt.fee_wei


DRAW_AFTER = 2


def incentive(terms: Terms) -> dcai.PredictionMarket:
    """Return the settings as dcai packs them."""
    to_open, participate, to_reveal, to_evaluate = terms.times
    return dcai.PredictionMarket(
        stake_wei=terms.stake,
        portions=terms.portions,
        portion_size=terms.size,
        open_within=to_open,
        participate=participate,
        reveal_within=to_reveal,
        evaluate_within=to_evaluate,
        per_pass=terms.per_pass,
        draw_after=DRAW_AFTER,
        turn_samples=terms.turn,
        most_samples=terms.most,
    )
