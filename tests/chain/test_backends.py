"""Play one story on py-evm and on anvil, under Prague's and the newest rules: equal state, events and gas."""

from __future__ import annotations

from dataclasses import replace

import pytest

import dcai
from dcai import artifacts
from dcai.chain.codec import codec
from dcai.chain.execution import TRANSACTION_GAS_LIMIT
from dcai.encoders import TextEncoder, pack_spec
from dcai.incentives.deposit_refund_take.log import DepositEntry
from dcai.incentives.gamified.log import GamifiedEntry
from dcai.samples import pack_batch, pack_sparse
from dcai.trainer.settings import Settings
from tests.support import binary
from tests.support.story import BEGINNING, OTHER_BACKENDS, Story, chains

TRAINER = "SparsePerceptronDRT"
VECTORS = "NearestCentroidDRT"
WORDS = "SparseMulticlassPerceptronDRT"
GAMIFIED = "SparsePerceptronGamified"
DAY, HOUR = 86_400, 3_600
PARAMETERS = bytes(2) + 20 * b"\x01" + 20 * b"\xff"
"""A bias of 0, twenty weights of 1, twenty of -1."""

UNREACHABLE = {
    "Create2EmptyBytecode": "a clone's code is never empty",
    "FailedCall": "a call of a multicall says why it fails",
    "InsufficientBalance": "a trainer pays out no more than it holds, and the factory sends no money",
    "ReentrancyGuardReentrantCall": "only recipients of payments meet it, whose reasons are dropped",
}


class DepositStory(Story):
    """A story of deposits."""

    def contribute(self, name, indices, label, *, sender, slot=0, value=None, gas=None):
        sample = pack_sparse(indices)
        value = value or self.price()
        events = self.send(name, "contribute", sample, label, slot, sender=sender, value=value, gas=gas)
        return DepositEntry.of(events[0][1], None)

    def price(self, count=1, size=1):
        _, _, last = self.chain.read(TRAINER, self.trainer, "progress")
        return self.chain.read(TRAINER, self.trainer, "price", count, size, last + 1) // count * count


def settings(settle_after="1 hour", **terms):
    incentive = dcai.DepositRefundTake(
        settle_after=settle_after, creator_take_after="3 days", take_after="4 days", **terms
    )
    return Settings(incentive, binary.settings(len(PARAMETERS) - 2), "Story", ("no", "yes")).packed()


def story_of(chain, new_wallet):
    story = DepositStory(chain, new_wallet)
    chain.travel(BEGINNING - chain.now())
    deployed(story)
    entries = contributed(story)
    refunded(story, *entries)
    robbed(story, *entries)
    paid_a_wallet(story)
    shared_a_little(story)
    learnt_vectors(story)
    learnt_words_of_many_classes(story)
    earned_points(story)
    return story.steps


def deployed(story):
    creator, alice = story.creator, story.alice
    parameters, good = PARAMETERS, settings()
    for field, wrong in (
        (slice(0, 2), bytes(2)),  # the size unit
        (slice(2, 3), b"\3"),  # classes
        (slice(3, 5), bytes(2)),  # features
        (slice(5, 6), b"\1"),  # most classes
        (slice(20, 28), bytes(8)),  # the minimum
        (slice(28, 32), bytes(4)),  # when authors are refunded
        (slice(36, 40), bytes(4)),  # when the creator may take
        (slice(40, 44), bytes(4)),  # when anybody may
    ):
        story.refuse_creation("BadSetting", good[: field.start] + wrong + good[field.stop :], parameters)
    story.refuse_creation("ShortSettings", good[:43], parameters)
    story.refuse_creation("BadChunk", good, parameters[:17])
    story.refuse_creation("CloneArgumentsTooLong", good + bytes(25_000), parameters)
    nothing = ("TrainerFactory", story.factory, "create", alice, good, bytes(32), parameters[:16])
    story._refuse("AddressEmptyCode", *nothing, sender=creator)
    story.create("create", good, parameters[:16])
    story.refuse("NotInitialized", "contribute", b"\0\0", 1, 0, sender=alice, value=10**18)
    story.refuse("NotInitialized", "contributeBatch", pack_batch([b"\0\0"], [1]), 0, sender=alice, value=10**18)
    story.refuse("NotCreator", "initialize", parameters[16:], sender=alice)
    story.refuse("BadChunk", "initialize", parameters[16:] + b"\0", sender=creator)
    story.refuse("BadChunk", "initialize", b"", sender=creator)
    story.send("second chunk", "initialize", parameters[16:], sender=creator)
    story.refuse("AlreadyInitialized", "initialize", parameters[16:], sender=creator)
    story.refuse_creation("FailedDeployment", good, parameters[:16])

    words = [f"word{i:02}" for i in range(40)]
    spec = pack_spec({"encoder": TextEncoder(vocabulary_size=40).fit([" ".join(words)]).spec()})
    story.refuse("NotCreator", "publish", spec, True, sender=alice)
    story.send("publish", "publish", spec[:50], False, sender=creator)
    story.send("publish the rest", "publish", spec[50:], True, sender=creator)
    story.refuse("AlreadyPublished", "publish", spec, True, sender=creator)
    trainer = dcai.attach(story.chain, story.trainer)
    assert trainer.predict("word03 word04 word20") == "yes"


def contributed(story):
    alice, bob, carol, mallory = story.alice, story.bob, story.carol, story.mallory
    for error, sample, label, value in (
        ("Underpaid", b"\0\1", 1, 1),
        ("Underpaid", b"\0\1", 1, 0),
        ("UnknownLabel", b"\0\1", 2, 10**18),
        ("UnknownLabel", b"\0\1", 256, 10**18),
        ("EmptySample", b"", 1, 10**18),
        ("OddLength", b"\0\1\2", 1, 10**18),
        ("NotIncreasing", b"\0\2\0\1", 1, 10**18),
        ("NotIncreasing", b"\0\1\0\1", 1, 10**18),
        ("IndexTooLarge", b"\0\1\0\x28", 1, 10**18),
    ):
        story.refuse(error, "contribute", sample, label, 0, sender=alice, value=value)
    long = codec(TRAINER).call("contributeBatch", pack_batch([b"\0\1"], [1]), 0).ljust(130_049, b"\0")
    story._refuse_sending("TooLong", story.trainer, long, alice, value=10**18)
    good = story.contribute("contribute, model agrees", [0, 1, 2], 1, sender=alice)
    also_good = story.contribute("contribute at the last index", [10, 39], 0, sender=bob)
    bad = story.contribute("contribute bad data", [3, 4, 5], 0, sender=mallory)
    right = story.contribute("contribute, model disagrees", [3, 4, 5], 1, sender=carol)

    batch = pack_batch([pack_sparse(one) for one in ([0, 6], [20, 21], [7, 8], [7, 8])], [1, 0, 0, 1])
    price = story.price(4, 400)
    story.refuse("BadBatch", "contributeBatch", batch[:-1], 0, sender=alice, value=price)
    story.refuse("BadBatch", "contributeBatch", batch + b"\0", 0, sender=alice, value=price)
    story.refuse("BadBatch", "contributeBatch", b"", 0, sender=alice, value=price)
    story.refuse("BadDeposit", "contributeBatch", batch, 0, sender=alice, value=price + 1)
    story.refuse("Underpaid", "contributeBatch", batch, 0, sender=alice, value=4)
    events = story.send("contribute a batch", "contributeBatch", batch, 0, sender=alice, value=price)
    return good, also_good, bad, right, DepositEntry.of(events[0][1], None)


def refunded(story, good, also_good, bad, right, batch):
    alice, bob, carol, mallory = story.alice, story.bob, story.carol, story.mallory
    story.refuse_claim("TooEarly", "refund", good, sender=alice)
    story.refuse_claim("TooEarly", "refundBatch", batch, 15, sender=alice)
    story.wait_until(DAY + HOUR)
    story.refuse_claim("NotAuthor", "refund", good, sender=bob)
    story.refuse("UnknownContribution", "refund", good.claim(), good.slot + 1, sender=alice)
    story.claim("refund", "refund", good, sender=alice)
    story.refuse_claim("NothingLeft", "refund", good, sender=alice)
    story.refuse_claim("NothingGood", "report", bad, sender=bob)
    story.claim("refund another", "refund", also_good, sender=bob)
    story.claim("refund the one that corrected", "refund", right, sender=carol)
    story.refuse_claim("ModelDisagrees", "refund", bad, sender=mallory)

    story.refuse_claim("IsBatch", "refund", batch, sender=alice)
    story.refuse_claim("IsBatch", "report", batch, sender=bob)
    story.refuse_claim("IsBatch", "take", batch, sender=bob)
    story.refuse_claim("IsNoBatch", "refundBatch", bad, 1, sender=mallory)
    story.claim("refund two of a batch", "refundBatch", batch, 0b0011, sender=alice)
    story.refuse_claim("NoneRefundable", "refundBatch", batch, 0b0111, sender=alice)
    story.contribute("reuse a finished slot", [20], 0, sender=bob, slot=good.slot)
    story.refuse_claim("UnknownContribution", "refund", good, sender=alice)
    story.contribute("a slot in use is left alone", [21], 0, sender=bob, slot=good.slot)

    before = story.steps[-1].state
    snapshot = story.chain.snapshot()
    story.contribute("before going back", [30], 1, sender=carol)
    story.chain.revert(snapshot)
    story.slots.pop()
    assert story.state() == before
    story.contribute("after going back", [30], 1, sender=carol)


def robbed(story, good, also_good, bad, right, batch):
    creator, alice, bob, carol, dave = story.creator, story.alice, story.bob, story.carol, story.dave
    story.refuse_claim("NothingGood", "split", batch, 0b0100, sender=dave)
    story.refuse_claim("NoneToSplit", "split", batch, 0b1111, sender=bob)
    story.refuse_claim("NothingGood", "reportBatch", batch, 0b0100, sender=dave)
    story.refuse_claim("OwnContribution", "reportBatch", batch, 0b0100, sender=alice)
    story.refuse_claim("NoneToReport", "reportBatch", batch, 0b1010, sender=bob)
    story.claim("report a sample of a batch", "reportBatch", batch, 0b1111, sender=bob)
    story.claim("report", "report", bad, sender=alice)
    story.claim("report by another", "report", bad, sender=bob)
    story.refuse_claim("AlreadyReported", "report", bad, sender=bob)
    story.refuse_claim("NotReported", "take", bad, sender=carol)
    story.refuse_claim("TooEarly", "take", bad, sender=alice)
    story.wait_until(DAY + 3 * HOUR)
    story.claim("take a share", "take", bad, sender=alice)
    story.refuse_claim("AlreadyTaken", "take", bad, sender=alice)
    ((_, part),) = story.claim("split a batch", "split", batch, 0b1111, sender=bob)
    sample, label = batch.samples()[2]
    of_batch = (part["id"], batch.author, batch.time, batch.deposit_wei // 4, label, sample), part["slot"]
    story.refuse_claim("NoneToSplit", "split", batch, 0b0100, sender=alice)
    story.refuse("OwnContribution", "report", *of_batch, sender=alice)
    story.refuse("AlreadyReported", "report", *of_batch, sender=bob)
    story.send("take a share of a sample of a batch", "take", *of_batch, sender=bob)

    story.refuse_claim("NothingGood", "take", bad, sender=creator)
    story.wait_until(3 * DAY + HOUR)
    story.refuse_claim("NothingGood", "take", bad, sender=dave)
    story.claim("creator takes what is left", "take", bad, sender=creator)
    story.refuse_claim("NothingLeft", "take", bad, sender=dave)
    story.wait_until(4 * DAY + HOUR)
    story.send("anybody takes what is left of a sample", "take", *of_batch, sender=dave)
    story.claim("anybody takes what is left of a batch", "take", batch, sender=dave)


def paid_a_wallet(story):
    """Pay contracts too, unless they refuse the money, and none of them twice."""
    wallet = story.wallet
    (_, args), *_ = story.through_wallet("a contract contributes", "contribute", b"\0\0", 1, 0, value=10**18)
    entry = DepositEntry.of(args, None)
    story.wait_until(6 * DAY)
    again = (story.trainer, 0, codec(TRAINER).call("refund", entry.claim(), entry.slot))
    wallet.answer_payments(with_call=again)
    story.refuse_wallet("ETHTransferFailed", "refund", entry.claim(), entry.slot)
    wallet.answer_payments(refuse=True)
    story.refuse_wallet("ETHTransferFailed", "refund", entry.claim(), entry.slot)
    wallet.answer_payments()
    story.through_wallet("a contract is refunded", "refund", entry.claim(), entry.slot)


def shared_a_little(story):
    alice, bob, carol, mallory = story.alice, story.bob, story.carol, story.mallory
    thrifty = settings(weight_wei=0, minimum_wei=1, settle_after=0)
    story.create("create with all parameters at once", thrifty, PARAMETERS)
    one = story.contribute("for a wei", [0], 1, sender=alice, value=1)
    other = story.contribute("for another wei", [1], 1, sender=bob, value=1)
    cheap = story.contribute("bad data for a wei", [2, 3], 0, sender=mallory, value=1)
    dear = story.contribute("bad data for three", [2, 3, 4], 0, sender=mallory, value=3)
    story.contribute("the correction", [2, 3], 1, sender=carol, value=1)
    story.contribute("the other correction", [2, 3, 4], 1, sender=carol, value=1)
    story.wait_until(8 * DAY)
    story.claim("refund a wei", "refund", one, sender=alice)
    story.refuse_claim("ModelAgrees", "report", other, sender=alice)
    story.refuse_claim("ModelAgrees", "take", other, sender=alice)
    story.claim("refund the other wei", "refund", other, sender=bob)
    story.refuse_claim("ShareIsZero", "take", cheap, sender=alice)
    story.claim("take a share at once", "take", dear, sender=alice)
    story.claim("take another", "take", dear, sender=bob)


def learnt_vectors(story):
    creator, alice = story.creator, story.alice
    vector = bytes([127, 0, 0])
    model = bytes([2]) + (3).to_bytes(2, "big") + bytes([3]) + bytes(6)
    given = Settings(dcai.DepositRefundTake(), model, "Vectors", ("no", "yes")).packed()
    nothing = bytes(3 * 8 + 3 * 9)
    story.refuse_creation("NoSuchClassYet", given, nothing[:-1] + b"\1", contract=VECTORS)
    story.create("create two centroids", given, nothing, contract=VECTORS)
    story.send("a vector", "contribute", vector, 0, 0, sender=alice, value=story.price())
    story.refuse("WrongLength", "contribute", vector + b"\0", 0, 0, sender=alice, value=10**18)
    story.refuse("NotUnitNorm", "contribute", bytes([127, 127, 0]), 0, 0, sender=alice, value=10**18)
    story.refuse("NotCreator", "addClass", "maybe", sender=alice)
    for name in ("", "two\nlines", 65 * "x"):
        story.refuse("BadName", "addClass", name, sender=creator)
    story.send("a third class", "addClass", "maybe", sender=creator)
    story.refuse("TooManyClasses", "addClass", "never", sender=creator)
    story.send("a vector of the third class", "contribute", vector, 2, 0, sender=alice, value=story.price())


def learnt_words_of_many_classes(story):
    classes, features = 250, 129
    model = bytes([classes]) + features.to_bytes(2, "big") + bytes([classes]) + bytes(6)
    names = tuple(str(number) for number in range(classes))
    given = Settings(dcai.DepositRefundTake(), model, "Words", names).packed()
    story.create("create many perceptrons", given, bytes(2 * classes + classes * features), contract=WORDS)
    # an estimate of py-evm's runs it half a dozen times, of seconds each
    most = {"value": 10**16, "gas": TRANSACTION_GAS_LIMIT}
    story.contribute("as many words as a sample may have", range(27), 249, sender=story.alice, **most)
    more = pack_sparse(range(28))
    story.refuse("TooManyFeatures", "contribute", more, 0, 0, sender=story.alice, value=10**18)


def points(**rules):
    incentive = dcai.Gamified(
        settle_after="1 hour", report_within="1 day", expire_after="5 days", reporter_good=1, size_unit=3, **rules
    )
    return Settings(incentive, binary.settings(len(PARAMETERS) - 2), "Story", ("no", "yes")).packed()


def earned_points(story):
    alice, bob, carol, mallory = story.alice, story.bob, story.carol, story.mallory
    good = points()
    for field, wrong in (
        (slice(0, 2), bytes(2)),  # the size unit
        (slice(12, 16), bytes(4)),  # when it can be validated
        (slice(16, 20), bytes(4)),  # until when
        (slice(24, 28), bytes(4)),  # how long it can be reported
        (slice(28, 30), bytes(2)),  # the base
        (slice(30, 32), bytes(2)),  # the milestone
        (slice(36, 38), b"\xff\xff"),  # points for a report
        (slice(38, 40), bytes(2)),  # the memory
        (slice(42, 43), bytes(1)),  # the cap of a streak
        (slice(43, 44), bytes(1)),  # what a reporter needs
    ):
        story.refuse_creation(
            "BadSetting", good[: field.start] + wrong + good[field.stop :], PARAMETERS, contract=GAMIFIED
        )
    story.create("create with points", good, PARAMETERS, contract=GAMIFIED)
    story.contract = GAMIFIED
    story.refuse("NoMoney", "contribute", b"\0\1", 1, 0, sender=alice, value=1)
    story.refuse("TooLarge", "contribute", pack_sparse([1, 2, 3, 4]), 1, 0, sender=alice)

    def contribute(name, indices, label, sender):
        events = story.send(name, "contribute", pack_sparse(indices), label, 0, sender=sender)
        return GamifiedEntry.of(events[0][1], dcai.Gamified())

    mine = contribute("contribute for points", [0, 1], 1, alice)
    copy = contribute("contribute a copy", [0, 1], 1, bob)
    bad = contribute("contribute bad data for points", [30], 0, mallory)
    late = contribute("contribute and forget", [2], 1, carol)
    batch = pack_batch([pack_sparse(one) for one in ([5], [6], [31], [31])], [1, 1, 1, 0])
    events = story.send("contribute a batch for points", "contributeBatch", batch, 0, sender=bob)
    batch = GamifiedEntry.of(events[0][1], dcai.Gamified())
    story.refuse_claim("TooEarly", "validate", mine, sender=alice)
    story.wait_until(story.since() + DAY)
    story.refuse_claim("NotAuthor", "validate", mine, sender=bob)
    story.refuse("UnknownContribution", "validate", mine.claim(), mine.slot + 1, sender=alice)
    story.refuse_claim("IsBatch", "validate", batch, sender=bob)
    story.refuse_claim("IsNoBatch", "validateBatch", copy, 1, sender=bob)
    story.refuse_claim("BadPositions", "validateBatch", batch, 0b11011, sender=bob)
    story.refuse_claim("ModelDisagrees", "validateBatch", batch, 0b0111, sender=bob)
    story.claim("validate", "validate", mine, sender=alice)
    story.refuse_claim("AlreadyValidated", "validate", mine, sender=alice)
    story.claim("validate a copy", "validate", copy, sender=bob)
    story.refuse_claim("NothingLeft", "validate", copy, sender=bob)
    story.claim("validate a part of a batch", "validateBatch", batch, 0b011, sender=bob)
    story.claim("validate bad data", "validate", bad, sender=mallory)
    story.refuse_claim("NotValidated", "report", late, sender=alice)
    story.refuse_claim("NotEnoughGood", "report", bad, sender=carol)
    story.refuse_claim("OwnContribution", "report", bad, sender=mallory)
    story.refuse_claim("ModelAgrees", "report", bad, sender=alice)
    story.refuse_claim("MostlyAgreed", "report", batch, sender=alice)
    for label in (1, 1):
        contribute("correct bad data", [30], label, carol)
    story.claim("report bad data", "report", bad, sender=alice)
    story.refuse_claim("TooEarly", "report", bad, sender=alice)
    story.refuse_claim("MostlyDisagreed", "defend", bad, sender=mallory)
    for _ in range(3):
        contribute("turn the model", [5], 0, mallory)
        contribute("turn the model", [6], 0, mallory)
    story.claim("report good data", "report", batch, sender=alice)
    for _ in range(3):
        contribute("turn the model back", [5], 1, bob)
        contribute("turn the model back", [6], 1, bob)
    story.claim("defend good data", "defend", batch, sender=bob)
    story.refuse_claim("NothingToDefend", "defend", batch, sender=bob)
    for _ in range(2):
        contribute("correct bad data again", [30], 1, carol)
    story.wait_until(story.since() + HOUR)
    story.claim("take the points of bad data", "report", bad, sender=alice)
    story.refuse("NotTransferable", "safeTransferFrom", alice, bob, 1, 1, b"", sender=alice)
    story.refuse("UnknownBadge", "uri", 9, sender=alice)
    story.refuse("LengthsDiffer", "balanceOfBatch", [alice, bob], [1], sender=alice)
    story.wait_until(story.since() + 5 * DAY)
    story.refuse_claim("TooLate", "validate", late, sender=carol)
    assert story.chain.balance(story.trainer) == 0
    trainer = dcai.attach(story.chain, story.trainer)
    assert trainer.audit().ok
    assert "guardian" in trainer.badges(alice)


@pytest.fixture(scope="module")
def stories(anvil, new_wallet):
    """Return the steps of each backend's story, by its name."""
    with chains((TRAINER, VECTORS, WORDS, GAMIFIED)) as found:
        yield {name: story_of(chain, new_wallet) for name, chain in found.items()}


@pytest.mark.parametrize("backend", OTHER_BACKENDS)
def test_every_step_gives_the_same_state_events_and_gas_as_on_py_evm(stories, backend):
    assert [step.name for step in stories[backend]] == [step.name for step in stories["py-evm"]]
    for step, other in zip(stories[backend], stories["py-evm"], strict=True):
        assert step == other


def test_the_story_meets_every_error_that_can_be_met(stories, own_errors):
    met = {outcome[0][0] for step in stories["py-evm"] if (outcome := step.outcome)}

    assert met & own_errors == own_errors - UNREACHABLE.keys()


def test_the_story_shows_every_event(stories):
    shown = {name for step in stories["py-evm"] for name, _ in step.outcome}
    abis = [artifacts.load(contract)["abi"] for contract in (TRAINER, GAMIFIED, "TrainerFactory")]

    told = {item["name"] for abi in abis for item in abi if item["type"] == "event"}
    assert told - shown == {"ApprovalForAll", "TransferBatch", "URI"}  # which ERC-1155 has, and nobody here needs


def test_a_step_costs_the_same_before_and_after_going_back_to_a_snapshot(stories):
    steps = {step.name: step for step in stories["py-evm"]}

    assert steps["after going back"] == replace(steps["before going back"], name="after going back")
