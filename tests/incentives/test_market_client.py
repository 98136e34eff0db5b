"""The client of a market: settling from any state, interrupted and disturbed; scores, deadlines, headers."""

from __future__ import annotations

import pytest
from eth_utils.crypto import keccak

import dcai
from dcai import errors
from dcai.chain.header import header
from dcai.incentives.prediction_market import settling
from dcai.incentives.prediction_market.course import Phase
from dcai.incentives.prediction_market.errors import WrongPhase
from tests.support.market_stage import EVALUATE, OPEN, PARTICIPATE, REVEAL, ROUNDS, Stage


class Killed(BaseException):
    """The process ended."""


@pytest.fixture
def small_calls(monkeypatch):
    """Let a transaction hold about two contributions, so that an evaluation takes several."""
    monkeypatch.setattr(settling, "_MAX_CALLDATA", 1_500)


def kill_at(monkeypatch, chain, number, *, sent):
    """Let the process end at a transaction, before or after it was sent."""
    execute, left = chain.execute, number

    def dying(*args, **more):
        nonlocal left
        left -= 1
        if left == 0 and not sent:
            raise Killed
        receipt = execute(*args, **more)
        if left == 0:
            raise Killed
        return receipt

    monkeypatch.setattr(chain, "execute", dying)


def settled_with_one_death(market, monkeypatch, number, sent, people):
    """Settle with an interruption at a transaction, then again; return the payments, and whether it was reached."""
    chain = market.chain
    before = {person: chain.balance(person) for person in people}
    died = False
    with monkeypatch.context() as patch:
        kill_at(patch, chain, number, sent=sent)
        try:
            market.market.settle(market.hidden, sender=market.carol, progress=False)
        except Killed:
            died = True
    if died:
        market.market.settle(market.hidden, sender=market.carol, progress=False)
    return {person: chain.balance(person) - before[person] for person in people}, died


@pytest.mark.parametrize("sent", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("phase", [Phase.REVEAL, Phase.FAILED], ids=lambda phase: phase.name)
def test_settling_that_was_killed_at_any_transaction_ends_with_the_same_payments(
    stage, chain, monkeypatch, small_calls, phase, sent
):
    market = stage(phase, per_pass=1)
    people = (market.provider, market.alice, market.bob)
    expected, number, died = None, 0, True
    while died:
        number += 1
        snapshot = chain.snapshot()
        gained, died = settled_with_one_death(market, monkeypatch, number, sent, people)
        assert chain.balance(market.market.address) == 0
        assert market.market.audit().ok
        expected = expected or gained
        assert gained == expected, f"killed at transaction {number}"
        chain.revert(snapshot)

    # nobody died: all transactions were tried
    assert sum(expected.values()) == (5 + (ROUNDS if phase == Phase.REVEAL else 0)) * market.stake
    assert number - 1 == (10 if phase == Phase.REVEAL else 4)


def test_opening_that_was_killed_goes_on(stage, chain, monkeypatch):
    for number in (1, 2):
        for sent in (False, True):
            market = stage(Phase.DRAWING)
            with monkeypatch.context() as patch:
                kill_at(patch, chain, number, sent=sent)
                with pytest.raises(Killed):
                    market.market.open(market.hidden)
            portion = market.market.open(market.hidden)
            assert market.market.open(market.hidden) == portion == market.market.course().drawn
            assert market.market.course().phase == Phase.PARTICIPATION


@pytest.mark.parametrize("function", ["execute", "estimate"])
def test_others_may_push_between_any_two_steps(stage, chain, monkeypatch, small_calls, function):
    alone = stage(Phase.EVALUATION, per_pass=1)
    expected = {alone.alice: 0, alone.bob: 0, alone.provider: 0} | alone.market.settle(progress=False)
    for every in (1, 2, 3):
        market = Stage(chain, per_pass=1).to(Phase.EVALUATION)
        original, calls, pushing = getattr(chain, function), 0, False

        def meanwhile(*args, original=original, every=every, market=market, **more):
            nonlocal calls, pushing
            answer = original(*args, **more)
            if not pushing:
                calls, pushing = calls + 1, True
                if calls % every == 0 and market.market.course().phase == Phase.EVALUATION:
                    others = market.replay()
                    others.catch_up()
                    others.push(1, sender=market.bob)
                pushing = False
            return answer

        with monkeypatch.context() as patch:
            patch.setattr(chain, function, meanwhile)
            payments = market.market.settle(sender=market.carol, progress=False)
        assert payments.keys() == {person for person, amount in expected.items() if amount}
        owed = market.replay().owed()
        assert {person: payments[person] for person in owed} == owed
        assert chain.balance(market.market.address) == 0


def test_others_may_pay_between_any_two_payments(stage, chain, monkeypatch):
    for phase in (Phase.PAYMENT, Phase.FAILED):
        market = stage(phase)
        if phase == Phase.PAYMENT:
            last = ("collect", market.bob)
        else:
            entry = list(market.market.history().entries.values())[-1]
            last = ("reclaim", entry.claim(), entry.slot)
        execute = chain.execute

        def meanwhile(*args, execute=execute, market=market, last=last, **more):
            receipt = execute(*args, **more)
            monkeypatch.setattr(chain, "execute", execute)  # once
            market.send(*last, sender=market.bob)
            return receipt

        monkeypatch.setattr(chain, "execute", meanwhile)
        payments = market.market.settle(sender=market.carol, progress=False)

        assert payments.unpaid == ()
        assert chain.balance(market.market.address) == 0


def test_settling_waits_for_nobody_it_needs(stage, refused):
    for phase in (Phase.PREPARED, Phase.DRAWING, Phase.OPENING, Phase.PARTICIPATION, Phase.UNOPENED, Phase.FORFEITED):
        market = stage(phase)
        with refused(WrongPhase):
            market.market.settle(market.hidden, progress=False)
    market = stage(Phase.REVEAL)
    with refused(errors.InvalidInput, "test set isn't revealed"):
        market.market.settle(progress=False)


def test_scores_tell_what_each_turn_was_worth_once_the_test_set_is_known(stage, refused):
    market = stage(Phase.REVEAL)
    with refused(WrongPhase):
        market.market.scores()
    market.reveal_all()

    scores = market.market.scores()

    assert [(one.number, one.author, one.samples) for one in scores] == [
        (1, market.alice, 1),
        (2, market.bob, 3),
        (6, market.alice, 1),
    ]
    owed = market.replay().owed()
    for person in owed:
        gain = sum(one.gain for one in scores if one.author == person)
        stakes = sum(one.samples for one in scores if one.author == person) * market.stake
        assert owed[person] == stakes + gain * market.market.incentive.unit_wei


def test_each_phase_tells_when_it_ends(stage, chain):
    for phase, length in (
        (Phase.DRAWING, OPEN),
        (Phase.OPENING, OPEN),
        (Phase.PARTICIPATION, PARTICIPATE),
        (Phase.REVEAL, PARTICIPATE + REVEAL),
        (Phase.EVALUATION, EVALUATE),
    ):
        course = (market := stage(phase).market).course()
        begin = course.moved_at or course.opened_at or course.committed_at
        assert market.deadline() == begin + length
    for phase in (Phase.PREPARED, Phase.PAYMENT, Phase.FAILED, Phase.UNOPENED, Phase.FORFEITED):
        assert stage(phase).market.deadline() is None


# Calls, prepared


def test_the_calls_of_a_market_are_prepared_without_being_sent(stage, chain):
    market = stage(Phase.PREPARED)
    prepare, block = market.market.prepare, chain.block_number()
    provider, anybody = chain.account(market.provider), chain.account(market.carol)

    commit = prepare.commit(market.hidden, bounty_wei=ROUNDS * market.stake)

    assert (chain.block_number(), market.market.course().phase) == (block, Phase.PREPARED)
    assert f"a bounty of {ROUNDS * market.stake} wei" in commit.what
    provider.send(commit)
    chain.reach(market.market.course().target + 1)
    anybody.send(prepare.draw())
    provider.send(prepare.reveal(market.hidden, market.market.course().drawn))
    assert market.market.course().phase == Phase.PARTICIPATION


def test_anybody_sends_the_call_that_pays_somebody_else(stage, chain):
    market = stage(Phase.PAYMENT)
    before, owed = chain.balance(market.bob), market.market.owed(market.bob)

    chain.account(market.carol).send(market.market.prepare.collect(market.bob))

    assert chain.balance(market.bob) == before + owed > before


# Headers


@pytest.mark.parametrize("name", ["py-evm prague", "anvil cancun", "anvil prague", "anvil osaka"])
def test_a_header_is_what_its_blocks_hash_is_made_of(anvil, name):
    backend, hardfork = name.split()
    with dcai.local_chain(backend, hardfork=hardfork) as chain:
        chain.travel(5)
        for number in (0, 1) if backend == "anvil" else (1,):
            told = chain.request("eth_getBlockByNumber", [hex(number), False])["hash"]
            assert keccak(header(chain, number)) == (told if isinstance(told, bytes) else bytes.fromhex(told[2:]))


@pytest.mark.parametrize(
    "change", [{"requestsHash": None}, {"difficulty": "0x1"}, {"targetGas": "0x1", "mixHash": None}]
)
def test_a_chain_whose_headers_have_other_fields_is_reported(chain, monkeypatch, change):
    request = chain.request

    def other(method, params):
        answer = request(method, params)
        return {**answer, **change} if method == "eth_getBlockByNumber" else answer

    chain.travel(5)
    monkeypatch.setattr(chain, "request", other)

    with pytest.raises(errors.NodeError, match="this chain has other fields"):
        header(chain, chain.block_number())
