"""Random people at one trainer with Gamified, and the comparison with the rules after every step."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

import dcai
from dcai.chain.codec import codec
from dcai.chain.execution import TRANSACTION_GAS_LIMIT
from dcai.errors import AddressEmptyCode, ContractError, TransactionFailed
from dcai.samples import pack_batch
from dcai.trainer import products
from tests.stateful import gamified_draws as draws
from tests.stateful.calls import Refused
from tests.stateful.gamified_book import BATCH, DAY, Book
from tests.stateful.gamified_draws import FEATURES, SIZE_UNIT, pack
from tests.stateful.grinding import ONES, ground
from tests.stateful.running import OUT_OF_GAS
from tests.stateful.world import create_of_nothing, intrinsic
from tests.support import binary

TRAINER = "SparsePerceptronGamified"
CODEC = codec(TRAINER)


class Trainer(RuleBasedStateMachine):
    """One trainer in one run.

    Parameters
    ----------
    most_calls : int
        After so many calls nothing more is done: an action may make dozens, and one takes py-evm half a second.
    """

    def __init__(self, chain, tally, most_calls=1_000):
        super().__init__()
        self.chain, self.tally, self.left = chain, tally, most_calls
        self.gas = None
        self.snapshot = chain.snapshot()
        self.people = chain.accounts[:4]
        self.agrees = False

    @initialize(
        settle_after=st.sampled_from([0, 600, 600]),
        memory_slots=st.sampled_from([1, 4, 4]),
        reporter_good=st.sampled_from([1, 1, 2]),
        weights=st.lists(st.integers(-2, 2), min_size=FEATURES, max_size=FEATURES),
    )
    def begin(self, settle_after, memory_slots, reporter_good, weights):
        self.rules = dcai.Gamified(
            validate_after=300,
            expire_after=4 * DAY,
            settle_after=settle_after,
            report_within=2 * DAY,
            base=7,
            feature=3,
            streak=2,
            streak_cap=3,
            milestone=2,
            milestone_bonus=5,
            all_labels=11,
            reporter_good=reporter_good,
            report_points=4,
            memory_slots=memory_slots,
            size_unit=SIZE_UNIT,
        )
        parameters = bytes(2) + bytes(weight % 256 for weight in weights)
        self.trainer = dcai.deploy(self.chain, binary.perceptron(parameters), self.rules)
        self.book = Book(self.rules, binary.perceptron(parameters))
        self.badges = Counter()
        for person in range(3):
            self.contribute(person, pack([person, 50 + person]), "as the model", "none", 0)
        for which in range(7, 10):  # not every seventh is sensible
            self.validate(which, "nothing", True, 0, early=False)

    @rule(action=draws.actions, gas=draws.gas)
    def something_happens(self, action, gas):
        """Let people act; with some gas beyond what every transaction of its length costs, each call may run out."""
        if self.left <= 0:
            return
        name, arguments = action
        self.gas = gas
        getattr(self, name)(**arguments)
        self.gas = None

    # What people do

    def contribute(self, who, sample, mode, slot, wei):
        label = self._label(sample, mode)
        number = self._slot(slot)
        self._call(
            who,
            ("contribute", sample, label, number),
            lambda person, now: self.book.contribute(person, now, wei, [(sample, label)], b"", number),
            wei,
        )

    def contribute_batch(self, who, some, times, least, slot):
        given = [(sample, self._label(sample, mode) & 0xFF) for sample, mode in some] * times
        self._contribute_batch(who, given, self._slot(slot), least)

    def _contribute_batch(self, who, given, number, least=0):
        batch = pack_batch([sample for sample, _ in given], [label for _, label in given]).ljust(least, b"\0")
        self._call(
            who,
            ("contributeBatch", batch, number),
            lambda person, now: self.book.contribute(person, now, 0, given, batch, number),
        )

    def validate(self, which, change, by_author, who, early):
        one = self._picked(which, "pending")
        if one is None:
            return
        claim, slot = self._changed(one, change)
        if not early:
            self._pass_until(claim[2] + 300)
        person = self.people.index(one.author) if by_author else who
        batch = (claim[4] == BATCH) != (which % 11 == 0)
        positions = self._agreed(one, which) if batch else None
        call = ("validateBatch", claim, slot, positions) if batch else ("validate", claim, slot)
        self._call(person, call, lambda person, now: self.book.validate(person, now, claim, slot, positions))

    def report(self, which, change, who, settle, turn):
        one = self._picked(which, "reported" if settle else "validated")
        if one is None:
            return
        settle = settle and one.stage == "reported"
        if turn:
            self._turn(one, agree=False)
        if settle:
            self._pass_until(one.end - 2 * DAY)
        claim, slot = self._changed(one, change)
        good = [
            at for at, person in enumerate(self.people) if self.book.people[person].counted >= self.rules.reporter_good
        ]
        able = [at for at in good if self.people[at] != one.author]
        reporter = able[who % len(able)] if able and which % 5 else who
        self._call(reporter, ("report", claim, slot), lambda person, now: self.book.report(person, now, claim, slot))

    def defend(self, which, change, turn, by_author, who):
        one = self._picked(which, "reported")
        if one is None:
            return
        if turn:
            self._turn(one, agree=True)
        claim, slot = self._changed(one, change)
        person = self.people.index(one.author) if by_author else who
        self._call(person, ("defend", claim, slot), lambda person, now: self.book.defend(person, now, claim, slot))

    def hide(self, who, sample, which, copies, reporter, turn):
        """Validate something wrong among copies of what is known; somebody reports it, and its author may defend it."""
        known = self._picked(which, "validated")
        label, familiar = 1 - self.book.model.label_of(sample), known.samples[0][0]
        for _ in range(6):
            self._learn(sample, label)
        given = [(sample, label), *copies * [(familiar, self.book.model.label_of(familiar))]]
        self._contribute_batch(who, given, 0)
        one = next(reversed(self.book.given.values()))
        self._pass_until(one.claim[2] + 300)
        call = ("validate", one.claim, one.slot)
        self._call(who, call, lambda person, now: self.book.validate(person, now, *call[1:], None))
        call = ("validateBatch", one.claim, one.slot, 2 ** len(given) - 1)
        self._call(who, call, lambda person, now: self.book.validate(person, now, *call[1:]))
        for _ in range(8):
            self._learn(sample, 1 - label)
        call = ("report", one.claim, one.slot)
        for _ in range(2):
            if turn and one.stage == "reported":
                for _ in range(8):
                    self._learn(sample, label)
                self._call(who, ("defend", *call[1:]), lambda person, now: self.book.defend(person, now, *call[1:]))
            self._call(reporter, call, lambda person, now: self.book.report(person, now, *call[1:]))
            self._pass_until(one.end - 2 * DAY)

    def grind(self, which, who):
        """Claim somebody's contribution whose digest happens to be all ones, in whatever stage it is."""
        one = self._picked(which, ("pending", "validated", "reported")[which % 3])
        if one is None or self.chain.backend != "anvil" or one.stage == "finished" or self.book.at[one.slot] != one.id:
            return
        sample = pack([150])
        label = self.book.model.label_of(sample)
        stage = {"pending": "validate", "validated": "report", "reported": "defend"}[one.stage]
        author = self.people[who if stage != "report" else (who + 1) % 4]
        label = label if stage != "report" else 1 - label
        claim = (one.id, author, 0, ONES << 96, label, sample)
        with ground(self.chain, self.trainer.address, one.slot):
            self._call(
                who,
                (stage, claim, one.slot),
                lambda person, now: (
                    self.book.validate(person, now, claim, one.slot, None)
                    if stage == "validate"
                    else getattr(self.book, stage)(person, now, claim, one.slot)
                ),
                compare=False,
            )
        self._compare()

    def create_of_nothing(self, who):
        """Create a trainer of an implementation that isn't there."""
        factory = products.address_of("TrainerFactory")
        with pytest.raises(TransactionFailed) as failed:
            self.chain.send(factory, create_of_nothing(), sender=self.people[who], gas=TRANSACTION_GAS_LIMIT)
        assert isinstance(failed.value.__cause__, AddressEmptyCode)

    def time_passes(self, seconds):
        self.chain.travel(seconds)

    def at_the_end(self, which, early, who):
        """Name somebody's slot in the first second in which it is free, or in the one before."""
        one = self._picked(which, ("pending", "validated", "reported")[which % 3])
        if one is not None:
            self._pass_until(one.end - early)
            given = [(pack([100 + which]), 1)]
            self._call(
                who,
                ("contribute", *given[0], one.slot),
                lambda person, now: self.book.contribute(person, now, 0, given, b"", one.slot),
            )

    # What must hold

    def teardown(self):
        try:
            if self.agrees:
                self._look_at_the_end()
        finally:
            self.chain.revert(self.snapshot)

    def _look_at_the_end(self):
        audit = self.trainer.audit()
        assert (audit.problems, audit.balance_wei, audit.owed_wei) == ((), 0, 0)
        leaders = {row.person: row.points for row in self.trainer.leaderboard()}
        assert leaders == {person: one.points for person, one in self.book.people.items() if person in leaders}
        assert sum(leaders.values()) == sum(one.points for one in self.book.people.values())
        assert all(count == 1 for count in self.book.taken.values())
        for person in self.people:
            held = self.chain.read(TRAINER, self.trainer.address, "balanceOfBatch", [person] * 8, range(1, 9))
            told = [self.badges[person, badge] for badge in range(1, 9)]
            assert list(held) == told == [badge in self.book.people[person].badges for badge in range(1, 9)]
        self.chain.travel(8 * DAY)
        for slot in list(self.book.at)[:5]:  # whatever became of them
            assert self._slot_of(self.trainer.contribute([0], 0), slot) == slot

    def _slot_of(self, contribution, slot):
        number = contribution.id
        receipt = self.chain.invoke(
            TRAINER,
            self.trainer.address,
            "contribute",
            b"\0\1",
            0,
            slot,
            sender=self.people[0],
            gas=TRANSACTION_GAS_LIMIT,
        )
        (event,) = (CODEC.event(log) for log in receipt.logs)
        assert event.args["id"] == number + 1
        return event.args["slot"]

    def _call(self, who, call, expected, wei=0, compare=True):
        person, error, data = self.people[who], None, CODEC.call(*call)
        limit = TRANSACTION_GAS_LIMIT if self.gas is None else min(intrinsic(data) + self.gas, TRANSACTION_GAS_LIMIT)
        self.left -= 1
        try:
            receipt = self.chain.send(self.trainer.address, data, sender=person, value=wei, gas=limit)
        except TransactionFailed as failed:
            receipt, error = failed.receipt, failed.__cause__
            if self.gas is not None and not isinstance(error, ContractError):
                self.tally.steps += 1
                self.tally.outcomes[call[0], OUT_OF_GAS] += 1
                return
        self.agrees = False
        now = self.chain.time_of(receipt.block_number)
        refused, points = None, None
        try:
            points = expected(person, now)
        except Refused as caught:
            refused = caught
        told = (type(error).__name__, *error.figures.values()) if error is not None else None
        assert told == (refused and (refused.error, *refused.figures)), (call, told, refused)
        events = [CODEC.event(log) for log in receipt.logs]
        for event in events:
            if event.name == "TransferSingle":
                args = event.args
                assert (int(args["from"], 16), args["value"], args["operator"]) == (0, 1, person)
                self.badges[args["to"], args["id"]] += 1
            elif "points" in event.args:
                assert event.args["points"] == points
        self.tally.steps += 1
        self.tally.outcomes[call[0], refused and refused.error] += 1
        for event in events:
            self.tally.events[event.name] += 1
        if compare:
            self._compare()
        self.agrees = True

    def _compare(self):
        questions = {("person", person): self._facts(person) for person in self.people}
        for word in range(self.rules.memory_slots):
            bits = sum(1 << mark - 256 * word for mark in self.book.known if 0 <= mark - 256 * word < 256)
            questions["remembered", word] = bits
        for slot, number in self.book.at.items():
            questions["record", slot] = self._open(self.book.given[number])
        calls = [CODEC.call(*question) for question in questions]
        answers = self.chain.read(TRAINER, self.trainer.address, "multicall", calls)
        for (question, wanted), answer in zip(questions.items(), answers, strict=True):
            found = CODEC.result(question[0], answer)
            assert (found % 2**96 if question[0] == "record" else found) == wanted, question
        assert self.chain.balance(self.trainer.address) == 0

    def _facts(self, person):
        one = self.book.people[person]
        badges = sum(1 << badge - 1 for badge in one.badges)
        labels, kinds = (sum(1 << bit for bit in bits) for bits in (one.labels, one.kinds))
        return (one.points, one.counted, one.day, one.streak, badges, labels, kinds)

    def _open(self, one):
        if one.stage == "finished":
            return 0
        kind = {"pending": 1, "validated": 2, "reported": 3}[one.stage]
        return (((kind * 2**8 + one.counted) * 2**32) + one.earned) * 2**40 + one.end

    # What they do it with

    def _label(self, sample, mode):
        predicted = self.book.model.label_of(sample) if sample else 0
        return {"as the model": predicted, "against it": 1 - predicted, "unknown": 2}[mode]

    def _slot(self, kind):
        now = self.chain.now() + 1
        over = [slot for slot, number in self.book.at.items() if self.book.given[number].is_over(now)]
        live = sorted(set(self.book.at) - set(over), key=lambda slot: -self.book.given[self.book.at[slot]].end)
        # of the live ones that which is over first
        chosen = {"over": over, "live": live, "next": [self.book.next_id], "huge": [2**256 - 1]}.get(kind)
        return chosen[-1] if chosen else 0

    def _picked(self, which, stage):
        some = [one for one in self.book.given.values() if one.stage == stage and self.book.at[one.slot] == one.id]
        everything = some if some and which % 7 else list(self.book.given.values())
        return everything[which % len(everything)] if everything else None

    def _agreed(self, one, which):
        if which % 9 == 0:
            return [0, 1 << len(one.samples), 2**256 - 1][which // 9 % 3]
        right = [at for at, (sample, label) in enumerate(one.samples) if self.book.model.label_of(sample) == label]
        return sum(1 << at for at in right) or 1

    def _turn(self, one, agree):
        sample, label = one.samples[one.positions[0] if one.positions else 0]
        for _ in range(8):
            self._learn(sample, label if agree else 1 - label)

    def _learn(self, sample, label):
        """Let somebody contribute a sample unless the model agrees with the label."""
        given = [(sample, label)]
        if self.book.model.label_of(sample) != label:
            self._call(
                3,
                ("contribute", *given[0], 0),
                lambda person, now: self.book.contribute(person, now, 0, given, b"", 0),
            )

    def _pass_until(self, time):
        missing = time - 1 - self.chain.now()
        if missing > 0:
            self.chain.travel(missing)

    def _changed(self, one, change):
        number, author, time, deposit, label, sample = one.claim
        slot = one.slot
        match change:
            case "id":
                number += 1
            case "author":
                author = next(person for person in self.people if person != author)
            case "time":
                time -= 1
            case "deposit":
                deposit += 1
            case "label":
                label = 1 - label if label < 2 else 0
            case int():
                deposit |= change << 96
            case "sample":
                sample += b"\0"
            case "slot":
                slot += 1
        return (number, author, time, deposit, label, sample), slot
