"""Play one market on py-evm and on anvil, under Prague's and the newest rules: equal state, events and gas."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest

import dcai
from dcai.chain.codec import codec
from dcai.chain.header import header
from dcai.incentives.prediction_market.log import MarketEntry
from dcai.incentives.prediction_market.test_set import HiddenTestSet
from dcai.samples import pack_batch, pack_sparse
from dcai.trainer.settings import Settings
from tests.support import binary
from tests.support.story import BEGINNING, OTHER_BACKENDS, Story, chains

MARKET = "SparsePerceptronPM"
DAY = 86_400
PARAMETERS = bytes(2) + 8 * b"\x01" + 8 * b"\xff"
INCENTIVE = dcai.PredictionMarket(
    stake_wei=4 * (10**12 + 39),
    portions=3,
    portion_size=2,
    per_pass=1,
    draw_after=3,
    open_within="1 hour",
    participate="1 day",
    reveal_within="2 days",
    evaluate_within="1 hour",
    most_samples=7,
    size_unit=3,
)
STAKE = INCENTIVE.stake_wei
BOUNTY = 5 * STAKE
HIDDEN = HiddenTestSet.of([pack_sparse([at, at + 3, at + 9]) for at in range(6)], [1, 0, 1, 1, 0, 0], 3, seed=1)
MALFORMED = HiddenTestSet(tuple(content[:-9] for content in HIDDEN.portions))

OWN_EVENTS = {
    "Committed",
    "Drawn",
    "Revealed",
    "Evaluated",
    "Settled",
    "Collected",
    "Withdrawn",
    "Reclaimed",
    "Forfeit",
}
FREE_TO_DIFFER = {
    "draw": "what a block's header holds is up to the chain",
    "WrongHeader": "a block that isn't there yet is asked for at the contract of EIP-2935, where a chain has it",
}
"""Steps whose gas may be another one."""


class MarketStory(Story):
    """A story of markets.

    Attributes
    ----------
    draws : list of int
        Portions that another chain drew: the story waits for the same ones.
    """

    contract = MARKET

    def __init__(self, chain, new_wallet, draws):
        super().__init__(chain, new_wallet)
        self.draws, self.drawn = list(draws), []
        self.entries, self.begin = [], 0

    def open(self, hidden):
        """Commit, draw the portion to open, and return its number."""
        self.slots, self.entries = [], []
        self.send("commit", "commit", hidden.hashes, sender=self.creator, value=BOUNTY)
        target = self.read("course")[2]
        self.refuse("WrongHeader", "draw", b"\1", sender=self.alice)
        # anvil chooses the number of a block with the block before it: of two to come, the second's changes
        before = self.chain.snapshot()
        while True:
            while self.chain.block_number() <= target:
                self.chain.travel(1)
            told = header(self.chain, target)
            drawn = int.from_bytes(_mix_hash(self.chain, target), "big") % 3
            if not self.draws or self.draws[0] == drawn:
                break
            self.chain.revert(before)
            before = self.chain.snapshot()
        self.draws, self.drawn = self.draws[1:], [*self.drawn, drawn]
        self.send("draw", "draw", told, sender=self.bob)
        return drawn

    def contribute(self, name, samples, labels, *, sender):
        """Contribute a sample, or several as a batch."""
        packed = [pack_sparse(indices) for indices in samples]
        call = ("contribute", packed[0], labels[0], 0)
        if len(packed) > 1:
            call = ("contributeBatch", pack_batch(packed, labels), 0)
        value = self.price_of(len(packed))
        if sender is self.wallet:
            events = self.through_wallet(name, *call, value=value)
        else:
            events = self.send(name, *call, sender=sender, value=value)
        self.entries.append(MarketEntry.of(events[0][1], None))

    def price_of(self, count):
        """Return what samples cost now."""
        return self.read("price", count, count, 0)

    def call(self, model, portion, entries, most):
        """Return a call of the evaluation."""
        claims, slots = [entry.claim() for entry in entries], [entry.slot for entry in entries]
        return (model.parameters(), HIDDEN.hashes, [HIDDEN.portions[portion]], claims, slots, most)

    def read(self, function, *args):
        """Ask the market."""
        return self.chain.read(MARKET, self.trainer, function, *args)

    def state(self):
        """Return the state without block numbers."""
        if self.trainer is None:
            return ()
        phase, committed_at, _, *others = self.read("course")
        people = (self.alice, self.bob, self.wallet.address)
        return (*super().state(), phase, committed_at, *others, *(self.read("owed", person) for person in people))

    def _write(self, name, gas, outcome):
        told = tuple((event, _without_blocks(args)) for event, args in outcome)
        super()._write(name, None if name in FREE_TO_DIFFER else gas, told)


def _without_blocks(args):
    return {key: value for key, value in args.items() if key != "target"}


def _mix_hash(chain, number):
    told = chain.request("eth_getBlockByNumber", [hex(number), False])["mixHash"]
    return bytes(told) if isinstance(told, bytes) else bytes.fromhex(told.removeprefix("0x"))


def story_of(chain, new_wallet, draws):
    story = MarketStory(chain, new_wallet, draws)
    chain.travel(BEGINNING - chain.now())
    settled(story)
    failed(story)
    forfeited(story)
    in_turns(story)
    return story


def create(story, name, salt, incentive=INCENTIVE):
    packed = Settings(incentive, binary.settings(len(PARAMETERS) - 2), "Market", ("no", "yes")).packed()
    return story.create(name, packed, PARAMETERS, salt=salt)


def settled(story):
    creator, alice, bob, wallet = story.creator, story.alice, story.bob, story.wallet
    create(story, "create", 0)
    story.refuse("NotCreator", "commit", HIDDEN.hashes, sender=alice, value=BOUNTY)
    story.refuse("WrongCount", "commit", HIDDEN.hashes[1:], sender=creator, value=BOUNTY)
    story.refuse("WrongBounty", "commit", HIDDEN.hashes, sender=creator, value=BOUNTY + 1)
    story.refuse("WrongPhase", "contribute", b"\0\1", 1, 0, sender=alice, value=STAKE)
    drawn = story.open(HIDDEN)
    hidden = [portion for portion in range(3) if portion != drawn]
    story.refuse("WrongHashes", "reveal", HIDDEN.hashes[1:], drawn, HIDDEN.portions[drawn], sender=creator)
    story.refuse("WrongPortion", "reveal", HIDDEN.hashes, hidden[0], HIDDEN.portions[hidden[0]], sender=creator)
    story.send("open", "reveal", HIDDEN.hashes, drawn, HIDDEN.portions[drawn], sender=creator)
    story.refuse("WrongStake", "contribute", b"\0\1", 1, 0, sender=alice, value=STAKE - 1)
    story.refuse("TooLarge", "contribute", pack_sparse([1, 2, 3, 4]), 1, 0, sender=alice, value=STAKE)
    long = codec(MARKET).call("contribute", pack_sparse([1]), 1, 0).ljust(32_769, b"\0")
    story._refuse_sending("TooLong", story.trainer, long, alice, value=STAKE)
    story.contribute("contribute", [[0, 9, 10]], [1], sender=alice)
    story.contribute("contribute a batch", [[1, 8, 9], [2, 10], [3], [11, 12]], [0, 1, 0, 1], sender=bob)
    story.contribute("a contract contributes", [[4, 13, 14]], [1], sender=wallet)
    two = pack_batch([b"\0\1", b"\0\2"], [1, 0])
    story.refuse("MarketFull", "contributeBatch", two, 0, sender=alice, value=story.price_of(2))
    story.wait_until(2 * DAY)
    first, second = hidden
    story.send("reveal", "reveal", HIDDEN.hashes, second, HIDDEN.portions[second], sender=creator)
    story.refuse("AlreadyRevealed", "reveal", HIDDEN.hashes, second, HIDDEN.portions[second], sender=creator)
    story.send("reveal the last", "reveal", HIDDEN.hashes, first, HIDDEN.portions[first], sender=creator)
    evaluated(story, first, second)
    paid(story)


def evaluated(story, first, second):
    start = binary.perceptron(PARAMETERS)
    one, batch, last = story.entries
    call = story.call(start, first, [one, batch], 3)
    story.refuse("WrongParameters", "evaluate", (b"", *call[1:]), sender=story.alice)
    story.refuse("OutOfTurn", "evaluate", story.call(start, first, [batch], 3), sender=story.alice)
    story.refuse("UnknownContribution", "evaluate", (*call[:4], [1, 3], 3), sender=story.alice)
    story.send("evaluate", "evaluate", call, sender=story.alice)
    model = deepcopy(start)
    for sample, label in one.samples() + batch.samples()[:2]:
        model.learn(sample, label)
    story.send("evaluate the rest of a batch", "evaluate", story.call(model, first, [batch, last], 9), sender=story.bob)
    every = story.call(start, second, story.entries, 9)
    story.send("evaluate the other portion", "evaluate", every, sender=story.carol)


def paid(story):
    wallet, alice, bob = story.wallet, story.alice, story.bob
    again = (story.trainer, 0, codec(MARKET).call("collect", wallet.address))
    wallet.answer_payments(with_call=again)
    story.refuse("ETHTransferFailed", "collect", wallet.address, sender=alice)
    wallet.answer_payments(refuse=True)
    story.refuse("ETHTransferFailed", "collect", wallet.address, sender=alice)
    wallet.answer_payments()
    for name, person in (("collect", alice), ("collect for another", bob), ("a contract is paid", wallet.address)):
        if story.read("owed", person):
            story.send(name, "collect", person, sender=alice)
    story.refuse("NothingOwed", "collect", alice, sender=alice)
    story.send("withdraw", "withdraw", sender=story.carol)
    story.send("burn the fees", "forfeit", sender=story.carol)
    assert story.chain.balance(story.trainer) == 0


def failed(story):
    create(story, "create another", 1)
    drawn = story.open(HIDDEN)
    story.send("open again", "reveal", HIDDEN.hashes, drawn, HIDDEN.portions[drawn], sender=story.creator)
    story.contribute("contribute to it", [[0, 9, 10]], [1], sender=story.alice)
    story.contribute("contribute several to it", [[1], [2]], [0, 1], sender=story.bob)
    story.wait_until(6 * DAY)
    for number, entry in enumerate(story.entries):
        story.claim(f"reclaim {number}", "reclaim", entry, sender=story.carol)
        story.refuse_claim("NothingLeft", "reclaim", entry, sender=story.carol)
    story.send("burn the bounty and the fees", "forfeit", sender=story.creator)
    assert story.chain.balance(story.trainer) == 0


def forfeited(story):
    create(story, "create a third", 2)
    drawn = story.open(MALFORMED)
    story.refuse("MalformedPortion", "reveal", MALFORMED.hashes, drawn, MALFORMED.portions[drawn], sender=story.creator)
    story.wait_until(7 * DAY)
    story.send("forfeit", "forfeit", sender=story.dave)
    assert story.chain.balance(story.trainer) == 0


def in_turns(story):
    create(story, "create one with turns", 3, replace(INCENTIVE, turn_samples=2))
    drawn = story.open(HIDDEN)
    story.send("open the one with turns", "reveal", HIDDEN.hashes, drawn, HIDDEN.portions[drawn], sender=story.creator)
    story.refuse("TurnTooSmall", "contribute", b"\0\1", 1, 0, sender=story.alice, value=STAKE)
    story.contribute("contribute a turn", [[1], [2]], [0, 1], sender=story.bob)


@pytest.fixture(scope="module")
def stories(anvil, new_wallet):
    """Return the story of each backend, by its name."""
    with chains((MARKET,)) as found:
        told = {"py-evm": story_of(found["py-evm"], new_wallet, ())}
        for name in OTHER_BACKENDS:
            told[name] = story_of(found[name], new_wallet, told["py-evm"].drawn)
        yield told


@pytest.mark.parametrize("backend", OTHER_BACKENDS)
def test_every_step_of_a_market_gives_the_same_state_events_and_gas_as_on_py_evm(stories, backend):
    steps, others = stories[backend].steps, stories["py-evm"].steps

    assert [step.name for step in steps] == [step.name for step in others]
    for step, other in zip(steps, others, strict=True):
        assert step == other


def test_the_story_meets_every_error_and_event_of_a_market(stories):
    told = {name for step in stories["py-evm"].steps for name, *_ in step.outcome}
    events_and_errors = OWN_EVENTS | {error.name for error in codec("IPredictionMarket").errors.values()}

    assert events_and_errors - told == set()
