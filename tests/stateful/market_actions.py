"""Random actions at a market: drawn in advance, each becomes a call on the state at its turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_utils.crypto import keccak
from hypothesis import strategies as st

from tests.stateful.calls import LONGEST_CALL, MAX_DEPOSIT, Call, Claim, Mood, pack_batch
from tests.stateful.market_rules import Market
from tests.stateful.market_terms import Evaluation, Phase
from tests.stateful.world import PEOPLE, WALLETS

ONWARD = {
    Phase.PREPARED: ("commit",),
    Phase.DRAWING: ("draw",),
    Phase.OPENING: ("reveal",),
    Phase.PARTICIPATION: ("contribute", "contributeBatch"),
    Phase.REVEAL: ("reveal",),
    Phase.EVALUATION: ("evaluate",),
    Phase.PAYMENT: ("collect", "collect", "withdraw", "forfeit"),
    Phase.FAILED: ("reclaim", "reclaim", "forfeit"),
    Phase.UNOPENED: ("forfeit",),
    Phase.FORFEITED: ("withdraw", "forfeit", "collect"),
}
"""What brings a market further."""

WRONG = {
    "commit": ("value", "count"),
    "draw": ("content",),
    "reveal": ("again", "hashes", "portion", "content", "again"),
    "contribute": ("value", "label"),
    "contributeBatch": (*9 * ("value",), "longest", "too long"),  # long calls are slow
    "evaluate": (
        *("parameters", "hashes", "portions", "a portion", "later", "none", "most", "slot", "slots"),
        *("id", "deposit", "higher bits", "time", "sample"),
    ),
    "collect": ("",),
    "withdraw": ("",),
    "reclaim": ("slot", "id", "deposit", "higher bits", "time", "sample"),
    "forfeit": ("",),
}
"""What may be wrong about a call of each function."""

FUNCTIONS = tuple(WRONG)
GUARDED = ("collect", "withdraw", "reclaim", "forfeit")


@dataclass(frozen=True)
class Attempt:
    """A call.

    Attributes
    ----------
    function : str or None
        None: what brings the market further, by somebody who may.
    which : int
        Picks a sample, a portion, a person, a contribution.
    size : int
        Samples of a batch, or that are evaluated; contributions too many are brought where it is even.
    wrong : int or None
        Picks what is wrong about it.
    more : int
        Wei beyond what is needed.
    """

    function: str | None
    which: int
    size: int
    wrong: int | None
    more: int = 0

    def call(self, book: Market, hidden: Sequence[bytes], now: int, samples: Sequence[bytes], header: bytes) -> Call:
        """Return the call."""
        onward = ONWARD[book.phase(now)]
        function = self.function or onward[self.which % len(onward)]
        # what is to bring the market further must have the samples of a turn
        size = max(self.size, book.terms.turn) if self.function is None else self.size
        if self.function is None and function == "contribute" and size > self.size:
            function = "contributeBatch"
        wrong = "" if self.wrong is None else WRONG[function][self.wrong % len(WRONG[function])]
        args: tuple[Any, ...] = ()
        value = 0
        match function:
            case "commit":
                hashes = list(_hashes(hidden))
                args, value = (hashes[1:] if wrong == "count" else hashes,), self.size * book.terms.stake
            case "draw":
                args = (header[:-1] if wrong == "content" else header,)
            case "reveal":
                args = self._reveal(book, hidden, wrong)
            case "contribute":
                label = 9 if wrong == "label" else self.which % 2
                args, value = (samples[self.which % len(samples)], label, 0), book.price(1) + self.more
            case "contributeBatch":
                some = [((self.which >> at) % 2, samples[(self.which + at) % len(samples)]) for at in range(size)]
                least = {"longest": LONGEST_CALL - 128, "too long": LONGEST_CALL - 127}.get(wrong, 0)
                args, value = (pack_batch(some).ljust(least, b"\0"), 0), book.price(size) + self.more
            case "evaluate":
                args = (self._evaluation(book, hidden, wrong),)
            case "collect":
                args = (self._person(book),)
            case "reclaim":
                claim = self._claim(book)
                args = (_altered(claim, wrong), claim.id + (wrong == "slot"))
        if wrong == "value" and value:
            value += (-1, 1, -value, MAX_DEPOSIT + 1 - value)[self.which % 4]
        return Call(function, args, value)

    def _reveal(self, book: Market, hidden: Sequence[bytes], wrong: str) -> tuple[Any, ...]:
        left = [portion for portion in range(book.terms.portions) if portion not in book.revealed]
        portion = left[self.which % len(left)] if left else 0
        if not book.opened_at and book.drawn is not None:
            portion = book.drawn
        if wrong == "portion":
            portion = self.which % (book.terms.portions + 1)
        if wrong == "again":
            portion = min(book.revealed, default=0)
        content = hidden[portion % len(hidden)]
        hashes = list(_hashes(hidden))
        if wrong == "content":
            content = content[:-1] + b"\xff" if self.which % 2 else hidden[(portion + 1) % len(hidden)]
        return (hashes[::-1] if wrong == "hashes" else hashes, portion, content)

    def _evaluation(self, book: Market, hidden: Sequence[bytes], wrong: str) -> Evaluation:
        parameters, hashes = book.parameters(), list(_hashes(hidden))
        portions = [hidden[portion] for portion in book.of_pass()]
        left = book.samples[book.done :]
        most = 1 + self.size // 3
        ids = {one.claim.id for one, _ in left[:most]}
        claims = [one.claim for one in book.made if one.claim.id in ids]
        if self.size % 2 == 0:  # contributions too many
            claims += [one.claim for one in book.made if claims and one.claim.id > claims[-1].id][:2]
        slots = [claim.id for claim in claims]
        most = 0 if wrong == "most" else most
        match wrong:
            case "parameters":
                parameters = parameters[:-1] + bytes([parameters[-1] ^ 1])
            case "hashes":
                hashes = hashes[1:]
            case "portions":
                portions = portions[:-1]
            case "a portion":
                portions = [*portions[:-1], hidden[book.drawn or 0]]
            case "later":
                claims, slots = claims[1:], slots[1:]
            case "slots":
                slots = slots[:-1]
            case "slot":
                slots = [slot + 1 for slot in slots]
            case "none":
                claims, slots = [], []
            case _:
                claims = [_altered(claim, wrong) for claim in claims[:1]] + claims[1:]
        return Evaluation(parameters, hashes, portions, claims, slots, most)

    def _person(self, book: Market) -> str:
        people = [one.claim.author for one in book.made] if self.function is None else []
        unpaid = [person for person in people if person not in book.collected]
        some = unpaid or people or [book.creator]
        return some[self.which % len(some)]

    def _claim(self, book: Market) -> Claim:
        left = [one.claim for one in book.made if one.claim.id not in book.reclaimed]
        some = left if left and self.which % 4 else [one.claim for one in book.made]
        return some[self.which % len(some)] if some else Claim(1, book.creator, 1, 1, 0, b"\0\0")


@dataclass(frozen=True)
class Short:
    """A call with so much gas more than what every transaction of its length costs: it may run out."""

    attempt: Attempt
    gas: int


@dataclass(frozen=True)
class Grind:
    """Somebody claims a contribution whose digest happens to have no zeros, which stands for long grinding: no higher
    bits of the deposit that they claim may stand for the digest.
    """

    which: int


@dataclass(frozen=True)
class CreateOfNothing:
    """Somebody creates a market of an implementation that isn't there."""


@dataclass(frozen=True)
class Pass:
    """Time passes."""

    seconds: int


@dataclass(frozen=True)
class PassTheDeadline:
    """Time passes until the next block is the first one of the next phase, or the last one of this."""

    early: int


@dataclass(frozen=True)
class Force:
    """Money arrives that the contract can't refuse."""

    wei: int


@dataclass(frozen=True)
class Behave:
    """A contract receives money in another way from now on."""

    wallet: str
    mood: Mood


@dataclass(frozen=True)
class CallBack:
    """A contract makes a call on each payment from now on; unless tolerant, it refuses the money if the call fails."""

    wallet: str
    attempt: Attempt
    tolerant: bool


Step = Attempt | Short | Grind | CreateOfNothing | Pass | PassTheDeadline | Force | Behave | CallBack


def _altered(claim: Claim, what: str) -> Claim:
    """Return a claim with something changed about it."""
    match what:
        case "id":
            return claim._replace(id=claim.id + 1)
        case "deposit":
            return claim._replace(deposit=2 * claim.deposit)
        case "higher bits":
            return claim._replace(deposit=1 << 96 + claim.id % 160 | claim.deposit)
        case "time":
            return claim._replace(time=claim.time + 1)
        case "sample":
            return claim._replace(sample=claim.sample + b"\0\1")
        case _:
            return claim


def _hashes(hidden: Sequence[bytes]) -> list[bytes]:
    return [keccak(content) for content in hidden]


picks = st.integers(0, 60)
sizes = st.integers(1, 6) | st.integers(1, 6) | st.integers(1, 6) | st.integers(7, 40)
odd_wei = st.just(0) | st.just(0) | st.integers(1, 10**15)
people = st.sampled_from(PEOPLE)
wallets = st.sampled_from(WALLETS)
moods = st.sampled_from(
    [
        Mood(),
        Mood(refuses=True),
        Mood(refuses=True, with_data=100),
        # in the memory of a caller that copied them they would cost more gas than a transaction has
        Mood(refuses=True, with_data=2_000_000),
        Mood(burns=True),
    ]
)
onward = st.builds(Attempt, st.none(), picks, sizes, st.none(), odd_wei)
wrong = st.builds(Attempt, st.none(), picks, sizes, picks)
anything = st.builds(Attempt, st.sampled_from(FUNCTIONS), picks, sizes, st.none() | picks)
guarded = st.builds(Attempt, st.sampled_from(GUARDED), picks, sizes, st.none())
events = st.one_of(
    st.builds(PassTheDeadline, st.integers(0, 1)),
    st.builds(Pass, st.integers(1, 40)),
    st.builds(Behave, wallets, moods),
    st.builds(CallBack, wallets, guarded, st.booleans()),
    st.builds(Force, st.integers(1, 10**18)),
    st.builds(Grind, picks),
    st.just(CreateOfNothing()),
)
short = st.builds(Short, onward, st.integers(0, 250_000))
steps = st.sampled_from([*9 * [onward], *4 * [wrong], *2 * [anything], short, *2 * [events]]).flatmap(lambda kind: kind)
