"""The phases of a prediction market: what each accepts and refuses, and from whom."""

from __future__ import annotations

import pytest

import dcai
from dcai import errors
from dcai.chain.header import header
from dcai.incentives.prediction_market.course import Phase
from dcai.incentives.prediction_market.errors import (
    AlreadyRevealed,
    MalformedPortion,
    MarketFull,
    OutOfTurn,
    WrongBounty,
    WrongCount,
    WrongHashes,
    WrongHeader,
    WrongParameters,
    WrongPhase,
    WrongPortion,
    WrongStake,
)
from dcai.incentives.prediction_market.test_set import HiddenTestSet, unpack_portion
from dcai.samples import pack_batch, pack_sparse
from tests.support.market_stage import ALLOWED, EVALUATE, OPEN, PARTICIPATE, REVEAL, ROUNDS, Stage


def portion_of(samples, labels):
    return bytes(32) + pack_batch(samples, labels)[1:]


# Phases


@pytest.mark.parametrize("phase", list(Phase), ids=lambda phase: phase.name)
def test_each_phase_takes_its_calls_and_refuses_all_others(stage, chain, refused, phase):
    market = stage(phase)
    calls = market.calls()
    assert calls.keys() == ALLOWED.keys()

    for function, (sender, args, value) in calls.items():
        if phase not in ALLOWED[function]:
            with refused(WrongPhase, phase.told) as caught:
                market.send(function, *args, sender=sender, value=value)
            assert caught.value.phase == phase, function
    for function, (sender, args, value) in calls.items():
        if phase in ALLOWED[function]:
            market.send(function, *args, sender=sender, value=value)


@pytest.mark.parametrize(
    ("phase", "length", "before", "after"),
    [
        (Phase.OPENING, OPEN, "reveal", "forfeit"),
        (Phase.DRAWING, OPEN, "draw", "forfeit"),
        (Phase.PARTICIPATION, PARTICIPATE, "contribute", "reveal"),
        (Phase.REVEAL, PARTICIPATE + REVEAL, "reveal", "reclaim"),
        (Phase.EVALUATION, EVALUATE, "evaluate", "reclaim"),
    ],
    ids=lambda one: getattr(one, "name", None),
)
def test_a_phase_ends_at_the_exact_second(stage, chain, at, phase, length, before, after):
    for function, early, works in ((before, 1, True), (after, 1, False), (before, 0, False), (after, 0, True)):
        market = stage(phase)
        sender, args, value = market.calls()[function]
        course = market.market.course()
        begin = {
            Phase.EVALUATION: course.moved_at,
            Phase.REVEAL: course.opened_at,
            Phase.PARTICIPATION: course.opened_at,
        }
        end = begin.get(phase, course.committed_at) + length
        assert market.market.deadline() == end

        at(end - early)

        if works:
            receipt = market.send(function, *args, sender=sender, value=value)
        else:
            # with the gas given it is sent, and refused in a block of this second
            with pytest.raises(errors.TransactionFailed) as caught:
                market.market.send(market.market.contract.call(function, *args, value=value, gas=3_000_000), sender)
            assert isinstance(caught.value.__cause__, WrongPhase)
            receipt = caught.value.receipt
        assert chain.time_of(receipt.block_number) == end - early


# Commitment and draw


def test_the_creator_commits_to_as_many_hashes_as_portions_for_a_multiple_of_the_stake(stage, refused):
    market = stage(Phase.PREPARED)
    hashes, bounty = market.hidden.hashes, ROUNDS * market.stake

    with refused(errors.NotCreator, market.provider, market.alice):
        market.send("commit", hashes, sender=market.alice, value=bounty)
    for wrong in ([], hashes[1:], [*hashes, hashes[0]]):
        with refused(WrongCount, 3, len(wrong)):
            market.send("commit", wrong, value=bounty)
    for wrong in (0, 1, market.stake - 1, bounty + 1):
        with refused(WrongBounty, market.stake, wrong):
            market.send("commit", hashes, value=wrong)
    market.send("commit", hashes, value=bounty)
    assert market.market.course().rounds == ROUNDS


def test_a_bounty_has_less_than_2_40_stakes(chain, refused):
    market = Stage(chain, portions=2, portion_size=1)
    chain.request("anvil_setBalance", [market.provider, hex(2**90)])

    with refused(WrongBounty, 2**40 * market.stake):
        market.send("commit", market.hidden.hashes, value=2**40 * market.stake)
    market.send("commit", market.hidden.hashes, value=(2**40 - 1) * market.stake)

    assert market.market.course().rounds == 2**40 - 1


def test_the_draw_is_from_the_header_of_the_target_block_and_no_other(stage, chain, refused):
    market = stage(Phase.DRAWING)
    target = market.market.course().target

    assert chain.block_number() < target
    with refused(WrongHeader, target):
        market.send("draw", header(chain, target - 2))
    chain.reach(target + 1)
    good = header(chain, target)
    for wrong in (
        b"",
        good[:-1],
        good + b"\0",
        good[:100] + bytes([good[100] ^ 1]) + good[101:],
        header(chain, target - 1),
    ):
        with refused(WrongHeader, target):
            market.send("draw", wrong, sender=market.carol)
    market.send("draw", good, sender=market.carol)

    block = chain.request("eth_getBlockByNumber", [hex(target), False])
    random = block["mixHash"] if isinstance(block["mixHash"], bytes) else bytes.fromhex(block["mixHash"][2:])
    assert market.market.course().drawn == int.from_bytes(random, "big") % 3


def test_a_draw_that_comes_too_late_is_refused_and_the_bounty_is_forfeited(stage, chain, refused):
    if chain.backend != "anvil":
        pytest.skip("mining thousands of blocks needs anvil")
    market = stage(Phase.DRAWING, open_within="30 days")
    target = market.market.course().target
    chain.reach(target)
    good = header(chain, target)
    chain.request("anvil_mine", [hex(9_000)])

    with refused(WrongHeader, target):
        market.send("draw", good)
    chain.travel("30 days")
    market.market.forfeit()

    assert chain.balance(market.market.address) == 0


# Opening and revealing


def test_what_opens_is_the_portion_that_was_drawn_as_it_was_committed(stage, refused):
    market = stage(Phase.OPENING)
    hashes, portions = market.hidden.hashes, market.hidden.portions
    drawn = market.market.course().drawn
    other = (drawn + 1) % 3

    with refused(WrongPortion, other):
        market.reveal(other)
    for content in (b"", portions[other], portions[drawn][:-1], b"\1" + portions[drawn][1:]):
        with refused(WrongPortion, drawn):
            market.reveal(drawn, content)
    with refused(WrongPortion, 3):
        market.send("reveal", hashes, 3, portions[drawn])
    for wrong in (hashes[:-1], [], hashes[::-1], [*hashes, hashes[0]]):
        with refused(WrongHashes):
            market.send("reveal", wrong, drawn, portions[drawn])
    market.send("reveal", hashes, drawn, portions[drawn], sender=market.carol)


def test_the_others_are_revealed_once_each_in_any_order(stage, refused):
    market = stage(Phase.REVEAL)
    first, second = market.unknown()

    market.reveal(second)
    for known in (second, market.market.course().drawn):
        with refused(AlreadyRevealed, known):
            market.reveal(known)
    with refused(WrongPortion, first):
        market.reveal(first, market.hidden.portions[second])
    assert market.market.course().phase == Phase.REVEAL
    market.reveal(first)

    assert market.market.course().phase == Phase.EVALUATION


GOOD = pack_sparse([0, 3])
MALFORMED = {
    "nothing": (MalformedPortion, b""),
    "half a salt": (MalformedPortion, bytes(31)),
    "no sample": (MalformedPortion, bytes(32)),
    "a sample too few": (MalformedPortion, portion_of([GOOD], [1])),
    "a sample too many": (MalformedPortion, portion_of([GOOD] * 3, [1, 0, 1])),
    "a byte too few": (errors.BadBatch, portion_of([GOOD] * 2, [1, 0])[:-1]),
    "a byte too many": (errors.BadBatch, portion_of([GOOD] * 2, [1, 0]) + b"\0"),
    "a label that isn't there": (errors.UnknownLabel, portion_of([GOOD] * 2, [1, 2])),
    "an empty sample": (errors.EmptySample, portion_of([GOOD, b""], [1, 1])),
    "half a feature": (errors.OddLength, portion_of([GOOD, b"\0\1\2"], [1, 1])),
    "a feature that isn't there": (errors.IndexTooLarge, portion_of([GOOD, pack_sparse([12])], [1, 1])),
    "features that fall": (errors.NotIncreasing, portion_of([GOOD, b"\0\2\0\1"], [1, 1])),
}


@pytest.mark.parametrize("what", MALFORMED)
@pytest.mark.parametrize("phase", [Phase.OPENING, Phase.REVEAL], ids=lambda phase: phase.name)
def test_a_portion_that_is_malformed_is_refused_though_it_was_committed(chain, refused, phase, what):
    error, content = MALFORMED[what]
    opens, drawn = phase == Phase.OPENING, None
    while drawn is None or (drawn == 0) != opens:
        market = Stage(chain)
        market.hidden = HiddenTestSet((content, *market.hidden.portions[1:]))
        drawn = market.to(Phase.OPENING).market.course().drawn
    if not opens:
        market.go_on(phase)

    with refused(error):
        market.reveal(0)


# Contributions


def test_a_sample_costs_a_stake_and_the_fee_and_what_is_more_comes_back(stage, refused):
    market = stage(Phase.PARTICIPATION, most_samples=9)

    for count in (1, 3):
        fee = ROUNDS * market.stake * (5 + count) ** 2 // 81 - ROUNDS * market.stake * 25 // 81
        price = count * market.stake + fee
        for wrong in (0, count * market.stake, price - 1):
            with refused(WrongStake, price, wrong):
                market.contribute(market.carol, count, value=wrong)
    market.chain.request("anvil_setBalance", [market.carol, hex(2**97)])
    with refused(WrongStake, price, 2**96):
        market.contribute(market.carol, 3, value=2**96)
    market.contribute(market.carol, 3, value=price + 17)

    entry = list(market.market.history().entries.values())[-1]
    assert (entry.deposit_wei, entry.open, entry.fee_wei) == (price + 17, 3 * market.stake + 17, fee)
    assert market.market.audit().ok


def test_a_quote_suffices_though_a_whole_batch_comes_before(stage, chain):
    market = stage(Phase.PARTICIPATION, contribute=False, most_samples=300)
    call = market.market.prepare.contribute([0], 1)
    calls = market.market.prepare.contribute_many([[0]] * 30, [1] * 30)
    market.contribute(market.bob, 256)

    for one in (call, *calls):
        chain.account(market.alice).send(one)

    assert market.market.quote([0]).deposit_wei >= market.price()
    assert market.market.course().samples == 287


def test_samples_have_up_to_the_size_unit_together_and_calls_up_to_32_kib(stage, refused):
    market = stage(Phase.PARTICIPATION, contribute=False, size_unit=4)
    large, largest = pack_sparse([0, 1, 2, 3, 4]), pack_sparse([0, 1, 2, 3])

    with refused(errors.TooLarge, 5, 4):
        market.send("contribute", large, 1, 0, value=market.price())
    with refused(errors.TooLarge, 9, 8):
        market.send("contributeBatch", pack_batch([large, pack_sparse([1])], [1, 0]), 0, value=market.price(2))
    market.send("contribute", largest, 1, 0, value=market.price())
    calldata = market.market.contract.codec.call("contribute", largest, 1, 0)
    for length, works in ((32_768, True), (32_769, False)):
        padded = calldata + bytes(length - len(calldata))
        if works:
            market.chain.send(market.market.address, padded, sender=market.alice, value=market.price())
        else:
            with refused(errors.TooLong, length, 32_768):
                market.chain.send(market.market.address, padded, sender=market.alice, value=market.price())


def test_a_market_takes_no_more_samples_than_most(stage, refused):
    market = stage(Phase.PARTICIPATION, most_samples=7)  # five are there

    with refused(MarketFull, 5, 7):
        market.contribute(market.carol, 3)
    market.contribute(market.carol, 2)
    with refused(MarketFull, 7, 7):
        market.contribute(market.carol)


# Evaluation


def test_a_call_of_the_evaluation_brings_back_what_was_there_and_nothing_else(stage, refused):
    market = stage(Phase.EVALUATION, per_pass=2)
    replay = market.replay()

    def tampered(call, **changes):
        claim = dict(zip(("id", "author", "time", "deposit", "label", "sample"), call.contributions[0], strict=True))
        return call._replace(contributions=[tuple({**claim, **changes}.values()), *call.contributions[1:]])

    # at the start, in the middle of Bob's batch, and between contributions
    for most in (2, 2, 1):
        call = replay.next(most)
        number, portions = call.contributions[0][0], call.portions
        last = call.parameters[-1] ^ 1
        for parameters in (b"", call.parameters[:-1], call.parameters + b"\0", call.parameters[:-1] + bytes([last])):
            with refused(WrongParameters):
                market.send("evaluate", call._replace(parameters=parameters))
        for hashes in ([], call.hashes[1:], call.hashes[::-1]):
            with refused(WrongHashes):
                market.send("evaluate", call._replace(hashes=hashes))
        drawn = market.hidden.portions[market.market.course().drawn]
        for wrong in (portions[::-1], [drawn, portions[1]], [portions[0], b""], [portions[0], portions[1] + b"\0"]):
            with refused(WrongPortion):
                market.send("evaluate", call._replace(portions=wrong))
        for wrong in ([], portions[:1], [*portions, drawn]):
            with refused(WrongCount, 2, len(wrong)):
                market.send("evaluate", call._replace(portions=wrong))
        for changes in (
            {"author": market.carol},
            {"time": 1},
            {"deposit": 2 * market.stake},
            {"label": 0 if call.contributions[0][4] else 1},
            {"sample": call.contributions[0][5] + b"\0\1"},
        ):
            with refused(errors.UnknownContribution, number):
                market.send("evaluate", tampered(call, **changes))
        for wrong in (number - 1, number + 1):
            with refused(OutOfTurn, number, wrong):
                market.send("evaluate", tampered(call, id=wrong))
        with refused(errors.UnknownContribution, number, 99):
            market.send("evaluate", call._replace(slots=[99, *call.slots[1:]]))
        for wrong in ([], [*call.slots, 0]):
            with refused(WrongCount, len(call.slots), len(wrong)):
                market.send("evaluate", call._replace(slots=wrong))
        for wrong in (call._replace(most=0), call._replace(contributions=[], slots=[])):
            with refused(OutOfTurn, number, 0):
                market.send("evaluate", wrong)
        replay.push(most)
    assert market.market.course().phase == Phase.PAYMENT


def test_contributions_are_evaluated_in_their_order_and_once_a_pass(stage, refused):
    market = stage(Phase.EVALUATION, per_pass=1)
    replay = market.replay()
    first = replay.next(1)
    replay.push(1)

    with refused(OutOfTurn, 2, 1):
        market.send("evaluate", first._replace(parameters=replay.model.parameters()))
    twice = replay.next(3)
    with refused(OutOfTurn, 6, 2):
        twice = twice._replace(contributions=2 * twice.contributions, slots=2 * twice.slots, most=9)
        market.send("evaluate", twice)
    with refused(OutOfTurn, 2, 6):
        last = replay.entries[-1]
        market.send("evaluate", replay.next(1)._replace(contributions=[last.claim()], slots=[last.slot]))


def test_contributions_beyond_what_is_evaluated_are_owed_their_stake_once(stage):
    market = stage(Phase.EVALUATION)
    replay = market.replay()

    for most in (1, 2, 1, 1):
        replay.push(most, surplus=2)

    assert replay.over
    assert {person: market.market.owed(person) for person in replay.owed()} == replay.owed()
    market.market.settle(progress=False)
    assert market.chain.balance(market.market.address) == 0


def test_the_events_tell_what_the_market_knows(stage):
    market = stage(Phase.PAYMENT)
    history, course = market.market.history(), market.market.course()

    assert list(history.hashes) == market.hidden.hashes
    assert history.bounty_wei == ROUNDS * market.stake
    assert history.drawn == course.drawn
    assert history.portions == dict(enumerate(market.hidden.portions))
    assert history.settled
    assert [len(unpack_portion(content)) for content in history.portions.values()] == [2, 2, 2]
    assert dcai.attach(market.chain, market.market.address).audit().ok
