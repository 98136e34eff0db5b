"""Actions at a trainer: drawn in advance, each becomes a call on the state at its turn."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from tests.stateful.calls import (
    BATCH,
    LONGEST_CALL,
    MAX_DEPOSIT,
    Accepted,
    Call,
    Claim,
    Refused,
    pack_batch,
    unpack_batch,
)
from tests.stateful.rules import SPLIT_SLOTS, Rules

FEATURES = 40
OF_BATCHES = ("refundBatch", "split", "reportBatch")
HUGE = 2**256 - 1

Label = Literal["as the model", "against the model"] | int
Deposit = Literal["nothing", "a wei too little", "the price", "uneven", "as much as can be", "too much"] | int
"""A number: the price once more for each of its thousands, and for each sample so many wei more as it has beyond."""

Slot = Literal["none", "finished", "live", "next", "future", "of a split", "huge"]
Change = (
    Literal["nothing", "id", "author", "earlier", "later", "never", "deposit", "label", "batch", "sample", "slot"] | int
)
"""A number: what stands in the deposit's higher bits, from the 97th on."""


@dataclass(frozen=True)
class Contribute:
    """One sample: bytes, or a number that picks one contributed before."""

    sample: bytes | int
    label: Label
    deposit: Deposit
    slot: Slot

    def call(self, rules: Rules, sender: str, now: int, rich: bool) -> Call:
        """Return the call."""
        sample = _bytes(rules, self.sample)
        wei = _deposit(rules, [sample], now, self.deposit, rich)
        return Call("contribute", (sample, _label(rules, sample, self.label), _slot(rules, self.slot)), wei)


@dataclass(frozen=True)
class ContributeBatch:
    """Several samples, repeated up to `count` if that is more; the batch's bytes may then be broken.

    Only one full batch exists at a time: no transaction has the gas to split two.
    """

    samples: tuple[tuple[Label, bytes | int], ...]
    count: int
    broken: Literal["not", "short", "long", "empty", "count", "longest", "too long"]
    deposit: Deposit
    slot: Slot

    def call(self, rules: Rules, sender: str, now: int, rich: bool) -> Call:
        """Return the call."""
        samples = [(label, _bytes(rules, sample)) for label, sample in self.samples]
        full = any(one.open and one.is_batch and one.claim.sample[0] == 255 for one in rules.accepted.values())
        count = len(samples) if full else max(self.count, len(samples))
        samples = [samples[at % len(samples)] for at in range(count)]
        batch = pack_batch([(_label(rules, sample, label) & 0xFF, sample) for label, sample in samples])
        match self.broken:
            case "short":
                batch = batch[:-1]
            case "long":
                batch += b"\0"
            case "empty":
                batch = b""
            case "longest":  # the call may not have a word more
                batch = batch.ljust(LONGEST_CALL - 128, b"\0")
            case "too long":
                batch = batch.ljust(LONGEST_CALL - 127, b"\0")
            case "count":
                batch = bytes([(batch[0] + 1) % 256]) + batch[1:]
        wei = _deposit(rules, [sample for _, sample in samples], now, self.deposit, rich)
        return Call("contributeBatch", (batch, _slot(rules, self.slot)), wei)


@dataclass(frozen=True)
class Claiming:
    """A claim on a contribution, perhaps one that can succeed, and perhaps with an alteration.

    Attributes
    ----------
    which : int
        Picks the contribution, and what a change takes from another one.
    sensible : bool
        Whether it is one that has a chance, and rather by somebody who may than by somebody who was drawn.
    positions : int
        Of batches: bit i is the sample at position i.
    early : int
        Seconds by which it is too early, where it has to wait to make sense.
    again : bool
        Whether it is made a second time.
    """

    function: Literal["refund", "refundBatch", "split", "report", "reportBatch", "take"]
    which: int
    sensible: bool
    change: Change
    positions: int = 0
    early: int = 0
    again: bool = False

    def call(self, rules: Rules, sender: str, now: int, rich: bool) -> Call:
        """Return the call."""
        claim, slot = _changed(rules, self._chosen(rules, sender), self.change, self.which)
        more = (self.positions,) if self.function in OF_BATCHES else ()
        return Call(self.function, (claim, slot, *more))

    def _chosen(self, rules: Rules, sender: str) -> Accepted:
        nothing_real = Accepted(Claim(1, sender, rules.last_time, 1, 0, b"\0\0"), 1, 0)
        everything = list(rules.accepted.values()) or [nothing_real]
        some = [one for one in everything if self._has_a_chance(one, rules, sender)] if self.sensible else []
        return _picked(some or everything, self.which)

    def _has_a_chance(self, one: Accepted, rules: Rules, sender: str) -> bool:
        if not one.open or one.is_batch != (self.function in OF_BATCHES):
            return False
        own = one.claim.author == sender
        match self.function:
            case "refund":
                return own and rules.twin.label_of(one.claim.sample) == one.claim.label
            case "refundBatch":
                return own
            case "reportBatch":
                return not own
            case "report" | "take":
                return not own and rules.twin.label_of(one.claim.sample) != one.claim.label
            case _:
                return True


@dataclass(frozen=True)
class Multicall:
    """Several calls through the trainer's own `multicall`, which takes no money."""

    actions: tuple[Action, ...]
    value: int

    def call(self, rules: Rules, sender: str, now: int, rich: bool) -> Call:
        """Return the call."""
        calls = tuple(action.call(rules, sender, now, rich) for action in self.actions)
        return Call("multicall", (tuple(Call(call.function, call.args) for call in calls),), self.value)


@dataclass(frozen=True)
class Several:
    """Several calls: in one transaction if a contract makes them, else one after the other."""

    actions: tuple[Action, ...]


@dataclass(frozen=True)
class Turn:
    """Turns the model away from somebody's label, claims, and perhaps turns it back: in one go, like `Several`."""

    claim: Claiming
    away: int
    back: int

    def calls(self, rules: Rules, sender: str, now: int, rich: bool) -> list[Call]:
        """Return the calls."""
        claim = self.claim.call(rules, sender, now, rich)
        sample, label = _first(claim.args[0])
        enough = rules.price([sample], rules.last_time)
        away, back = (Call("contribute", (sample, way, 0), enough) for way in (0 if label else 1, label))
        return [*self.away * [away], claim, *self.back * [back]]


@dataclass(frozen=True)
class Share:
    """Everybody reports a contribution, then everybody in turn is refunded whatever can be and takes a share, of more
    good contributions than they had before: shares may add up to more than the deposit. A batch is split off before.
    """

    claim: Claiming


@dataclass(frozen=True)
class Short:
    """A call with so much gas more than what every transaction of its length costs: it may run out."""

    action: Action
    gas: int


@dataclass(frozen=True)
class Grind:
    """Somebody claims a contribution whose digest happens to have no zeros, which stands for long grinding: whatever
    they claim, no higher bits of its deposit may stand for the digest.
    """

    which: int
    function: Literal["refund", "take"]


@dataclass(frozen=True)
class CreateOfNothing:
    """Somebody creates a trainer of an implementation that isn't there."""


@dataclass(frozen=True)
class Pass:
    """Time passes."""

    seconds: int


@dataclass(frozen=True)
class PassUntilTake:
    """Time passes until the next block is the first in which the creator, or anybody, may take all; or just before."""

    which: int
    anybody: bool
    early: int


@dataclass(frozen=True)
class Force:
    """Money arrives that the contract can't refuse."""

    wei: int


@dataclass(frozen=True)
class SendOnly:
    """Somebody sends money without calldata."""


@dataclass(frozen=True)
class Refuse:
    """A contract refuses money from now on, without or with bytes of its own; or accepts it again, or burns gas."""

    wallet: str
    refuses: bool
    with_data: int
    burns: bool


@dataclass(frozen=True)
class CallBack:
    """A contract makes a call on each payment from now on; unless tolerant, it refuses the money if the call fails."""

    wallet: str
    action: Action
    tolerant: bool


Action = Contribute | ContributeBatch | Claiming | Multicall
Step = (
    Action
    | Several
    | Turn
    | Share
    | Short
    | Grind
    | CreateOfNothing
    | Pass
    | PassUntilTake
    | Force
    | SendOnly
    | Refuse
    | CallBack
)


def _picked(some: Sequence[Accepted], which: int) -> Accepted:
    return some[which % len(some)]


def _bytes(rules: Rules, sample: bytes | int) -> bytes:
    if isinstance(sample, bytes):
        return sample
    before = [one for one in rules.accepted.values() if not one.is_batch]
    return _picked(before, sample).claim.sample if before else b"\0\1"


def _first(claim: Claim) -> tuple[bytes, int]:
    """Return the sample of a contribution with its label; of a batch the first one."""
    if claim.label == BATCH:
        with suppress(Refused):
            label, sample = next(unpack_batch(claim.sample))
            return sample, label
    return claim.sample, claim.label


def _label(rules: Rules, sample: bytes, label: Label) -> int:
    if isinstance(label, int):
        return label
    try:
        predicted = rules.label_of(sample)
    except Refused:
        return 0
    return predicted if label == "as the model" else 1 - predicted


def _deposit(rules: Rules, samples: Sequence[bytes], now: int, deposit: Deposit, rich: bool) -> int:
    count = len(samples)
    price = -(-rules.price(samples, now) // count) * count
    match deposit:
        case "nothing":
            return 0
        case "a wei too little":
            return rules.price(samples, now) - 1
        case int():
            return price * (1 + deposit // 1_000) + deposit % 1_000 * count
        case "uneven":
            return price + 1
        case "as much as can be" if rich:
            return MAX_DEPOSIT // count * count
        case "too much" if rich:
            return MAX_DEPOSIT + 1
        case _:
            return price


def _slot(rules: Rules, slot: Slot) -> int:
    match slot:
        case "finished":
            free = [one.slot for one in rules.accepted.values() if not one.open and one.slot < SPLIT_SLOTS]
            return max(free, default=0)
        case "live":
            live = [one.slot for one in rules.accepted.values() if one.open and one.slot < SPLIT_SLOTS]
            return max(live, default=0)
        case "next":
            return rules.next_id
        case "future":
            return rules.next_id + 1
        case "of a split":
            return max((one.slot for one in rules.accepted.values()), default=SPLIT_SLOTS | 1)
        case "huge":
            return HUGE
        case _:
            return 0


def _changed(rules: Rules, one: Accepted, change: Change, which: int) -> tuple[Claim, int]:
    claim, slot = one.claim, one.slot
    other = _picked(list(rules.accepted.values()) or [one], which + 1)
    match change:
        case "id":
            claim = claim._replace(id=other.claim.id if other is not one else claim.id + 1)
        case "author":
            claim = claim._replace(author=other.claim.author)
        case "earlier":
            claim = claim._replace(time=0)
        case "later":
            claim = claim._replace(time=claim.time + 1)
        case "never":
            claim = claim._replace(time=HUGE)
        case "deposit":
            claim = claim._replace(deposit=2 * claim.deposit)
        case "label":
            claim = claim._replace(label=1 - claim.label if claim.label < 2 else 0)
        case "batch":
            claim = claim._replace(label=BATCH)
        case "sample":
            claim = claim._replace(sample=claim.sample + b"\0")
        case int():
            claim = claim._replace(deposit=change << 96 | claim.deposit)
        case "slot":
            slot = other.slot if other is not one else slot + 1
    return claim, slot
