"""The faults of the reference implementation, found by running it: none of them exists here.

The numbers are those of the original list. Faults 1 and 7 concern another model; 7, a bias without effect, has its
counterpart below. Fault 3 is in tests/contracts/test_flip_attack.py.
"""

from __future__ import annotations

import pytest

import dcai
from dcai import errors
from dcai.incentives.deposit_refund_take.errors import NothingGood, ShareIsZero
from dcai.samples import pack_batch, pack_sparse

TRAINER = "SparsePerceptronDRT"
DAY = 86_400
PLENTY = 10**18


@pytest.fixture
def raw(chain):
    """Return a function that sends a sample without the client's checks."""

    def contribute(trainer, sample, label, **options):
        return chain.invoke(
            TRAINER, trainer.address, "contribute", sample, label, 0, sender=chain.accounts[1], value=PLENTY, **options
        )

    return contribute


@pytest.fixture
def bad_data(launch, chain, people):
    """Return a function that deploys a trainer with one bad contribution whose deposit can be claimed."""

    def deploy(*, good, deposit_wei=10**16, **terms):
        trainer = launch(weight_wei=0, minimum_wei=1, **terms)
        kept = [trainer.contribute([20], "no", sender=person) for person in good]
        bad = trainer.contribute([0, 1, 2], "no", sender=people[9], deposit_wei=deposit_wei, force=True)
        trainer.contribute([0, 1, 2], "yes", sender=people[8])
        chain.travel("1 day")
        for contribution in kept:
            contribution.refund()
        return trainer, bad

    return deploy


# 2. A repeated index multiplies one word's influence, and size is not priced


def test_a_repeated_index_is_refused(launch, raw, refused):
    trainer = launch()

    with refused(errors.NotIncreasing, "position 1"):
        raw(trainer, b"\0\5" * 200, 1)


def test_a_sample_that_moves_more_weights_than_the_size_unit_costs_more_than_in_proportion(launch, chain):
    trainer = launch((0,) * 450, size_unit=100)
    _, _, last = chain.read(TRAINER, trainer.address, "progress")

    ordinary, large = (chain.read(TRAINER, trainer.address, "price", 1, size, last + DAY) for size in (100, 450))

    assert large == pytest.approx(4.5**1.5 * ordinary)


# 4. An empty sample is accepted, and validated: reputation for gas alone


def test_an_empty_sample_is_refused_in_a_batch_too(launch, chain, raw, refused):
    trainer = launch()

    with refused(errors.EmptySample):
        raw(trainer, b"", 0)
    batch = pack_batch([pack_sparse([1]), b""], [1, 0])
    with refused(errors.EmptySample):
        chain.invoke(TRAINER, trainer.address, "contributeBatch", batch, 0, sender=chain.accounts[1], value=PLENTY)


# 5. No check that the label exists; no bound on an index


@pytest.mark.parametrize("label", [2, 3, 255, 256, 257, 2**255, 2**256 - 1])
def test_an_unknown_label_is_refused(launch, raw, refused, label):
    trainer = launch()

    with refused(errors.UnknownLabel, label, "0 to 1"):
        raw(trainer, pack_sparse([1]), label)


def test_an_unknown_label_is_refused_in_a_batch(launch, chain, refused):
    trainer = launch()
    batch = pack_batch([pack_sparse([1]), pack_sparse([2])], [1, 2])

    with refused(errors.UnknownLabel, "class 2"):
        chain.invoke(TRAINER, trainer.address, "contributeBatch", batch, 0, sender=chain.accounts[1], value=PLENTY)


@pytest.mark.parametrize("index", [40, 41, 45, 2**15, 2**16 - 1])
def test_an_index_beyond_the_model_is_refused_and_does_not_alias_another(launch, raw, chain, refused, index):
    trainer = launch()
    sample = pack_sparse([3, index])

    with refused(errors.IndexTooLarge, f"feature {index}", "has 40, 0 to 39"):
        raw(trainer, sample, 1)
    with refused(errors.IndexTooLarge, f"feature {index}"):
        chain.read(TRAINER, trainer.address, "predict", sample)


# 6. After ownership is handed over, the owner's early claim can never succeed


def test_the_person_who_deployed_takes_what_is_left_before_others_may(launch, chain, people, at, refused):
    trainer = launch(sender=people[3], creator_take_after="3 days", take_after="4 days")
    abandoned = trainer.contribute([0], "no", sender=people[1])

    at(abandoned.entry.time + 3 * DAY)
    assert abandoned.take(sender=people[3]) == abandoned.entry.deposit_wei


# 7. A bias without effect


def test_the_bias_learns_and_decides(launch):
    trainer = launch((0,) * 40, bias=0)
    assert trainer.predict([7]) == "no"

    trainer.contribute([1, 2], "yes")

    assert trainer.predict([7]) == "yes"
    assert trainer.score([7]) == {"no": 0, "yes": 1}


# 8. Bad input burns the whole gas limit instead of failing with a reason


@pytest.mark.parametrize(
    ("sample", "label", "error"),
    [
        (b"\0\1", 2, errors.UnknownLabel),
        (b"", 1, errors.EmptySample),
        (b"\0\1\0", 1, errors.OddLength),
        (b"\0\1\0\1", 1, errors.NotIncreasing),
        (b"\xff\xff", 1, errors.IndexTooLarge),
    ],
)
def test_bad_input_that_was_sent_fails_with_its_reason_and_little_gas(launch, raw, sample, label, error):
    trainer = launch()

    with pytest.raises(errors.TransactionFailed) as failed:
        raw(trainer, sample, label, gas=10_000_000)

    assert isinstance(failed.value.__cause__, error)
    assert str(failed.value.__cause__) in str(failed.value)
    assert failed.value.receipt.gas_used < 35_000


# 9. The price jumps when somebody contributes in between


def test_a_quoted_deposit_is_enough_right_after_others_have_contributed(launch, chain, people):
    trainer = launch()
    chain.travel("1 day")
    quote, batch_quote = trainer.quote([1]), trainer.quote(many=[[1], [2], [3]])
    assert quote.price_wei < quote.deposit_wei

    for other in people[2:5]:
        trainer.contribute([5], "no", sender=other)

    mine = trainer.contribute([1], "yes", sender=people[1], deposit_wei=quote.deposit_wei)
    (batch,) = trainer.contribute_many(
        [[1], [2], [3]], ["yes"] * 3, sender=people[1], deposit_wei=batch_quote.deposit_wei // 3, progress=False
    )
    assert (mine.entry.open_wei, batch.entry.open_wei) == (quote.deposit_wei, batch_quote.deposit_wei)


def test_all_of_a_deposit_above_the_price_comes_back(launch, chain, people):
    trainer = launch()
    mine = trainer.contribute([1], "yes", sender=people[1], deposit_wei=PLENTY, force=True)
    chain.travel("1 day")

    assert mine.refund() == PLENTY


# 10. The first claimant takes everything; a share that rounds to zero becomes the whole remainder


def test_a_share_that_rounds_to_zero_is_refused_and_stays_for_others(bad_data, people, refused):
    trainer, bad = bad_data(good=[people[1], people[2], people[2]], deposit_wei=2, settle_after=0)

    with refused(ShareIsZero, "2 wei", "with 1 of all 3"):
        bad.take(sender=people[1])
    assert bad.take(sender=people[2]) == 1
    assert trainer.contribution(bad.id).entry.open_wei == 1


def test_only_people_with_good_data_take_anything_before_the_last_deadline(bad_data, chain, people, at, refused):
    _, bad = bad_data(good=[people[1], people[2]], settle_after=0)

    at(bad.entry.time + 9 * DAY - 60)
    with refused(NothingGood, people[5]):
        bad.take(sender=people[5])
    assert bad.take(sender=people[1]) == bad.entry.deposit_wei // 2
    at(bad.entry.time + 9 * DAY)
    assert bad.take(sender=people[5], gas=500_000) == bad.entry.deposit_wei // 2


# 11. One report blocks every later claim, and a reporter needs no good data


def test_a_report_does_not_block_other_reports_or_the_refund(bad_data, chain, people):
    trainer, bad = bad_data(good=[people[1], people[2]])
    bad.report(sender=people[1])
    bad.report(sender=people[2])
    chain.travel("1 day")
    assert bad.take(sender=people[1]) == bad.entry.deposit_wei // 2

    trainer.contribute([0, 1, 2], "no", sender=people[7])

    assert bad.refund() == bad.entry.deposit_wei - bad.entry.deposit_wei // 2


def test_a_reporter_needs_good_data(bad_data, people, refused):
    _, bad = bad_data(good=[people[1]])

    with refused(NothingGood, people[2]):
        bad.report(sender=people[2])


# 12. Same-block duplicates overwrite each other's record


def test_the_same_sample_twice_in_one_block_is_two_contributions_that_are_both_refunded(
    launch, chain, people, new_wallet
):
    trainer = launch()
    wallet = new_wallet(chain, people[1])
    call = (trainer.address, PLENTY, trainer.contract.codec.call("contribute", pack_sparse([1]), 1, 0))

    wallet.execute(call, call, value=2 * PLENTY)

    one, other = trainer.contributions()
    assert (one.entry.time, one.entry.sample) == (other.entry.time, other.entry.sample)
    chain.travel("1 day")
    for contribution in (one, other):
        wallet.ask(trainer.address, "refund", contribution.entry.claim(), contribution.entry.slot)
    assert chain.balance(wallet.address) == 2 * PLENTY
    assert trainer.good(wallet.address) == 2


# 13. Contract wallets can't be paid; claims depend on `predict` succeeding


def test_a_contract_that_does_more_on_payment_than_2300_gas_allow_is_paid(launch, chain, people, new_wallet):
    trainer = launch()
    wallet = new_wallet(chain, people[1])
    mine = wallet.contribute(trainer, [1], 1, PLENTY)
    chain.travel("1 day")

    wallet.ask(trainer.address, "refund", mine.entry.claim(), mine.entry.slot)

    assert wallet.received() == PLENTY


def test_a_contract_that_refuses_money_does_not_block_anybody_else(launch, chain, people, new_wallet, refused):
    trainer = launch()
    wallet = new_wallet(chain, people[1])
    theirs = wallet.contribute(trainer, [1], 1, PLENTY)
    mine = trainer.contribute([2], "yes", sender=people[2])
    chain.travel("1 day")
    wallet.answer_payments(refuse=True)

    with refused(errors.ETHTransferFailed):
        wallet.ask(trainer.address, "refund", theirs.entry.claim(), theirs.entry.slot)
    assert mine.refund() == mine.entry.deposit_wei
    wallet.answer_payments()
    wallet.ask(trainer.address, "refund", theirs.entry.claim(), theirs.entry.slot)
    assert chain.balance(wallet.address) == PLENTY


def test_an_abandoned_deposit_can_be_taken_whatever_the_model_predicts(launch, chain, people):
    trainer = launch()
    agreed = trainer.contribute([1], "yes", sender=people[1])
    batch = trainer.contribute_many([[1], [21], [2]], ["yes", "no", "no"], sender=people[1], progress=False)[0]
    chain.travel("9 days")

    for abandoned in (agreed, batch):
        assert abandoned.take(sender=people[5]) == abandoned.entry.deposit_wei
    assert chain.balance(trainer.address) == 0


# 14. The simulation prices differently from the contract, and compares times with < where the contract has ≤


@pytest.mark.parametrize("size", [1, 100, 450])
@pytest.mark.parametrize("elapsed", [0, 1, 600, DAY])
def test_the_price_in_python_is_the_contracts_to_the_wei(launch, chain, elapsed, size):
    trainer = launch()
    _, _, last = chain.read(TRAINER, trainer.address, "progress")

    charged = chain.read(TRAINER, trainer.address, "price", 1, size, last + elapsed)

    assert charged == trainer.incentive.price(elapsed, (size,))


@pytest.mark.parametrize(
    ("deadline", "claim"),
    [
        (1 * DAY, lambda mine, _: mine.refund(gas=500_000)),
        (8 * DAY, lambda mine, people: mine.take(sender=people[0], gas=500_000)),
        (9 * DAY, lambda mine, people: mine.take(sender=people[5], gas=500_000)),
    ],
    ids=["refund", "creator takes", "anybody takes"],
)
def test_a_claim_works_at_its_second_and_not_the_second_before(launch, chain, people, at, deadline, claim):
    trainer = launch()
    mine = trainer.contribute([1], "yes", sender=people[1])

    at(mine.entry.time + deadline - 1)
    with pytest.raises(errors.TransactionFailed):
        claim(mine, people)
    claim(mine, people)

    assert chain.now() == mine.entry.time + deadline


def test_the_time_to_settle_ends_at_its_second(bad_data, chain, people, at):
    _, bad = bad_data(good=[people[1]], settle_after="1 day")
    bad.report(sender=people[1])
    reported = chain.now()

    at(reported + DAY - 1)
    with pytest.raises(errors.TransactionFailed, match="Too early: allowed from"):
        bad.take(sender=people[1], gas=500_000)
    assert bad.take(sender=people[1], gas=500_000) == bad.entry.deposit_wei


def test_the_default_terms_wait_a_day_between_report_and_take():
    assert dcai.DepositRefundTake().times()[:2] == (DAY, DAY)
