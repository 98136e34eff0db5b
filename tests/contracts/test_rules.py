"""The contracts' promises: chunks of parameters, records, prices, batches, shares, payments, answers to callers."""

from __future__ import annotations

import numpy as np
import pytest

import dcai
from dcai import artifacts, errors
from dcai.chain.addresses import checked_address
from dcai.chain.codec import codec
from dcai.incentives.deposit_refund_take.errors import BadDeposit, NoneRefundable, NoneToSplit, NothingGood, Underpaid
from dcai.samples import pack_batch, pack_sparse
from dcai.trainer import products
from dcai.trainer.settings import Settings
from tests.support import binary

TRAINER = "SparsePerceptronDRT"
PLENTY = 10**18
HEAD_BYTES = 16


@pytest.fixture
def unfinished(chain, people):
    """Return a function that creates a trainer with the first chunk of its parameters and sends more chunks."""

    def create(features, chunk):
        given = binary.settings(features)
        settings = Settings(dcai.DepositRefundTake(), given, "Large", ("no", "yes")).packed()
        factory, implementation = (products.address_of(name) for name in ("TrainerFactory", TRAINER))
        receipt = chain.invoke(
            "TrainerFactory", factory, "create", implementation, settings, bytes(32), chunk, sender=people[0]
        )
        trainer = codec("TrainerFactory").event(receipt.logs[0]).args["trainer"]

        def add(chunk, sender=people[0]):
            return chain.invoke(TRAINER, trainer, "initialize", chunk, sender=sender)

        return trainer, add

    return create


@pytest.fixture
def packed(chain):
    """Return a function that reads a trainer's bytes behind its head, up to one slot after the last."""

    def read(trainer, length):
        words = chain.read(TRAINER, trainer, "words", 0, (HEAD_BYTES + length + 31) // 32 + 1)
        return b"".join(word.to_bytes(32, "big") for word in words)[HEAD_BYTES:]

    return read


def random_parameters(features, seed=0):
    return np.random.default_rng(seed).integers(1, 256, 2 + features, dtype=np.uint8).tobytes()


# Initial parameters


@pytest.mark.parametrize("features", [1, 13, 14, 15, 30, 45, 46, 47, 78, 1000])
def test_parameters_fill_their_bytes_and_nothing_after_them(launch, packed, perceptron, features):
    parameters = random_parameters(features)
    bias = int.from_bytes(parameters[:2], "big", signed=True)

    trainer = launch(np.frombuffer(parameters[2:], dtype=np.int8), bias)

    found = packed(trainer.address, len(parameters))
    assert found == parameters + bytes(len(found) - len(parameters))


def test_a_model_too_large_for_one_transaction_arrives_in_chunks(launch, chain, packed):
    weights = np.frombuffer(random_parameters(40_000)[2:], dtype=np.int8)

    trainer = launch(weights, bias=-7)

    events = [codec(TRAINER).event(log).name for log in chain.logs(trainer.address)]
    assert events == ["Loaded", "Loaded", "Loaded", "Initialized"]
    assert trainer.model().parameters() == (-7).to_bytes(2, "big", signed=True) + weights.tobytes()
    assert trainer.contribute([0, 39_999], "yes").entry.slot == 1
    assert trainer.audit().ok


@pytest.mark.parametrize("cuts", [(16,), (48,), (80,), (16, 48), (48, 80), (16, 48, 80)])
def test_parameters_can_be_cut_at_the_end_of_any_slot(unfinished, packed, cuts):
    parameters = random_parameters(110)
    trainer, add = unfinished(110, parameters[: cuts[0]])

    for start, end in zip(cuts, (*cuts[1:], len(parameters)), strict=True):
        add(parameters[start:end])

    assert packed(trainer, len(parameters)) == parameters + bytes(32)


@pytest.mark.parametrize("wrong", [0, 1, 15, 31, 33, 63, 65, 97])
def test_a_chunk_that_does_not_fill_its_last_slot_or_is_too_long_is_refused(unfinished, refused, wrong):
    parameters = random_parameters(110)
    _, add = unfinished(110, parameters[:16])

    with refused(errors.BadChunk, f"{wrong} bytes", "byte 16", "112"):
        add(bytes(wrong))
    add(parameters[16:])


def test_only_the_creator_adds_chunks_and_none_after_the_last(unfinished, refused, people):
    parameters = random_parameters(110)
    _, add = unfinished(110, parameters[:16])

    with refused(errors.NotCreator, people[0], people[1]):
        add(parameters[16:], sender=people[1])
    add(parameters[16:])
    for person in people[:2]:
        with refused(errors.AlreadyInitialized):
            add(parameters[16:], sender=person)


def test_nothing_works_before_the_last_chunk_is_loaded(unfinished, refused, chain, people):
    parameters = random_parameters(110)
    trainer, add = unfinished(110, parameters[:16])
    sample = pack_sparse([1])

    for function, args in (
        ("contribute", (sample, 1, 0)),
        ("contributeBatch", (pack_batch([sample], [1]), 0)),
        ("predict", (sample,)),
        ("score", (sample,)),
        ("price", (1, 1, 1)),
        ("progress", ()),
    ):
        with refused(errors.NotInitialized, "can't be used yet"):
            chain.call(trainer, codec(TRAINER).call(function, *args), sender=people[1])
    add(parameters[16:])
    assert chain.read(TRAINER, trainer, "progress")[0] == 1


def test_calldata_after_the_parameters_is_not_loaded(unfinished, packed, chain, people):
    parameters = random_parameters(19)
    trainer, _ = unfinished(19, parameters[:16])
    calldata = codec(TRAINER).call("initialize", parameters[16:])
    end = 4 + 64 + len(parameters) - 16

    chain.send(trainer, calldata[:end] + b"\xff" * 64, sender=people[0])

    found = packed(trainer, len(parameters))
    assert found == parameters + bytes(len(found) - len(parameters))


def test_the_implementation_itself_is_not_a_trainer(chain, people, refused):
    with refused(errors.BadSetting):
        chain.invoke(TRAINER, products.address_of(TRAINER), "initialize", bytes(3), sender=people[0])


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
    assert chain.read(TRAINER, trainer.address, "record", entry.slot) == entry.record()

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
    for contribution in (one, two):
        assert chain.read(TRAINER, trainer.address, "record", contribution.entry.slot) == contribution.entry.record()


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


# Batches


@pytest.fixture
def batch(launch, chain, people):
    """Return a due batch of four samples and 400 wei; the model disagrees with the last two."""
    trainer = launch(weight_wei=0, minimum_wei=1)
    indices, labels = [[0], [20], [1, 2, 3], [4, 5, 6]], ["yes", "no", "no", "no"]
    (made,) = trainer.contribute_many(indices, labels, sender=people[1], deposit_wei=100, progress=False)
    good = trainer.contribute([10], "yes", sender=people[2])
    for sample in indices[2:]:
        trainer.contribute(sample, "yes", sender=people[3])
    chain.travel("1 day")
    good.refund()
    return made


def test_the_samples_of_a_batch_that_the_model_agrees_with_are_refunded(batch, chain, refused):
    assert batch.refund([0, 2]) == 100
    assert batch.refund() == 100

    with refused(NoneRefundable, f"batch {batch.id}"):
        batch.refund()
    assert chain.read(TRAINER, batch.trainer.address, "closed", batch.id) == 0b0011
    assert batch.trainer.contribution(batch.id).entry.open_wei == 200


def test_a_batch_is_one_good_contribution_once_more_than_half_of_it_is_refunded_at_once(launch, chain, people):
    trainer = launch(weight_wei=0, minimum_wei=1)
    indices = [[0], [1], [2], [3]]
    halves, most = (trainer.contribute_many(indices, ["yes"] * 4, sender=people[i], progress=False)[0] for i in (1, 2))
    chain.travel("1 day")

    halves.refund([0, 1])
    halves.refund([2, 3])
    most.refund([0, 1, 3])

    assert (trainer.good(people[1]), trainer.good(people[2])) == (0, 1)


def test_a_split_off_sample_does_not_count_as_a_good_contribution(batch, people):
    batch.refund([0])
    (part,) = batch.split([1], sender=people[1])

    part.refund()

    assert batch.trainer.good(people[1]) == 0
    assert batch.trainer.audit().ok


def test_the_author_splits_off_any_sample_and_others_what_the_model_disagrees_with(batch, people, refused):
    with refused(NothingGood):
        batch.split([2], sender=people[5])
    with refused(NoneToSplit, f"batch {batch.id}"):
        batch.split([0, 1], sender=people[2])
    (by_other,) = batch.split([1, 2], sender=people[2])
    (by_author,) = batch.split([0], sender=people[1])

    assert (by_other.id, by_author.id) == (batch.id + 3, batch.id + 1)
    assert (by_other.entry.deposit_wei, by_other.entry.author) == (100, people[1])
    assert by_author.refund() == 100
    with refused(NoneToSplit):
        batch.split([0, 2], sender=people[1])


def test_a_sample_of_a_batch_is_reported_and_taken_by_itself(batch, chain, people, refused):
    parts = batch.split([2, 3], sender=people[2])
    for part in parts:
        part.report(sender=people[2])
    chain.travel("1 day")

    assert [part.take(sender=people[2]) for part in parts] == [100, 100]
    assert batch.refund() == 200
    assert chain.balance(batch.trainer.address) == batch.trainer.history().owed_wei


def test_the_longest_batch_is_refunded_and_split_to_its_last_sample(launch, chain, people):
    trainer = launch()
    samples = [pack_sparse([i % 20]) for i in range(256)]
    deposit = trainer.quote(many=[[0]] * 256).deposit_wei
    batch = pack_batch(samples, [1] * 256)
    chain.invoke(TRAINER, trainer.address, "contributeBatch", batch, 0, sender=people[1], value=deposit)
    chain.travel("1 day")
    (made,) = trainer.contributions()

    (last,) = made.split([255], sender=people[1])

    assert last.id == made.id + 256
    assert last.refund() + made.refund() == deposit
    assert trainer.contribute([1], "yes").id == made.id + 257


@pytest.mark.parametrize(
    "malformed",
    [
        b"",
        b"\0",
        b"\0\1",
        b"\0\1\0\2",
        b"\0\1\0\2\0",
        b"\0\1\0\2\0\1\0",
        b"\1\1\0\2\0\1",
        b"\0\1\xff\xff\0\1",
    ],
)
def test_a_batch_that_does_not_end_where_its_last_sample_ends_is_refused(launch, chain, people, refused, malformed):
    trainer = launch()

    with refused(errors.BadBatch, "malformed"):
        chain.invoke(TRAINER, trainer.address, "contributeBatch", malformed, 0, sender=people[1], value=PLENTY)


# Shares and payments


def test_a_share_is_proportional_to_good_contributions_and_at_most_what_is_left(launch, chain, people):
    trainer = launch(weight_wei=0, minimum_wei=1, settle_after=0)
    first, second = (trainer.contribute([20], "no", sender=people[i]) for i in (1, 2))
    later = [trainer.contribute([20], "no", sender=people[2]) for _ in range(2)]
    bad = trainer.contribute([0, 1], "no", sender=people[9], deposit_wei=101)
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

    with refused(errors.ReentrancyGuardReentrantCall):
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
