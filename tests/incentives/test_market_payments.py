"""A recipient of a market that refuses money, burns gas or lies costs others neither their money nor their gas."""

from __future__ import annotations

import pytest

from dcai import errors
from dcai.chain.codec import codec
from dcai.chain.execution import TRANSACTION_GAS_LIMIT
from dcai.errors import NodeError, NodeUnreachable, TransactionFailed
from dcai.incentives.prediction_market.course import Phase
from tests.conftest import MARKET
from tests.support.market_stage import PARTICIPATE, REVEAL, Stage
from tests.support.solidity import compiled

BURNT, PAID = 2**64, 150_000
"""Gas that a recipient uses: all there is, or more than others give."""


class Recipient:
    """A contract that contributes."""

    def __init__(self, chain, source="Recipient"):
        self.chain, self.owner = chain, chain.accounts[6]
        self.codec, bytecode = compiled(f"tests/support/contracts/{source}.sol")
        self.address = chain.send(None, bytecode, sender=self.owner).contract_address

    def ask(self, market, function, *args, value=0, gas=None):
        data = self.codec.call("execute", market.market.address, value, codec(MARKET).call(function, *args))
        return self.chain.send(self.address, data, sender=self.owner, value=value, gas=gas)

    def answer(self, gas=0, refuses=False, reason=b"", length=None):
        length = len(reason) if length is None else length
        self.chain.send(self.address, self.codec.call("answer", gas, refuses, reason, length), sender=self.owner)


def at_the_end(chain, phase, recipients):
    """Return a market in which each recipient, then Alice and Bob have contributed."""
    market = Stage(chain).to(Phase.PARTICIPATION, contribute=False)
    for one in recipients:
        one.ask(market, "contribute", market.samples[0], 1, 0, value=market.price())
    for who, count in ((market.alice, 1), (market.bob, 3)):
        market.contribute(who, count)
    chain.travel(PARTICIPATE)
    if phase == Phase.FAILED:
        chain.travel(REVEAL)
    else:
        market.reveal_all()
        market.replay().push(99)
    return market


def encoded(name, *args):
    kind = next(one for one in codec("IPredictionMarket").errors.values() if one.name == name)
    from eth_abi.abi import encode
    from eth_utils.crypto import keccak

    return keccak(text=f"{name}({','.join(kind.types)})")[:4] + encode(kind.types, args)


REASONS = {
    "a text": lambda it: bytes.fromhex("08c379a0") + (32).to_bytes(32, "big") + b"\0" * 31 + b"\2no".ljust(33, b"\0"),
    "nothing": lambda it: b"",
    "what the market says who has paid": lambda it: encoded("NothingOwed", it.address),
    "what the market says in another phase": lambda it: encoded("WrongPhase", 3),
    "half a selector": lambda it: b"\x08\xc3",
}


@pytest.mark.parametrize("phase", [Phase.PAYMENT, Phase.FAILED], ids=lambda phase: phase.name)
@pytest.mark.parametrize("reason", REASONS)
def test_whatever_a_recipient_refuses_with_the_market_answers_in_its_own_words(chain, refused, phase, reason):
    it = Recipient(chain)
    market = at_the_end(chain, phase, [it])
    it.answer(refuses=True, reason=REASONS[reason](it))
    entry = next(iter(market.market.history().entries.values()))
    call = ("collect", it.address) if phase == Phase.PAYMENT else ("reclaim", entry.claim(), entry.slot)

    with refused(errors.ETHTransferFailed, "needs more gas", "nothing was paid"):
        market.send(*call)

    paid = market.market.settle(sender=market.carol, progress=False)
    assert {market.alice, market.bob} <= set(paid)
    assert [(one.person, "refuses this payment" in one.reason) for one in paid.unpaid] == [(it.address, True)]


def test_recipients_that_burn_gas_cost_who_settles_nothing(chain):
    """Before there was a cap, five of them made settling cost 80 million gas."""
    burners, others = [Recipient(chain) for _ in range(5)], [Recipient(chain) for _ in range(5)]
    used = []
    for people, gas in ((others, 0), (burners, BURNT)):
        market = at_the_end(chain, Phase.PAYMENT, people)
        for one in people:
            one.answer(gas=gas)
        before = chain.gas_used[market.carol]
        paid = market.market.settle(sender=market.carol, progress=False)
        used.append(chain.gas_used[market.carol] - before)
        assert {one.person for one in paid.unpaid} == {one.address for one in people if gas}

    assert used[1] < used[0]


def test_a_recipient_that_refuses_with_two_megabytes_costs_no_more_than_the_cap(chain):
    it = Recipient(chain)
    market = at_the_end(chain, Phase.PAYMENT, [it])
    it.answer(refuses=True, length=2_000_000)

    with pytest.raises(TransactionFailed) as caught:
        market.market.send(market.market.prepare.collect(it.address).with_gas(TRANSACTION_GAS_LIMIT), market.carol)

    assert isinstance(caught.value.__cause__, errors.ETHTransferFailed)
    assert caught.value.receipt.gas_used < 21_000 + 30_000 + 100_000


@pytest.mark.parametrize("phase", [Phase.PAYMENT, Phase.FAILED], ids=lambda phase: phase.name)
def test_a_recipient_that_needs_more_gas_than_others_give_collects_by_itself(chain, refused, phase):
    it = Recipient(chain)
    market = at_the_end(chain, phase, [it])
    entry = next(iter(market.market.history().entries.values()))
    call = ("collect", it.address) if phase == Phase.PAYMENT else ("reclaim", entry.claim(), entry.slot)
    owed = market.market.owed(it.address) if phase == Phase.PAYMENT else entry.kept_wei
    it.answer(gas=PAID)

    with refused(errors.ETHTransferFailed):
        market.send(*call)
    it.ask(market, *call)

    assert chain.balance(it.address) == owed > 0


def test_a_safe_is_paid_by_anybody_within_a_tenth_of_the_cap(chain):
    safe, market = Recipient(chain, "SafeLike"), None
    market = at_the_end(chain, Phase.PAYMENT, [safe])

    plain = market.send("collect", market.bob, sender=market.carol).gas_used
    received = market.send("collect", safe.address, sender=market.carol)

    assert received.gas_used - plain < 10_000
    assert chain.balance(safe.address) > 0


@pytest.mark.parametrize("gas", [45_000, 60_000, 80_000, 100_000, 120_000, 140_000])
def test_whoever_gives_too_little_gas_makes_a_payment_fail_and_nothing_is_booked_as_paid(chain, gas):
    it = Recipient(chain)
    market = at_the_end(chain, Phase.PAYMENT, [it])
    owed = market.market.owed(it.address)
    it.answer(gas=60_000)

    try:
        market.market.send(market.market.prepare.collect(it.address).with_gas(gas), market.carol)
    except TransactionFailed:
        assert (market.market.owed(it.address), chain.balance(it.address)) == (owed, 0)
    else:
        assert (market.market.owed(it.address), chain.balance(it.address)) == (0, owed)


def test_an_estimate_leaves_a_recipient_all_that_it_may_use(chain):
    it = Recipient(chain)
    market = at_the_end(chain, Phase.PAYMENT, [it])
    call = market.market.prepare.collect(it.address)

    assert chain.estimate(call.to, call.data, sender=market.carol) > 140_000
    for gas in (100_000, 160_000):
        with pytest.raises(TransactionFailed):
            market.market.send(call.with_gas(gas), market.carol)
    assert market.market.send(call, market.carol).ok


FAILURES = {
    "the node is gone": lambda: NodeUnreachable("No node answers."),
    "the node refuses": lambda: NodeError("The node refuses: out of gas"),
    "the transaction failed": lambda: TransactionFailed("Transaction 0x1 was sent and failed."),
    "the connection broke": lambda: ConnectionResetError("reset by peer"),
    "an answer is nonsense": lambda: KeyError("gasUsed"),
}


@pytest.mark.parametrize("phase", [Phase.PAYMENT, Phase.FAILED], ids=lambda phase: phase.name)
@pytest.mark.parametrize("failure", FAILURES)
def test_a_payment_that_fails_for_any_reason_is_listed_and_keeps_no_other_from_being_made(
    stage, chain, monkeypatch, phase, failure
):
    market = stage(phase)
    estimate, number = chain.estimate, 0

    def failing(*args, **more):
        nonlocal number
        number += 1
        if number == 1:
            raise FAILURES[failure]()
        return estimate(*args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(chain, "estimate", failing)
        paid = market.market.settle(sender=market.carol, progress=False)

    (unpaid,) = paid.unpaid
    assert unpaid.person == market.alice
    assert str(FAILURES[failure]().args[0]) in unpaid.reason
    assert unpaid.contribution == (1 if phase == Phase.FAILED else None)
    assert market.bob in paid
    assert (market.provider in paid) == (phase == Phase.PAYMENT)
    again = market.market.settle(sender=market.carol, progress=False)
    assert (set(again), again.unpaid) == ({market.alice}, ())
    assert chain.balance(market.market.address) == 0


def test_an_account_that_cannot_send_is_refused_before_any_payment_is_tried(stage, refused):
    market = stage(Phase.PAYMENT)

    with refused(errors.InvalidInput, "can't send"):
        market.market.settle(sender="0x" + 39 * "0" + "1", progress=False)
