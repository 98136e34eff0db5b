"""The rules of a prediction market in plain Python, after contracts/interfaces: the outcome of any call.

They are written a second time on purpose: they share nothing with dcai's own replay of the log.
"""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from eth_utils.crypto import keccak

from dcai.models.twins import Twin
from tests.stateful.calls import BATCH, MAX_DEPOSIT, Claim, Mood, Refused, check_length, unpack_batch
from tests.stateful.market_terms import Evaluation, Made, Phase, Terms
from tests.support.market_rule import gains

NOBODY = "0x000000000000000000000000000000000000dead"


@dataclass
class Market:
    """A market, by the book.

    Attributes
    ----------
    creator : str
    terms : Terms
    start : Twin
        The twin with the parameters that it was deployed with.
    flow : Counter
        Person -> what they got less what they paid, wei.
    number, done : int
        The pass that is under way; how many samples are evaluated in it.
    """

    creator: str
    terms: Terms
    start: Twin
    flow: Counter[str] = field(default_factory=Counter)
    hashes: list[bytes] = field(default_factory=list)
    rounds: int = 0
    committed_at: int = 0
    target: int = 0
    drawn: int | None = None
    opened_at: int = 0
    revealed: set[int] = field(default_factory=set)
    moved_at: int = 0
    made: list[Made] = field(default_factory=list)
    number: int = 0
    done: int = 0
    collected: Counter[str] = field(default_factory=Counter)
    reclaimed: set[int] = field(default_factory=set)
    withdrawn: bool = False
    forfeited: bool = False
    contents: dict[int, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.twin = copy.deepcopy(self.start)
        self.moods: dict[str, Mood] = {}
        self.called_back: list[Refused] = []
        self._due: Counter[str] | None = None
        self._states = [self.start.parameters()]

    # Where it stands

    @property
    def samples(self) -> list[tuple[Made, int]]:
        """Return every sample, as its contribution and its place there."""
        return [(one, at) for one in self.made for at in range(len(one.samples))]

    @property
    def next_id(self) -> int:
        """Return the number of the next contribution."""
        return 1 + sum(1 if one.claim.label != BATCH else 1 + len(one.samples) for one in self.made)

    @property
    def passes(self) -> int:
        """Return how often everything is evaluated."""
        return -(-(self.terms.portions - 1) // self.terms.per_pass)

    @property
    def settled(self) -> bool:
        """Tell whether everything is evaluated."""
        return bool(self.made) and self.number == self.passes

    def phase(self, now: int) -> Phase:
        """Return the phase at a time."""
        to_open, participate, to_reveal, to_evaluate = self.terms.times
        if not self.committed_at:
            return Phase.PREPARED
        if not self.opened_at:
            if self.forfeited:
                return Phase.FORFEITED
            if now >= self.committed_at + to_open:
                return Phase.UNOPENED
            return Phase.DRAWING if self.drawn is None else Phase.OPENING
        end = self.opened_at + participate
        if now < end:
            return Phase.PARTICIPATION
        if self.settled or not self.made:
            return Phase.PAYMENT
        if not self.moved_at:
            return Phase.REVEAL if now < end + to_reveal else Phase.FAILED
        return Phase.EVALUATION if now < self.moved_at + to_evaluate else Phase.FAILED

    def deadline(self, now: int) -> int | None:
        """Return the deadline of the phase at a time, if it has one."""
        to_open, participate, to_reveal, to_evaluate = self.terms.times
        match self.phase(now):
            case Phase.DRAWING | Phase.OPENING:
                return self.committed_at + to_open
            case Phase.PARTICIPATION:
                return self.opened_at + participate
            case Phase.REVEAL:
                return self.opened_at + participate + to_reveal
            case Phase.EVALUATION:
                return self.moved_at + to_evaluate
        return None

    @property
    def bounty(self) -> int:
        """Return what the provider paid in."""
        return self.rounds * self.terms.stake

    def parameters(self) -> bytes:
        """Return the model's parameters at the current point of the evaluation."""
        return self._states[self.done]

    def of_pass(self) -> list[int]:
        """Return the portions of the current pass."""
        hidden = [portion for portion in range(self.terms.portions) if portion != self.drawn]
        return hidden[self.number * self.terms.per_pass :][: self.terms.per_pass]

    def due(self) -> Counter[str]:
        """Return what the settled market owes everybody, by the rule, whether or not it was paid."""
        if self._due is None:
            self._due = self._scored() if self.made else Counter()
        return self._due

    def _scored(self) -> Counter[str]:
        stakes: Counter[str] = Counter()
        for one in self.made:
            stakes[one.claim.author] += one.kept
        model = copy.deepcopy(self.start)
        hidden = [content for portion, content in self.contents.items() if portion != self.drawn]
        tests = [test for content in hidden for test in _samples_of(content)]

        def mistakes() -> int:
            return sum(model.label_of(sample) != label for label, sample in tests)

        counted = [mistakes()]
        for one in self.made:
            for label, sample in one.samples:
                model.learn(sample, label)
            counted.append(mistakes())
        at_risk = [len(one.samples) for one in self.made]
        for one, gain in zip(self.made, gains(counted, len(tests), self.rounds, at_risk), strict=True):
            stakes[one.claim.author] += gain * self.terms.unit
        return stakes

    def fees(self, samples: int) -> int:
        """Return what so many samples burn together."""
        return self.bounty * samples**2 // self.terms.most**2

    def price(self, count: int) -> int:
        """Return what so many samples cost now."""
        there = len(self.samples)
        return count * self.terms.stake + self.fees(there + count) - self.fees(there)

    def remainder(self) -> int:
        """Return what is the provider's of a settled market, whether or not it was paid."""
        return self.bounty + sum(one.kept for one in self.made) - self.due().total()

    def holds(self) -> int:
        """Return the contract's balance: money in less money out."""
        return -sum(self.flow.values())

    # What anybody may call

    def call(self, function: str, args: tuple[Any, ...], sender: str, value: int, now: int, header: bool) -> None:
        """Let somebody call; `header` tells whether a draw brings the header of the target, which is there."""
        self.called_back = []
        match function:
            case "commit":
                self._commit(sender, args[0], value, now)
            case "draw":
                self._only(now, Phase.DRAWING)
                if not header:
                    raise Refused("WrongHeader", self.target)
            case "reveal":
                self._reveal(*args, now)
            case "contribute":
                self._contribute(sender, args[1], [(args[1], args[0])], args[0], value, now)
            case "contributeBatch":
                check_length(args[0])
                self._contribute(sender, BATCH, list(unpack_batch(args[0])), args[0], value, now)
            case "evaluate":
                self._evaluate(args[0], now)
            case "collect":
                self._collect(sender, args[0], now)
            case "withdraw":
                self._withdraw(sender, now)
            case "reclaim":
                self._reclaim(sender, *args, now)
            case "forfeit":
                self._forfeit(now)

    def _only(self, now: int, *phases: Phase) -> Phase:
        phase = self.phase(now)
        if phase not in phases:
            raise Refused("WrongPhase", int(phase))
        return phase

    def _commit(self, sender: str, hashes: list[bytes], value: int, now: int) -> None:
        if sender != self.creator:
            raise Refused("NotCreator", self.creator, sender)
        self._only(now, Phase.PREPARED)
        if len(hashes) != self.terms.portions:
            raise Refused("WrongCount", self.terms.portions, len(hashes))
        rounds, rest = divmod(value, self.terms.stake)
        if rest or not rounds:
            raise Refused("WrongBounty", self.terms.stake, value)
        self.rounds, self.hashes, self.committed_at = rounds, hashes, now
        self.flow[sender] -= value

    def _reveal(self, hashes: list[bytes], portion: int, content: bytes, now: int) -> None:
        phase = self._only(now, Phase.OPENING, Phase.REVEAL)
        if hashes != self.hashes:
            raise Refused("WrongHashes")
        if portion >= len(hashes) or keccak(content) != hashes[portion]:
            raise Refused("WrongPortion", portion)
        if phase == Phase.OPENING and portion != self.drawn:
            raise Refused("WrongPortion", portion)
        if portion in self.revealed:
            raise Refused("AlreadyRevealed", portion)
        if len(_samples_of(content)) != self.terms.size:
            raise Refused("MalformedPortion", portion)
        self.revealed.add(portion)
        self.contents = dict(sorted({**self.contents, portion: content}.items()))
        if phase == Phase.OPENING:
            self.opened_at = now
        elif len(self.revealed) == len(hashes):
            self.moved_at = now

    def _contribute(
        self, sender: str, label: int, samples: list[tuple[int, bytes]], sent: bytes, value: int, now: int
    ) -> None:
        for one, _ in samples:
            if one >= len(self.start.classes):
                raise Refused("UnknownLabel", one, len(self.start.classes))
        self._only(now, Phase.PARTICIPATION)
        if len(samples) < self.terms.turn:
            raise Refused("TurnTooSmall", len(samples), self.terms.turn)
        required, count = self.price(len(samples)), len(self.samples)
        if not required <= value <= MAX_DEPOSIT:
            raise Refused("WrongStake", required, value)
        if count + len(samples) > self.terms.most:
            raise Refused("MarketFull", count, self.terms.most)
        kept = value - (required - len(samples) * self.terms.stake)
        self.made.append(Made(Claim(self.next_id, sender, now, value, label, sent), samples, kept))
        for one, sample in samples:
            self.twin.learn(sample, one)
            self._states.append(self.twin.parameters())
        self.flow[sender] -= value

    def _evaluate(self, given: Evaluation, now: int) -> None:
        self._only(now, Phase.EVALUATION)
        if given.parameters != self.parameters():
            raise Refused("WrongParameters")
        if given.hashes != self.hashes:
            raise Refused("WrongHashes")
        portions = self.of_pass()
        if len(given.portions) != len(portions):
            raise Refused("WrongCount", len(portions), len(given.portions))
        for portion, content in zip(portions, given.portions, strict=True):
            if keccak(content) != self.hashes[portion]:
                raise Refused("WrongPortion", portion)
        samples, done, most = self.samples, self.done, given.most
        if not given.contributions or not most:
            raise Refused("OutOfTurn", samples[done][0].claim.id, 0)
        if len(given.slots) != len(given.contributions):
            raise Refused("WrongCount", len(given.contributions), len(given.slots))
        for claim, slot in zip(given.contributions, given.slots, strict=True):
            if not most:
                break
            following = samples[done][0] if done < len(samples) else None
            turn = self.next_id if following is None else following.claim.id
            if claim.id != turn:
                raise Refused("OutOfTurn", turn, claim.id)
            if following is None or claim != following.claim or slot != claim.id:
                raise Refused("UnknownContribution", claim.id, slot)
            while most and done < len(samples) and samples[done][0] is following:
                done, most = done + 1, most - 1
        self.number, self.done = (self.number + 1, 0) if done == len(samples) else (self.number, done)
        self.moved_at = now

    def _collect(self, sender: str, person: str, now: int) -> None:
        self._only(now, Phase.PAYMENT)
        amount = 0 if person in self.collected else self.due()[person]
        if not amount:
            raise Refused("NothingOwed", person)
        self._pay(sender, person, amount)
        self.collected[person] = amount

    def _withdraw(self, sender: str, now: int) -> None:
        self._only(now, Phase.PAYMENT)
        amount = self.remainder()
        if not amount or self.withdrawn:
            raise Refused("NothingOwed", self.creator)
        self._pay(sender, self.creator, amount)
        self.withdrawn = True

    def _reclaim(self, sender: str, claim: Claim, slot: int, now: int) -> None:
        self._only(now, Phase.FAILED)
        known = {one.claim.id: one for one in self.made}
        one = known.get(claim.id)
        if one is None or one.claim != claim or slot != claim.id:
            raise Refused("UnknownContribution", claim.id, slot)
        if claim.id in self.reclaimed:
            raise Refused("NothingLeft", claim.id)
        self._pay(sender, claim.author, one.kept)
        self.reclaimed.add(claim.id)

    def _forfeit(self, now: int) -> None:
        phase = self._only(now, Phase.PAYMENT, Phase.FAILED, Phase.UNOPENED)
        amount = self.fees(len(self.samples)) + (0 if phase == Phase.PAYMENT else self.bounty)
        if not amount or self.forfeited:
            raise Refused("NothingOwed", NOBODY)
        self.forfeited = True
        self.flow["nobody"] += amount

    def _pay(self, sender: str, person: str, amount: int) -> None:
        mood = self.moods.get(person, Mood())
        # who is paid by another's call has little gas
        if mood.refuses or (mood.burns and sender != person):
            raise Refused("ETHTransferFailed")
        if mood.back is not None:
            if not mood.tolerant:
                raise Refused("ETHTransferFailed")
            self.called_back.append(Refused("ReentrancyGuardReentrantCall"))
        self.flow[person] += amount


def _samples_of(content: bytes) -> list[tuple[int, bytes]]:
    count, offset = 0, 32
    while offset < len(content):
        offset += 3 + int.from_bytes(content[offset + 1 : offset + 3], "big")
        count += 1
    return list(unpack_batch(bytes([count - 1]) + content[32:])) if count else []
