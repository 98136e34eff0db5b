"""The rules of a trainer in plain Python, after contracts/interfaces: the outcome of any call, to the wei.

They are written a second time on purpose: they share nothing with dcai's own replay of the log.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from math import isqrt
from typing import Any

from dcai import DepositRefundTake
from dcai.models.twins import Twin
from tests.stateful.calls import (
    BATCH,
    MAX_DEPOSIT,
    Accepted,
    Call,
    Claim,
    Mood,
    Refused,
    check_length,
    check_sample,
    unpack_batch,
)

CLASSES = 2
SPLIT_SLOTS = 1 << 128
NOWHERE = 0

OVERFLOW = "panic 17"
"""What Solidity's checked arithmetic reverts with."""


class Rules:
    """A trainer, by the book.

    Attributes
    ----------
    accepted : dict
        Id -> `Accepted`, in order.
    flow : Counter
        Person -> wei received from the trainer less those paid to it.
    called_back : list
        How it went when a contract called back, in the last transaction: None, or why it was refused.
    """

    def __init__(self, creator: str, terms: DepositRefundTake, twin: Twin, now: int) -> None:
        self.creator = creator
        self.terms = terms
        self.twin = twin
        self.last_time = now
        self.next_id = 1
        self.accepted: dict[int, Accepted] = {}
        self.good: Counter[str] = Counter()
        self.flow: Counter[str] = Counter()
        self.moods: dict[str, Mood] = {}
        self.called_back: list[Refused | None] = []
        self.busy = False

    # What the contract must answer

    def facts(self, trainer: str) -> dict[tuple[Any, ...], Any]:
        """Return the answers of the contract at an address: (view function, arguments) -> what it must return."""
        all_good = self.good.total()
        head = self.next_id << 216 | self.last_time << 176 | all_good << 136 | 2 << 128
        state = head.to_bytes(32, "big")[:16] + self.twin.parameters()
        state += bytes(-len(state) % 32)
        words = tuple(int.from_bytes(state[at : at + 32], "big") for at in range(0, len(state), 32))
        facts: dict[tuple[Any, ...], Any] = {
            ("words", 0, len(words)): words,
            ("progress",): (self.next_id, all_good, self.last_time),
            ("record", NOWHERE): 0,
        }
        for one in self.accepted.values():
            if one.slot != NOWHERE:
                facts["record", one.slot] = one.record(trainer)
            if one.is_batch and one.open:
                facts["closed", one.claim.id] = one.closed
            for (position, person), time in one.reports_of.items():
                number = one.claim.id + 1 + position
                if number not in self.accepted:
                    facts["reported", number, person] = (time, False)
            for person in one.reports.keys() | one.takers:
                facts["reported", one.claim.id, person] = (one.reports.get(person, 0), person in one.takers)
        return facts

    def owed(self) -> int:
        """Return all that is open."""
        return sum(one.open for one in self.accepted.values())

    def label_of(self, sample: bytes) -> int:
        """Return the model's label of a sample; refuse an invalid one."""
        check_sample(sample, self.twin.n_features)
        return self.twin.label_of(sample)

    def price(self, samples: Sequence[bytes], now: int) -> int:
        """Return the price of W contributions, evenly spread over the time since the last one, a second or more apart.

        Each costs weight * 3600 / sqrt(seconds between them); W counts the size units that a sample fills, one at the
        least.
        """
        unit = self.terms.size_unit
        size = sum(max(len(sample) // 2, unit) for sample in samples)
        # sqrt(seconds between them) in billionths
        root = isqrt(max((now - self.last_time) * unit, size) * 10**18 // size)
        return max(self.terms.weight_wei * 3600 * 10**9 * size // (unit * root), self.terms.minimum_wei * size // unit)

    # What becomes of a transaction

    def transact(self, sender: str, calls: Sequence[Call], now: int) -> None:
        """Make several calls in one transaction: all of them, or none.

        Raises
        ------
        Refused
            If one is, and nothing happens.
        """
        with self._all_or_nothing():
            self._make(sender, calls, now)

    def objection(self, sender: str, call: Call, now: int) -> Refused | None:
        """Return the reason to refuse a transaction with one call, if any."""
        try:
            trial = copy.copy(self)
            vars(trial).update(self._state())
            trial._make(sender, [call], now)
        except Refused as refused:
            return refused
        return None

    def _make(self, sender: str, calls: Sequence[Call], now: int) -> None:
        self.called_back = []
        for call in calls:
            self._call(sender, call, now)

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        before = self._state()
        try:
            yield
        except Refused:
            vars(self).update(before)
            raise

    def _state(self) -> dict[str, Any]:
        """Return a copy of everything; what is in the containers never changes."""
        return {name: value.copy() if isinstance(value, dict | list) else value for name, value in vars(self).items()}

    def _change(self, one: Accepted, **what: Any) -> None:
        self.accepted[one.claim.id] = replace(one, **what)

    def _call(self, sender: str, call: Call, now: int) -> None:
        match call.function:
            case "contribute":
                self._contribute(sender, call.value, now, *call.args)
            case "contributeBatch":
                self._contribute_batch(sender, call.value, now, *call.args)
            case "multicall":
                if call.value:
                    raise Refused("no reason")
                for inner in call.args[0]:
                    self._call(sender, inner, now)
            case "split":
                self._split(sender, now, *call.args)
            case "report":
                self._report(sender, now, *call.args)
            case "reportBatch":
                self._report_batch(sender, now, *call.args)
            case _:
                if self.busy:
                    raise Refused("ReentrancyGuardReentrantCall")
                pays = {"refund": self._refund, "refundBatch": self._refund_batch, "take": self._take}
                self._pay(sender, pays[call.function](sender, now, *call.args), now)

    def _pay(self, person: str, amount: int, now: int) -> None:
        self.flow[person] += amount
        mood = self.moods.get(person, Mood())
        if mood.refuses:
            raise Refused("ETHTransferFailed")
        if mood.back is None:
            return
        self.busy = True
        try:
            with self._all_or_nothing():
                self._call(person, mood.back, now)
            self.called_back.append(None)
        except Refused as refused:
            self.called_back.append(refused)
            if not mood.tolerant:
                raise Refused("ETHTransferFailed") from refused
        finally:
            self.busy = False

    # Contributing

    def _contribute(self, sender: str, value: int, now: int, sample: bytes, label: int, slot: int) -> None:
        self._learn([(label, sample)])
        self._accept(sender, value, now, [sample])
        self._record(sender, value, now, label, sample, slot, ids=1)

    def _contribute_batch(self, sender: str, value: int, now: int, batch: bytes, slot: int) -> None:
        check_length(batch)
        samples = self._learn(unpack_batch(batch))
        self._accept(sender, value, now, samples)
        self._record(sender, value, now, BATCH, batch, slot, ids=len(samples) + 1)

    def _learn(self, given: Iterable[tuple[int, bytes]]) -> list[bytes]:
        twin, samples = copy.deepcopy(self.twin), []
        for label, sample in given:
            if label >= CLASSES:
                raise Refused("UnknownLabel", label, CLASSES)
            check_sample(sample, self.twin.n_features)
            twin.learn(sample, label)
            samples.append(sample)
        self.twin = twin
        return samples

    def _accept(self, sender: str, value: int, now: int, samples: Sequence[bytes]) -> None:
        required = self.price(samples, now)
        if value < required:
            raise Refused("Underpaid", required, value)
        if value > MAX_DEPOSIT or value % len(samples):
            raise Refused("BadDeposit", value, len(samples))
        self.flow[sender] -= value

    def _record(self, author: str, value: int, now: int, label: int, sample: bytes, hint: int, ids: int) -> None:
        number = self.next_id
        live = {one.slot for one in self.accepted.values() if one.open}
        slot = hint if 0 < hint < number and hint not in live else number
        for one in list(self.accepted.values()):
            if one.slot == slot:
                self._change(one, slot=NOWHERE)
        self.accepted[number] = Accepted(Claim(number, author, now, value, label, sample), slot, value)
        self.next_id += ids
        self.last_time = now

    # Claiming

    def _refund(self, sender: str, now: int, claim: Claim, slot: int) -> int:
        self._only_author(sender, claim)
        self._not_before(claim.time + self.terms.times()[0], now)
        one = self._single(claim, slot)
        predicted = self.twin.label_of(claim.sample)
        if predicted != claim.label:
            raise Refused("ModelDisagrees", predicted, claim.label)
        self._change(one, open=0)
        if slot < SPLIT_SLOTS:
            self.good[sender] += 1
        else:
            batch, position = one.part_of
            self._came_back(self.accepted[batch], {position})
        return one.open

    def _refund_batch(self, sender: str, now: int, claim: Claim, slot: int, positions: int) -> int:
        self._only_author(sender, claim)
        self._not_before(claim.time + self.terms.times()[0], now)
        one = self._batch(claim, slot)
        samples = list(unpack_batch(claim.sample))
        agreed = [
            position
            for position in one.asked_for(positions, len(samples))
            if self.twin.label_of(samples[position][1]) == samples[position][0]
        ]
        if not agreed:
            raise Refused("NoneRefundable", claim.id, positions)
        amount = claim.deposit // len(samples) * len(agreed)
        closed = one.closed | sum(1 << position for position in agreed)
        self._came_back(replace(one, open=one.open - amount, closed=closed), set(agreed))
        return amount

    def _came_back(self, batch: Accepted, positions: set[int]) -> None:
        """Count a batch once, with the sample that makes more than half of it refunded."""
        refunded, count = batch.refunded | positions, batch.claim.sample[0] + 1
        is_good = len(refunded) > count / 2
        if is_good and not batch.is_good:
            self.good[batch.claim.author] += 1
        self._change(batch, refunded=refunded, is_good=is_good)

    def _split(self, sender: str, now: int, claim: Claim, slot: int, positions: int) -> None:
        self._not_before(claim.time + self.terms.times()[0], now)
        one = self._batch(claim, slot)
        own = sender == claim.author
        if not own:
            self._only_good(sender)
        samples = list(unpack_batch(claim.sample))
        settle_after = self.terms.times()[1]
        wanted = [
            position
            for position in one.asked_for(positions, len(samples))
            if own
            or (
                self.twin.label_of(samples[position][1]) != samples[position][0]
                and (not settle_after or now >= one.reports_of.get((position, sender), now) + settle_after)
            )
        ]
        if not wanted:
            raise Refused("NoneToSplit", claim.id, positions)
        part = claim.deposit // len(samples)
        closed = one.closed | sum(1 << position for position in wanted)
        self._change(one, open=one.open - part * len(wanted), closed=closed)
        for position in wanted:
            number = claim.id + 1 + position
            split = Claim(number, claim.author, claim.time, part, *samples[position])
            place = SPLIT_SLOTS | claim.id << 16 | len(samples) - 1 << 8 | position
            reports = {who: time for (at, who), time in one.reports_of.items() if at == position}
            self.accepted[number] = Accepted(split, place, part, reports=reports, part_of=(claim.id, position))

    def _report(self, sender: str, now: int, claim: Claim, slot: int) -> None:
        one = self._single(claim, slot)
        self._check_reporter(sender, now, claim)
        if sender in one.reports or sender in one.takers:  # a share that was taken speaks for itself
            raise Refused("AlreadyReported", claim.id, sender)
        self._change(one, reports={**one.reports, sender: now})

    def _report_batch(self, sender: str, now: int, claim: Claim, slot: int, positions: int) -> None:
        one = self._batch(claim, slot)
        if sender == claim.author:
            raise Refused("OwnContribution", claim.id)
        self._only_good(sender)
        self._not_before(claim.time + self.terms.times()[0], now)
        samples = list(unpack_batch(claim.sample))
        bad = [
            position
            for position in one.asked_for(positions, len(samples))
            if self.twin.label_of(samples[position][1]) != samples[position][0]
            and (position, sender) not in one.reports_of
        ]
        if not bad:
            raise Refused("NoneToReport", claim.id, positions)
        self._change(one, reports_of={**one.reports_of, **{(position, sender): now for position in bad}})

    def _take(self, sender: str, now: int, claim: Claim, slot: int) -> int:
        _, settle_after, creator_take_after, take_after = self.terms.times()
        one = self._stored(claim, slot)
        age = now - claim.time
        if age >= take_after or (age >= creator_take_after and sender == self.creator):
            amount, takers = one.open, one.takers
        else:
            self._single(claim, slot)
            if sender in one.takers:
                raise Refused("AlreadyTaken", claim.id, sender)
            self._check_reporter(sender, now, claim)
            if settle_after:
                if sender not in one.reports:
                    raise Refused("NotReported", claim.id, sender)
                self._not_before(one.reports[sender] + settle_after, now)
            share = claim.deposit * self.good[sender] // self.good.total()
            if not share:
                raise Refused("ShareIsZero", claim.deposit, self.good[sender], self.good.total())
            amount, takers = min(share, one.open), one.takers | {sender}
        self._change(one, open=one.open - amount, takers=takers)
        return amount

    def _check_reporter(self, sender: str, now: int, claim: Claim) -> None:
        if sender == claim.author:
            raise Refused("OwnContribution", claim.id)
        self._only_good(sender)
        self._not_before(claim.time + self.terms.times()[0], now)
        if self.twin.label_of(claim.sample) == claim.label:
            raise Refused("ModelAgrees", claim.label)

    def _only_author(self, sender: str, claim: Claim) -> None:
        if sender != claim.author:
            raise Refused("NotAuthor", claim.author, sender)

    def _only_good(self, sender: str) -> None:
        if not self.good[sender]:
            raise Refused("NothingGood", sender)

    def _not_before(self, earliest: int, now: int) -> None:
        if earliest >= 2**256:
            raise Refused(OVERFLOW)
        if now < earliest:
            raise Refused("TooEarly", earliest, now)

    def _stored(self, claim: Claim, slot: int) -> Accepted:
        one = self.accepted.get(claim.id)
        if one is None or one.claim != claim or slot == NOWHERE or one.slot != slot:
            raise Refused("UnknownContribution", claim.id, slot)
        if not one.open:
            raise Refused("NothingLeft", claim.id)
        return one

    def _single(self, claim: Claim, slot: int) -> Accepted:
        one = self._stored(claim, slot)
        if one.is_batch:
            raise Refused("IsBatch", claim.id)
        return one

    def _batch(self, claim: Claim, slot: int) -> Accepted:
        one = self._stored(claim, slot)
        if not one.is_batch:
            raise Refused("IsNoBatch", claim.id)
        return one
