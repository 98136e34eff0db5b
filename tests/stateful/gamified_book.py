"""The rules of Gamified, written again with plain sets; only the models' learning comes from the package."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from eth_utils.crypto import keccak

from dcai import Gamified
from dcai.models.twins import Twin
from dcai.samples import pack_batch
from tests.stateful.calls import Refused, check_length

BATCH = 256
DAY = 86_400


@dataclass
class Given:
    """A contribution: its event, its samples and its state."""

    claim: tuple[int, str, int, int, int, bytes]
    samples: list[tuple[bytes, int]]
    slot: int
    stage: str
    end: int
    earned: int = 0
    counted: int = 0
    positions: list[int] = field(default_factory=list)

    @property
    def id(self) -> int:
        return self.claim[0]

    @property
    def author(self) -> str:
        return self.claim[1]

    def is_over(self, now: int) -> bool:
        return self.stage == "finished" or now >= self.end


@dataclass
class Person:
    points: int = 0
    counted: int = 0
    day: int = 0
    streak: int = 0
    badges: set[int] = field(default_factory=set)
    labels: set[int] = field(default_factory=set)
    kinds: set[int] = field(default_factory=set)


def kinds_of(sample: bytes) -> set[int]:
    """Return the kinds of features in a sample: Knuth's multiplicative hash, its upper seven of 32 bits."""
    indices = (int.from_bytes(sample[at : at + 2], "big") for at in range(0, len(sample), 2))
    return {index * 2_654_435_769 % 2**32 // 2**25 for index in indices}


class Book:
    """What a trainer of two classes must do, and what everybody must hold.

    Every method is a call: it returns the events, as (name, arguments), or raises `Refused` and changes nothing.
    """

    def __init__(self, rules: Gamified, model: Twin) -> None:
        self.rules, self.model = rules, model
        self.validate_after, self.expire_after, self.settle_after, self.report_within = rules.times()
        self.given: dict[int, Given] = {}
        self.at: dict[int, int] = {}  # slot -> id
        self.people: defaultdict[str, Person] = defaultdict(Person)
        self.known: set[int] = set()
        self.next_id = 1
        self.taken: Counter[int] = Counter()

    def contribute(
        self, who: str, now: int, wei: int, samples: list[tuple[bytes, int]], batch: bytes, slot: int
    ) -> None:
        if batch:
            check_length(batch)
        for sample, label in samples:
            if label > 1:
                raise Refused("UnknownLabel", label, 2)
            if not sample:
                raise Refused("EmptySample")
        if batch and batch != pack_batch([sample for sample, _ in samples], [label for _, label in samples]):
            raise Refused("BadBatch")
        if wei:
            raise Refused("NoMoney", wei)
        unit = self.rules.size_unit
        size = sum(max(len(sample) // 2, unit) for sample, _ in samples)
        if size > unit * len(samples):
            raise Refused("TooLarge", size, unit * len(samples))
        number = self.next_id
        free = 0 < slot < number and (slot not in self.at or self.given[self.at[slot]].is_over(now))
        slot = slot if free else number
        label, sample = (BATCH, batch) if batch else (samples[0][1], samples[0][0])
        claim = (number, who, now, 0, label, sample)
        self.given[number] = Given(claim, samples, slot, "pending", now + self.expire_after)
        self.at[slot] = number
        self.next_id += len(samples) + 1 if batch else 1
        for sample, label in samples:
            self.model.learn(sample, label)

    def validate(self, who: str, now: int, claim: tuple[Any, ...], slot: int, positions: int | None) -> int:
        if who != claim[1]:
            raise Refused("NotAuthor", claim[1], who)
        self._not_before(claim[2] + self.validate_after, now)
        one = self._found(claim, slot)
        if one.stage != "pending":
            raise Refused("AlreadyValidated", one.id)
        self._until(one, now)
        if positions is None:
            if claim[4] == BATCH:
                raise Refused("IsBatch", one.id)
            asked = [0]
        else:
            if claim[4] != BATCH:
                raise Refused("IsNoBatch", one.id)
            asked = [at for at in range(256) if positions >> at & 1]
            if not asked or asked[-1] >= len(one.samples):
                raise Refused("BadPositions", positions, len(one.samples))
        for sample, label in (one.samples[at] for at in asked):
            predicted = self.model.label_of(sample)
            if predicted != label:
                raise Refused("ModelDisagrees", predicted, label)
        new = [at for at in asked if self._is_new(one.samples[at][0])]
        if not new:
            one.stage = "finished"
            return 0
        one.positions = new  # what was known neither counts for a report nor against it
        one.stage, one.end = "validated", now + self.report_within
        one.counted = (len(new) + 15) // 16
        one.earned = self._reward(self.people[who], one, [one.samples[at] for at in new])
        return one.earned

    def report(self, who: str, now: int, claim: tuple[Any, ...], slot: int) -> int:
        one = self._found(claim, slot)
        if who == one.author:
            raise Refused("OwnContribution", one.id)
        mine = self.people[who].counted
        if mine < self.rules.reporter_good:
            raise Refused("NotEnoughGood", who, mine, self.rules.reporter_good)
        if one.stage == "pending":
            raise Refused("NotValidated", one.id)
        self._until(one, now)
        wrong, count = self._wrong(one)
        if wrong * 2 <= count:
            if claim[4] == BATCH:
                raise Refused("MostlyAgreed", one.id, wrong, count)
            raise Refused("ModelAgrees", claim[4])
        if one.stage == "reported":
            self._not_before(one.end - self.report_within, now)
        elif self.settle_after:
            one.stage, one.end = "reported", now + self.settle_after + self.report_within
            return 0
        one.stage = "finished"
        self.taken[one.id] += 1
        loser, winner = self.people[one.author], self.people[who]
        loser.points -= one.earned
        loser.counted -= one.counted
        winner.points += self.rules.report_points
        winner.badges.add(8)
        return one.earned

    def defend(self, who: str, now: int, claim: tuple[Any, ...], slot: int) -> int:
        one = self._found(claim, slot)
        if who != one.author:
            raise Refused("NotAuthor", one.author, who)
        if one.stage != "reported":
            raise Refused("NothingToDefend", one.id)
        self._until(one, now)
        wrong, count = self._wrong(one)
        if wrong * 2 > count:
            raise Refused("MostlyDisagreed", one.id, wrong, count)
        one.stage, one.end = "validated", now + self.report_within
        return 0

    def _reward(self, person: Person, one: Given, new: list[tuple[bytes, int]]) -> int:
        rules = self.rules
        kinds = set().union(*(kinds_of(sample) for sample, _ in new))
        points = one.counted * rules.base + len(kinds - person.kinds) * rules.feature
        person.kinds |= kinds
        person.labels |= {label for _, label in new}
        person.counted += one.counted
        day = one.claim[2] // DAY
        if day > person.day:
            person.streak = person.streak + 1 if day == person.day + 1 else 1
            person.day = day
            points += rules.streak * min(person.streak, rules.streak_cap)
        earned = {1}
        for badge, times in ((2, 1), (3, 10), (4, 100)):
            if person.counted >= rules.milestone * times:
                earned.add(badge)
                points += 0 if badge in person.badges else rules.milestone_bonus * times
        if person.streak >= rules.streak_cap:
            earned.add(5)
        if person.labels == {0, 1}:
            earned.add(6)
            points += 0 if 6 in person.badges else rules.all_labels
        if len(person.kinds) >= 96:
            earned.add(7)
        person.badges |= earned
        person.points += points
        return points

    def _is_new(self, sample: bytes) -> bool:
        mark = int(keccak(sample).hex(), 16) % (self.rules.memory_slots * 256)
        if mark in self.known:
            return False
        self.known.add(mark)
        return True

    def _wrong(self, one: Given) -> tuple[int, int]:
        some = [one.samples[at] for at in one.positions]
        return sum(self.model.label_of(sample) != label for sample, label in some), len(some)

    def _found(self, claim: tuple[Any, ...], slot: int) -> Given:
        one = self.given.get(claim[0])
        if one is None or one.claim != claim or one.slot != slot or self.at.get(slot) != one.id:
            raise Refused("UnknownContribution", claim[0], slot)
        if one.stage == "finished":
            raise Refused("NothingLeft", one.id)
        return one

    def _until(self, one: Given, now: int) -> None:
        if now >= one.end:
            raise Refused("TooLate", one.end, now)

    def _not_before(self, earliest: int, now: int) -> None:
        if now < earliest:
            raise Refused("TooEarly", earliest, now)
