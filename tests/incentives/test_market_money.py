"""A market pays everybody what it owes them, once, whoever does or doesn't act."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dcai
from dcai import errors
from dcai.incentives.prediction_market.course import Phase
from dcai.incentives.prediction_market.errors import NothingOwed, WrongPhase
from tests.conftest import MARKET
from tests.support.market_stage import EVALUATE, PARTICIPATE, REVEAL, ROUNDS, Stage

DEAD = "0x000000000000000000000000000000000000dEaD"
SAMPLES = 5


@pytest.fixture
def wallet(chain, people, new_wallet):
    return new_wallet(chain, people[5])


def with_wallet(chain, wallet, phase, amount=1):
    """Return a market with a contract as its first contributor."""
    market = Stage(chain).to(Phase.PARTICIPATION, contribute=False)
    for _ in range(amount):
        value = market.price()
        wallet.ask(market.market.address, "contribute", market.samples[0], 1, 0, value=value, contract=MARKET)
    for who, count in ((market.alice, 1), (market.bob, 3)):
        market.contribute(who, count)
    chain.travel(PARTICIPATE)
    if phase == Phase.FAILED:
        chain.travel(REVEAL)
    else:
        market.reveal_all()
        market.replay().push(9)
    assert market.market.course().phase == phase
    return market


def gained(chain, person, action):
    """Return somebody's gain from an action whose gas others pay."""
    before = chain.balance(person)
    action()
    return chain.balance(person) - before


def burnt(chain, market):
    """Have burnt what belongs to nobody, which is all that is left; return how much it was."""
    left = chain.balance(market.market.address)
    assert gained(chain, DEAD, lambda: market.send("forfeit", sender=market.carol)) == left
    assert market.market.audit().ok
    return left


# A market that was settled


def test_anybody_may_have_a_person_paid_what_they_are_owed_and_only_once(stage, chain, refused):
    market = stage(Phase.PAYMENT)
    owed = market.replay().owed()
    assert set(owed) == {market.alice, market.bob}

    for person, amount in owed.items():
        paid = gained(chain, person, lambda person=person: market.send("collect", person, sender=market.carol))
        assert paid == amount
        with refused(NothingOwed, person):
            market.send("collect", person, sender=market.carol)
    for stranger in (market.carol, market.provider, DEAD):
        with refused(NothingOwed):
            market.send("collect", stranger)
    rest = SAMPLES * market.stake + ROUNDS * market.stake - owed.total()
    assert gained(chain, market.provider, lambda: market.send("withdraw", sender=market.carol)) == rest
    with refused(NothingOwed, market.provider):
        market.send("withdraw")
    assert burnt(chain, market) == ROUNDS * market.stake * SAMPLES**2 // 10_000**2
    with refused(NothingOwed, DEAD):
        market.send("forfeit")


def test_a_provider_who_contributes_is_paid_as_such_and_as_provider(chain):
    market = Stage(chain).to(Phase.PARTICIPATION)
    market.contribute(market.provider, 3)
    chain.travel(PARTICIPATE)
    market.reveal_all()
    market.replay().push(99)
    owed = market.replay().owed()

    payments = market.market.settle(sender=market.carol, progress=False)

    rest = (8 + ROUNDS) * market.stake - owed.total()
    assert payments[market.provider] == owed[market.provider] + rest
    assert chain.balance(market.market.address) == 0


def test_whoever_refuses_money_keeps_nobody_from_theirs(chain, wallet, refused):
    market = with_wallet(chain, wallet, Phase.PAYMENT)
    owed = market.replay().owed()
    wallet.answer_payments(refuse=True)

    with refused(errors.ETHTransferFailed):
        market.send("collect", wallet.address)
    for person in (market.alice, market.bob):
        assert gained(chain, person, lambda person=person: market.send("collect", person)) == owed[person]
    market.send("withdraw")
    wallet.answer_payments()
    market.send("collect", wallet.address)

    assert wallet.received() == owed[wallet.address]
    burnt(chain, market)


def test_settling_pays_everybody_but_those_who_refuse_money(chain, wallet):
    for phase in (Phase.PAYMENT, Phase.FAILED):
        market = with_wallet(chain, wallet, phase)
        wallet.answer_payments(refuse=True)
        payments = market.market.settle(progress=False)
        assert set(payments) == {market.alice, market.bob, *[market.provider] * (phase == Phase.PAYMENT)}
        assert [one.person for one in payments.unpaid] == [wallet.address]

        wallet.answer_payments()
        assert set(market.market.settle(progress=False)) == {wallet.address}
        assert market.market.settle(progress=False) == {}
        assert chain.balance(market.market.address) == 0


@pytest.mark.parametrize("again", ["collect", "collect for another", "withdraw"])
def test_a_payment_calls_nothing_of_the_market_back(chain, wallet, refused, again):
    market = with_wallet(chain, wallet, Phase.PAYMENT)
    call = {"collect": ("collect", wallet.address), "withdraw": ("withdraw",)}.get(again, ("collect", market.alice))
    wallet.answer_payments(with_call=(market.market.address, 0, market.market.contract.codec.call(*call)))

    with refused(errors.ETHTransferFailed):
        market.send("collect", wallet.address)


@pytest.mark.parametrize("again", ["its own", "another", "withdraw"])
def test_a_repayment_calls_nothing_of_the_market_back(chain, wallet, refused, again):
    market = with_wallet(chain, wallet, Phase.FAILED, amount=2)
    own, other, *_ = market.market.history().entries.values()
    back = own if again == "its own" else other
    call = ("withdraw",) if again == "withdraw" else ("reclaim", back.claim(), back.slot)
    wallet.answer_payments(with_call=(market.market.address, 0, market.market.contract.codec.call(*call)))

    with refused(errors.ETHTransferFailed):
        market.send("reclaim", own.claim(), own.slot)


# A market that wasn't


def test_a_bounty_that_isnt_opened_in_time_goes_to_nobody_at_all(stage, chain):
    market = stage(Phase.UNOPENED)
    bounty = ROUNDS * market.stake

    assert gained(chain, DEAD, lambda: market.send("forfeit", sender=market.carol)) == bounty
    assert chain.balance(market.market.address) == 0
    assert market.market.audit().ok


def reveals_nothing(market):
    market.chain.travel(REVEAL)


def reveals_one(market):
    market.reveal(market.unknown()[0])
    market.chain.travel(REVEAL)


def evaluates_nothing(market):
    market.reveal_all()
    market.chain.travel(EVALUATE)


def evaluates_a_part(market):
    market.reveal_all()
    market.replay().push(3)
    market.chain.travel(EVALUATE)


def evaluates_all_but_the_last_pass(market):
    market.reveal_all()
    replay = market.replay()
    replay.push(SAMPLES)
    replay.push(SAMPLES - 1)
    market.chain.travel(EVALUATE)


FAILURES = [reveals_nothing, reveals_one, evaluates_nothing, evaluates_a_part, evaluates_all_but_the_last_pass]


@pytest.mark.parametrize("fail", FAILURES, ids=lambda fail: fail.__name__)
def test_of_a_market_that_failed_every_sample_gets_its_stake_and_nobody_the_bounty(stage, chain, refused, fail):
    market = stage(Phase.REVEAL, per_pass=1)
    fail(market)
    assert market.market.course().phase == Phase.FAILED
    for entry in market.market.history().entries.values():
        claim = (entry.claim(), entry.slot)
        changed = (*entry.claim()[:1], market.carol, *entry.claim()[2:])
        with refused(errors.UnknownContribution, entry.id, entry.slot):
            market.send("reclaim", changed, entry.slot)
        with refused(errors.UnknownContribution, entry.id, 0):
            market.send("reclaim", entry.claim(), 0)
        paid = gained(chain, entry.author, lambda claim=claim: market.send("reclaim", *claim, sender=market.carol))
        assert paid == len(entry.samples()) * market.stake
        with refused(errors.NothingLeft, entry.id):
            market.send("reclaim", *claim)
        assert market.market.audit().ok

    with refused(WrongPhase):
        market.send("withdraw")
    bounty = ROUNDS * market.stake
    assert burnt(chain, market) == bounty + bounty * SAMPLES**2 // 10_000**2


def test_a_bounty_that_nobody_contributed_to_goes_back(stage, chain, refused):
    market = stage(Phase.PARTICIPATION, contribute=False)
    chain.travel(PARTICIPATE)

    assert market.market.course().phase == Phase.PAYMENT
    with refused(NothingOwed):
        market.send("collect", market.alice)
    with refused(WrongPhase):
        market.reveal(market.unknown()[0])
    payments = market.market.settle(sender=market.carol, progress=False)

    assert payments == {market.provider: ROUNDS * market.stake}
    assert chain.balance(market.market.address) == 0


@pytest.fixture(scope="module")
def anvil_chain(anvil):
    with dcai.local_chain("anvil", hardfork="osaka") as chain:
        yield chain


def test_who_withholds_the_test_set_keeps_nothing_of_the_bounty_under_any_name(anvil_chain):
    @settings(max_examples=10, deadline=None, derandomize=True, database=None)
    @given(st.integers(0, 2**16), st.lists(st.sampled_from([1, 2, 5]), min_size=1, max_size=4), st.integers(0, 2))
    def check(seed, sizes, revealed):
        chain = anvil_chain
        market = Stage(chain, seed=seed, portions=4).to(Phase.PARTICIPATION, contribute=False)
        for number, size in enumerate(sizes):
            market.contribute(chain.accounts[1 + number % 3], size)
        chain.travel(PARTICIPATE)
        for portion in market.unknown()[:revealed]:
            market.reveal(portion)
        chain.travel(REVEAL)
        burnt_before = chain.balance(DEAD)

        paid = market.market.settle(sender=market.carol, progress=False)

        assert sum(paid.values()) == sum(sizes) * market.stake
        assert market.provider not in paid
        assert chain.balance(DEAD) - burnt_before >= ROUNDS * market.stake
        assert chain.balance(market.market.address) == 0

    check()
