"""The contracts' promises: samples, records, prices, shares, payments, answers to callers."""

from __future__ import annotations

import numpy as np
import pytest

from dcai import artifacts, errors
from dcai.chain.addresses import checked_address
from dcai.chain.codec import codec
from dcai.incentives.deposit_refund_take.errors import BadDeposit, Underpaid
from dcai.samples import pack_batch, pack_sparse

TRAINER = "SparsePerceptronDRT"
PLENTY = 10**18


# Samples


@pytest.fixture(params=["a contribution", "a batch", "a question"])
def way_in(request, launch, chain, people):
    """Return a function that sends a sample to a trainer of 100 features in one of the possible ways."""
    trainer = launch((0,) * 100)

    def send(sample):
        if request.param == "a question":
            return chain.read(TRAINER, trainer.address, "score", sample)
        function, *args = "contributeBatch", pack_batch([pack_sparse([7]), sample], [0, 1])
        if request.param == "a contribution":
            function, *args = "contribute", sample, 1
        return chain.invoke(TRAINER, trainer.address, function, *args, 0, sender=people[1], value=PLENTY)

    return send


@pytest.mark.parametrize("size", [2, 3, 4, 5, 6])
def test_an_index_that_is_not_above_the_previous_one_is_refused_at_every_position(way_in, refused, size):
    for position in range(1, size):
        for index in (10 * position - 10, 10 * position - 11 if position > 1 else 0):
            indices = [10 * i for i in range(size)]
            indices[position] = index
            with refused(errors.NotIncreasing, f"position {position} "):
                way_in(np.array(indices, ">u2").tobytes())


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_an_index_that_is_too_large_is_refused_at_every_size(way_in, refused, size):
    with refused(errors.IndexTooLarge, "feature 100", "0 to 99"):
        way_in(pack_sparse([*range(size - 1), 100]))
    assert way_in(pack_sparse([*range(size - 1), 99]))


@pytest.mark.parametrize("length", [1, 3, 5, 7, 9])
def test_half_an_index_is_refused_at_every_size(way_in, refused, length):
    with refused(errors.OddLength, f"{length} bytes"):
        way_in(pack_sparse(range(5))[:length])


# Records and their slots


def test_a_record_matches_the_log_and_no_contribution_with_a_changed_field(launch, chain, people, refused):
    trainer = launch()
    mine = trainer.contribute([1, 2], "yes", sender=people[1])
    chain.travel("1 day")
    entry = mine.entry
    assert chain.read(TRAINER, trainer.address, "record", entry.slot) == entry.record(trainer.address)

    claim = entry.claim()
    for field, changed in ((0, 2), (2, claim[2] - 1), (3, claim[3] + 1), (4, 0), (5, b"\0\1")):
        forged = (*claim[:field], changed, *claim[field + 1 :])
        with refused(errors.UnknownContribution, f"contribution {forged[0]}", f"slot {entry.slot}"):
            chain.invoke(TRAINER, trainer.address, "refund", forged, entry.slot, sender=people[1])
    with refused(errors.UnknownContribution):
        stolen = (claim[0], people[2], *claim[2:])
        chain.invoke(TRAINER, trainer.address, "refund", stolen, entry.slot, sender=people[2])


@pytest.mark.parametrize("slot", [1, 2, 3, 99, 2**128 + 2, 2**256 - 1])
def test_a_live_record_is_never_overwritten(launch, chain, people, slot):
    trainer = launch()
    one, two = (trainer.contribute([i], "yes", sender=people[1]) for i in (1, 2))

    chain.invoke(TRAINER, trainer.address, "contribute", b"\0\3", 1, slot, sender=people[2], value=PLENTY)

    third = trainer.contributions()[-1].entry
    assert (third.id, third.slot) == (3, 3)
    for entry in (one.entry, two.entry):
        assert chain.read(TRAINER, trainer.address, "record", entry.slot) == entry.record(trainer.address)


def test_a_finished_slot_is_used_again_and_saves_gas(launch, chain, people):
    trainer = launch()
    first = trainer.contribute([1], "yes", sender=people[1])
    fresh = trainer.contribute([1], "yes", sender=people[1])
    chain.travel("1 day")
    first.refund()

    reused = trainer.contribute([1], "yes", sender=people[1])

    assert reused.entry.slot == first.entry.slot
    # 17,100 for the slot, less a few nonzero bytes of calldata
    assert fresh.receipt.gas_used - reused.receipt.gas_used > 16_000
    chain.travel("1 day")
    assert [fresh.refund(), reused.refund()] == [fresh.entry.deposit_wei, reused.entry.deposit_wei]


# Prices


@pytest.mark.parametrize(
    "rows",
    [[[1]], [[1, 2]], [[1, 2, 3]], [list(range(40))], [[1], [2, 3, 4], [5, 6]]],
    ids=["small", "of the size unit", "larger", "largest", "a batch"],
)
def test_a_contribution_costs_the_price_of_its_size_and_not_a_wei_less(launch, chain, people, at, rows):
    trainer = launch(size_unit=2)
    _, _, last = chain.read(TRAINER, trainer.address, "progress")
    sizes, count = tuple(map(len, rows)), len(rows)
    enough = -(-trainer.incentive.price(600, sizes) // count) * count
    too_little = (trainer.incentive.price(599, sizes) - 1) // count * count
    samples = [pack_sparse(row) for row in rows]
    sent = ("contribute", samples[0], 1) if count == 1 else ("contributeBatch", pack_batch(samples, [1] * count))

    at(last + 599)
    with pytest.raises(errors.TransactionFailed) as failed:
        chain.invoke(TRAINER, trainer.address, *sent, 0, sender=people[1], value=too_little, gas=500_000)
    chain.invoke(TRAINER, trainer.address, *sent, 0, sender=people[1], value=enough, gas=500_000)

    refusal = failed.value.__cause__
    assert (refusal.required, refusal.sent) == (trainer.incentive.price(599, sizes), too_little)
    assert trainer.contributions()[0].entry.deposit_wei == enough


def test_a_deposit_that_does_not_fit_a_record_is_refused(launch, chain, people, refused):
    if chain.backend != "anvil":
        pytest.skip("nobody is that rich on py-evm")
    trainer = launch()
    chain.request("anvil_setBalance", [people[1], hex(2**100)])

    args = (TRAINER, trainer.address, "contribute", pack_sparse([1]), 1, 0)

    with refused(BadDeposit, 2**96):
        chain.invoke(*args, sender=people[1], value=2**96)
    chain.invoke(*args, sender=people[1], value=2**96 - 1)
    assert trainer.contributions()[0].entry.open_wei == 2**96 - 1


def test_a_trainer_accepts_money_only_with_contributions(launch, chain, people, refused):
    trainer = launch()
    inner = codec(TRAINER).call("contribute", pack_sparse([1]), 1, 0)

    with refused(errors.ContractReverted):
        chain.send(trainer.address, sender=people[1], value=1)
    with refused(errors.ContractReverted):
        chain.invoke(TRAINER, trainer.address, "multicall", [inner, inner], sender=people[1], value=PLENTY)
    with refused(Underpaid):
        chain.invoke(TRAINER, trainer.address, "multicall", [inner, inner], sender=people[1])


def test_many_claims_fit_into_one_transaction(launch, chain, people):
    trainer = launch()
    mine = [trainer.contribute([i], "yes", sender=people[1]) for i in range(5)]
    chain.travel("1 day")
    calls = [codec(TRAINER).call("refund", one.entry.claim(), one.entry.slot) for one in mine]

    chain.invoke(TRAINER, trainer.address, "multicall", calls, sender=people[1])

    assert trainer.good(people[1]) == 5
    assert chain.balance(trainer.address) == 0


# Shares and payments


def test_a_share_is_proportional_to_good_contributions_and_at_most_what_is_left(launch, chain, people):
    trainer = launch(weight_wei=0, minimum_wei=1, settle_after=0)
    first, second = (trainer.contribute([20], "no", sender=people[i]) for i in (1, 2))
    later = [trainer.contribute([20], "no", sender=people[2]) for _ in range(2)]
    bad = trainer.contribute([0, 1], "no", sender=people[9], deposit_wei=101, force=True)
    trainer.contribute([0, 1], "yes", sender=people[3])
    chain.travel("1 day")
    first.refund()
    second.refund()

    assert bad.take(sender=people[1]) == 50
    for contribution in later:
        contribution.refund()
    assert bad.take(sender=people[2]) == 51


def test_the_model_must_disagree_at_the_report_and_at_the_take(launch, chain, people, refused):
    trainer = launch(weight_wei=0, minimum_wei=1)
    good = trainer.contribute([20], "no", sender=people[1])
    bad = trainer.contribute([0], "no", sender=people[2])
    chain.travel("1 day")
    good.refund()

    with refused(errors.ModelAgrees, "label 0"):
        bad.report(sender=people[1])
    trainer.contribute([0], "yes", sender=people[3])
    bad.report(sender=people[1])
    chain.travel("1 day")
    trainer.contribute([0], "no", sender=people[4])
    with refused(errors.ModelAgrees, "label 0"):
        bad.take(sender=people[1])
    assert bad.refund() == bad.entry.deposit_wei


@pytest.mark.parametrize("again", ["refund", "take", "refundBatch"])
def test_nobody_claims_while_being_paid(launch, chain, people, new_wallet, refused, again):
    trainer = launch()
    wallet = new_wallet(chain, people[1])
    one, other = (wallet.contribute(trainer, [i], 1, PLENTY) for i in (1, 2))
    chain.travel("9 days")
    args = (other.entry.claim(), other.entry.slot, *([1] if again == "refundBatch" else []))
    wallet.answer_payments(with_call=(trainer.address, 0, codec(TRAINER).call(again, *args)))

    with refused(errors.ETHTransferFailed):
        wallet.ask(trainer.address, "refund", one.entry.claim(), one.entry.slot)
    assert chain.balance(trainer.address) == 2 * PLENTY


def test_a_contract_that_is_paid_may_contribute_with_the_money(launch, chain, people, new_wallet):
    trainer = launch()
    wallet = new_wallet(chain, people[1])
    mine = wallet.contribute(trainer, [1], 1, PLENTY)
    chain.travel("1 day")
    contribution = codec(TRAINER).call("contribute", pack_sparse([2]), 1, mine.entry.slot)
    wallet.answer_payments(with_call=(trainer.address, PLENTY, contribution))

    wallet.ask(trainer.address, "refund", mine.entry.claim(), mine.entry.slot)

    assert chain.balance(trainer.address) == PLENTY
    assert trainer.audit().ok


# What a trainer says of itself, and to other contracts


def test_a_trainer_returns_its_settings(launch, chain, people):
    trainer = launch(name="Größe", sender=people[4], weight_wei=5, minimum_wei=6, size_unit=7, settle_after="2 hours")

    def ask(question):
        return chain.read(TRAINER, trainer.address, question)

    assert ask("terms") == (5, 6, 86_400, 7_200, 8 * 86_400, 9 * 86_400)
    assert ask("names") == "Größe\nno\nyes"
    assert (ask("classes"), ask("features"), ask("sizeUnit")) == (2, 40, 7)
    assert checked_address(ask("creator")) == people[4]
    assert ask("metadata") == (b"", False)


@pytest.fixture
def gate(launch, chain, people):
    """Return a function that posts to a forum whose gate is a trainer; features up to 19 mean spam."""
    trainer = launch()
    argument = bytes(12) + bytes.fromhex(trainer.address[2:]) + (1).to_bytes(32, "big")
    code = bytes.fromhex(artifacts.load("ReviewGate")["bytecode"][2:])
    forum = chain.send(None, code + argument, sender=people[0]).contract_address

    def post(sample):
        return chain.invoke("ReviewGate", forum, "post", sample, sender=people[1])

    return trainer, post


def test_another_contract_accepts_what_the_model_accepts(gate, chain, people):
    _, post = gate
    (log,) = post(pack_sparse([3, 21, 22])).logs

    posted = codec("ReviewGate").event(log)

    assert chain.accounts[1] == posted.args["author"]
    assert (posted.name, posted.args["post"]) == ("Posted", pack_sparse([3, 21, 22]))


def test_another_contract_refuses_what_the_model_refuses_until_the_model_learns_better(gate, refused):
    trainer, post = gate

    with refused(errors.ContractReverted):
        post(pack_sparse([3]))
    trainer.contribute([3], "no")
    assert post(pack_sparse([3]))


def test_what_a_trainer_refuses_reaches_the_caller_of_the_other_contract(gate, refused):
    _, post = gate

    with refused(errors.NotIncreasing, "position 1"):
        post(b"\0\3\0\3")
