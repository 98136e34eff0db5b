"""No transaction about the largest sample takes more than half of the gas that a transaction may."""

from __future__ import annotations

import numpy as np
import pytest

import dcai
from dcai import errors
from dcai.encoders import VectorEncoder
from dcai.incentives.deposit_refund_take.errors import NoneToReport
from dcai.trainer import products
from dcai.trainer.settings import Settings

TRAINER = "SparsePerceptronDRT"
FREE = dcai.DepositRefundTake(weight_wei=0, minimum_wei=1, size_unit=65_535)
HALF = 8_000_000

# the most classes, the most slots, and where the limit changes from "all slots" to "slots of their own"
SPARSE = [
    (dcai.SparsePerceptron, 2, 65_535, 345),
    (dcai.SparsePerceptron, 2, 7_300, 6_790),
    (dcai.SparsePerceptron, 10, 1_000, 259),
    (dcai.SparsePerceptron, 33, 3_900, 141),
    (dcai.SparsePerceptron, 255, 500, 27),
    (dcai.AveragedPerceptron, 2, 35_000, 173),
    (dcai.AveragedPerceptron, 2, 2_700, 1_493),
    (dcai.AveragedPerceptron, 10, 1_000, 82),
    (dcai.AveragedPerceptron, 33, 1_000, 73),
    (dcai.AveragedPerceptron, 255, 130, 35),
    (dcai.AveragedPerceptron, 4, 1_000, 197),
    (dcai.NaiveBayes, 2, 32_000, 345),
    (dcai.NaiveBayes, 2, 2_000, 5_569),
    (dcai.NaiveBayes, 37, 1_700, 337),
    (dcai.NaiveBayes, 255, 250, 49),
    (dcai.SparseNearestCentroid, 3, 21_000, 345),
]
DENSE = [
    (dcai.DensePerceptron, 2, 4_096),
    (dcai.DensePerceptron, 3, 1_713),
    (dcai.DensePerceptron, 255, 17),
    (dcai.NearestCentroid, 2, 3_500),
    (dcai.NearestCentroid, 8, 3_437),
    (dcai.NearestCentroid, 255, 107),
]


def untrained(kind, classes, features):
    """Return a model whose classes all answer, and whose slots are all unused: the first sample pays for them."""
    model = kind(classes=[str(number) for number in range(classes)]).fit(np.zeros((0, features)), [])
    if issubclass(kind, (dcai.SparsePerceptron, dcai.AveragedPerceptron, dcai.DensePerceptron)):
        model.bias_[:] = 0
        if kind is dcai.AveragedPerceptron:
            model.twin.updates_ = 1  # the first update caches nothing
    else:
        model.counts_[:] = 1
    return model


def spread(features, size):
    return np.unique(np.linspace(0, features - 1, min(size, features)).astype(int))


@pytest.fixture
def osaka(anvil):
    with dcai.local_chain("anvil", hardfork="osaka") as chain:
        yield chain


def gas_of_everything(chain, model, sample):
    """Contribute a sample with several labels, ask about it, and make every claim; return the gas of each call."""
    trainer, used = dcai.deploy(chain, model, FREE), {}

    def call(name, sender, function, *args, value=0):
        used[name] = chain.invoke(
            TRAINER, trainer.address, function, *args, sender=sender, value=value, gas=15_000_000
        ).gas_used

    author, other = chain.accounts[1:3]
    twin = trainer.model()
    good = trainer.contribute(twin.unpack(sample), twin.label_of(sample), sender=other)
    used["first"] = good.receipt.gas_used
    for number in range(3):
        label = (trainer.model().label_of(sample) + number) % len(twin.classes)
        call(f"contribute {number}", author, "contribute", sample, label, 0, value=10**6)
    call("predict", author, "predict", sample)
    chain.travel("1 day")
    now = trainer.model().label_of(sample)
    mine = {one.entry.label != now: one.entry for one in trainer.contributions() if one.entry.author == author}
    if good.entry.label == now:
        call("refund of another", other, "refund", good.entry.claim(), good.entry.slot)
    if False in mine:
        call("refund", author, "refund", mine[False].claim(), mine[False].slot)
    if True in mine and trainer.good(other):
        call("report", other, "report", mine[True].claim(), mine[True].slot)
        chain.travel("1 day")
        call("take", other, "take", mine[True].claim(), mine[True].slot)
    return used


@pytest.mark.parametrize(("kind", "classes", "features", "most"), SPARSE)
def test_no_call_about_the_largest_sparse_sample_takes_half_of_a_transaction(osaka, kind, classes, features, most):
    model = untrained(kind, classes, features)
    sample = model.twin.pack(spread(features, most))

    used = gas_of_everything(osaka, model, sample)

    assert max(used.values()) <= HALF, used


@pytest.mark.parametrize(
    ("kind", "classes", "features", "most"), [case for case in SPARSE if case[3] < case[2] and case[2] <= 2_000]
)
def test_a_larger_sample_is_refused_with_the_limit_by_client_and_contract(
    chain, refused, kind, classes, features, most
):
    trainer = dcai.deploy(chain, untrained(kind, classes, features), FREE)
    larger = np.arange(most + 1).astype(">u2").tobytes()

    assert len(trainer.model().largest_sample(65_535)) == 2 * most
    with refused(errors.InvalidInput, f"{most + 1:,} features", f"up to {most:,}"):
        trainer.contribute(range(most + 1), 0)
    with refused(errors.TooManyFeatures, f"{most + 1} features", f"{most} at most"):
        chain.read("IModel", trainer.address, "predict", larger)
    with refused(errors.TooManyFeatures):
        chain.invoke(TRAINER, trainer.address, "contribute", larger, 0, 0, sender=chain.accounts[0], value=10**6)


@pytest.mark.parametrize(("kind", "classes", "features"), DENSE)
def test_no_call_about_a_sample_of_the_largest_dense_models_takes_half_of_a_transaction(osaka, kind, classes, features):
    vector = np.random.default_rng(0).normal(size=features)
    sample = VectorEncoder().fit(np.eye(1, features)).encode(vector).astype(np.int8).tobytes()

    used = gas_of_everything(osaka, untrained(kind, classes, features), sample)

    assert max(used.values()) <= HALF, used


@pytest.mark.parametrize(
    ("kind", "classes", "features", "most"),
    [
        (dcai.DensePerceptron, 3, 1_714, 1_713),
        (dcai.NearestCentroid, 2, 3_501, 3_500),
        (dcai.NearestCentroid, 8, 3_438, 3_437),
        (dcai.NearestCentroid, 255, 108, 107),
    ],
)
def test_a_larger_dense_model_is_refused_by_client_and_contract(chain, refused, kind, classes, features, most):
    model = untrained(kind, classes, features)

    with refused(errors.InvalidInput, f"{HALF:,} gas", f"up to {most:,} features", "fewer classes"):
        dcai.deploy(chain, model, FREE)
    settings = Settings(FREE, model.twin.settings(), "too large", model.twin.classes).packed()
    implementation = products.ensure(chain, products.product_of(model.twin, FREE).contract, sender=chain.accounts[0])
    factory, first = products.address_of("TrainerFactory"), model.twin.parameters()[:16]
    with refused(errors.BadSetting, "features"):
        chain.invoke(
            "TrainerFactory", factory, "create", implementation, settings, bytes(32), first, sender=chain.accounts[0]
        )


def test_the_client_makes_no_batch_of_which_a_call_takes_half_of_a_transaction(osaka):
    model = untrained(dcai.NaiveBayes, 2, 1_000)
    author, other = osaka.accounts[1:3]
    rng = np.random.default_rng(0)
    samples = [np.sort(rng.choice(1_000, 20, replace=False)) for _ in range(300)]
    used, calls = [], []

    def largest(salt):
        trainer = dcai.deploy(osaka, model, FREE, salt=salt)
        good = trainer.contribute([0], trainer.predict([0]), sender=other)
        batch, *_ = trainer.contribute_many(samples, [0, 1] * 150, sender=author, progress=False)
        osaka.travel("1 day")
        good.refund()
        used.append(batch.receipt.gas_used)
        return batch

    def took(call):
        block = osaka.block_number()
        call()
        sent = [
            receipt
            for number in range(block + 1, osaka.block_number() + 1)
            for receipt in osaka.request("eth_getBlockReceipts", [hex(number)])
        ]
        used.extend(int(receipt["gasUsed"], 16) for receipt in sent)
        calls.append(len(sent))

    batch = largest(0)
    took(batch.refund)
    batch = largest(1)
    with pytest.raises(errors.InvalidInput, match="up to 200 samples off a batch, not 201"):
        batch.split(range(201), sender=author)
    took(lambda: batch.split(range(200), sender=author))
    batch = largest(2)
    wrong = disagreed(batch)
    took(lambda: batch.report(sender=other))
    assert max(used) <= HALF, used
    assert calls == [1, 1, 2]
    (person, reported), *rest = [(event.args["reporter"], event.args["positions"]) for event in reports(batch)]
    assert person == other
    assert reported | rest[0][1] == sum(1 << at for at in wrong)


def disagreed(batch):
    model = batch.trainer.model()
    return [at for at, (one, label) in enumerate(batch.entry.samples()) if model.label_of(one) != label]


def reports(batch):
    trainer = batch.trainer
    events = [trainer.contract.event(log) for log in trainer.chain.logs(trainer.address)]
    return [event for event in events if event and event.name == "BatchReported"]


def test_a_report_goes_on_after_a_part_in_which_there_is_nothing_to_report(osaka, monkeypatch):
    author, other = osaka.accounts[1:3]
    trainer = dcai.deploy(osaka, untrained(dcai.NaiveBayes, 2, 100), FREE)
    good = trainer.contribute([0], trainer.predict([0]), sender=other)
    batch, *_ = trainer.contribute_many([[1], [2]] * 8, [0, 1] * 8, sender=author, progress=False)
    osaka.travel("1 day")
    good.refund()
    monkeypatch.setattr("dcai.trainer.batches._MOST_CLAIM", 200_000)  # one sample a call
    wrong = disagreed(batch)
    for _ in range(20):  # what the model disagrees with must be some of it
        if 0 < len(wrong) < 16:
            break
        trainer.contribute([1], 1, sender=other)
        wrong = disagreed(batch)
    assert 0 < len(wrong) < 16

    batch.report(sender=other)

    assert sum(event.args["positions"] for event in reports(batch)) == sum(1 << at for at in wrong)
    with pytest.raises(NoneToReport):
        batch.report(sender=other)


def test_as_many_samples_as_a_transaction_holds_are_contributed_together_whatever_the_model(osaka):
    model = untrained(dcai.SparsePerceptron, 10, 1_000)
    trainer = dcai.deploy(osaka, model, FREE)
    rng = np.random.default_rng(0)
    samples = [np.sort(rng.choice(1_000, 20, replace=False)) for _ in range(100)]

    made = trainer.contribute_many(samples, [at % 10 for at in range(100)], progress=False)
    osaka.travel("1 day")
    trainer.contribute(samples[0], trainer.predict(samples[0]))
    before = osaka.gas_used.total()
    made[0].refund()

    assert [len(one.entry.samples()) for one in made] == [100]
    assert osaka.gas_used.total() - before <= HALF


def test_a_sample_that_leaves_no_room_for_another_is_sent_by_itself(osaka):
    model = untrained(dcai.NaiveBayes, 2, 32_000)
    trainer = dcai.deploy(osaka, model, FREE)

    made = trainer.contribute_many([spread(32_000, 345), [1], [2]], [0, 1, 0], progress=False)

    assert [one.entry.is_batch for one in made] == [False] * 3
    assert max(one.receipt.gas_used for one in made) <= HALF
