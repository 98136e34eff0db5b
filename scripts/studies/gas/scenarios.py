"""Gas of the sparse perceptron, call by call, and what every measurement needs."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import mean
from typing import Any

import numpy as np
from numpy.typing import NDArray

import dcai
from dcai import artifacts
from dcai.chain.codec import codec
from dcai.models import Model
from dcai.models.twins import SparsePerceptronTwin
from dcai.trainer import products
from dcai.trainer.trainer import C
from scripts.studies import reviews
from scripts.studies.gas.rows import IMDB_CONTRIBUTIONS, P100, P1000

LABELS = ("negative", "positive")
START = 3_000_000_000  # claims carry times, and calldata costs by the byte: the clock must not be today's
PAUSE = 600
TRANSACTION = 21_000

IMDB_INITIAL = 2_000  # 8% of the training part

Indices = NDArray[np.int64]
Gas = dict[str, int]


def implementations() -> Gas:
    """Measure the deployments that happen once per chain, and the size of their code."""
    gas = {}
    with fresh_chain() as chain:
        for contract in ("TrainerFactory", *(product.contract for product in products.known())):
            if "deployed_bytecode" not in artifacts.load(contract):  # of a plugin that is installed
                continue
            products.ensure(chain, contract, sender=chain.accounts[0])
            gas[f"{contract}.implementation"] = latest_used(chain)
            gas[f"bytecode_size.{contract}"] = len(artifacts.load(contract)["deployed_bytecode"]) // 2 - 1
    return gas


def sparse_perceptron_100() -> Gas:
    """Measure every call on a model of 100 weights with the talk's rule, settle_after = 0."""
    with fresh_chain() as chain:
        alice, bob = chain.accounts[:2]
        trainer = _deploy(chain, 100, settle_after=0)
        rng = np.random.default_rng(1)
        sample = spread(100, 15)
        batches = [batch_of(trainer, [draw(rng, 100, 15) for _ in range(100)]) for _ in range(6)]
        disagreeing = contribute(trainer, [sample] * 11, agree=False, sender=alice)
        agreeing = contribute(trainer, [sample] * 11, agree=True, sender=alice)
        good = contribute(trainer, [sample] * 2, agree=True, sender=bob)
        gas = {
            "deploy": trainer.deploy_gas,
            "contribute_disagree": mean_used(disagreeing[1:]),
            "contribute_agree": mean_used(agreeing[1:]),
            "batch_100": round(used(batches[1]) / 100),
            **predict_gas(trainer, sample),
        }
        chain.travel(trainer.incentive.refund_after)
        for contribution in (*good, *agreeing[:2]):
            contribution.refund()
        gas["refund"] = latest_used(chain)
        for contribution in disagreed_with(disagreeing)[:2]:
            contribution.take(sender=bob)
        gas["take_share"] = latest_used(chain)
        reused = contribute(trainer, [sample] * 2, agree=True, sender=alice)
        gas["contribute_agree_reused"] = used(reused[1])
        for batch in batches[:2]:
            batch.split(disagreed(batch)[:1], sender=bob)
        gas["split"] = latest_used(chain)
        for batch in batches[2:4]:
            split = batch.split(disagreed(batch), sender=bob)
        gas["split_batch"] = round(latest_used(chain) / len(split))
        for batch in batches[4:]:
            refunded = 100 - len(disagreed(batch))
            batch.refund()
        gas["refund_batch"] = round(latest_used(chain) / refunded)
    return {f"{P100}.{name}": value for name, value in gas.items()}


def settled_100() -> Gas:
    """Measure report and take on a model of 100 weights, where a share needs a report one day before."""
    with fresh_chain() as chain:
        alice, bob = chain.accounts[:2]
        trainer = _deploy(chain, 100, settle_after="1 day")
        sample = spread(100, 15)
        disagreeing = contribute(trainer, [sample] * 10, agree=False, sender=alice)
        (good,) = contribute(trainer, [sample], agree=True, sender=bob)
        chain.travel(trainer.incentive.refund_after)
        good.refund()
        bad = disagreed_with(disagreeing)[:2]
        gas = {}
        for contribution in bad:
            contribution.report(sender=bob)
        gas["report"] = latest_used(chain)
        chain.travel(trainer.incentive.settle_after)
        for contribution in bad:
            contribution.take(sender=bob)
        gas["take_share_settled"] = latest_used(chain)
        rng = np.random.default_rng(1)
        batch = batch_of(trainer, [draw(rng, 100, 15) for _ in range(100)])
        chain.travel(trainer.incentive.refund_after)
        reported = len(disagreed(batch))
        batch.report(sender=bob)
        gas["report_batch"] = round(latest_used(chain) / reported)
    return {f"{P100}.{name}": value for name, value in gas.items()}


def sparse_perceptron_1000() -> Gas:
    """Measure a model of 1,000 weights."""
    with fresh_chain() as chain:
        alice = chain.accounts[0]
        trainer = _deploy(chain, 1000, settle_after=0)
        rng = np.random.default_rng(1)
        drawn = [draw(rng, 1000, 20) for _ in range(11)]
        apart = [spread(1000, 20)] * 11
        batches = [batch_of(trainer, [draw(rng, 1000, 20) for _ in range(100)]) for _ in range(2)]
        gas = {"deploy": trainer.deploy_gas, "batch_100": round(used(batches[1]) / 100)}
        for name, samples in (("", drawn), ("_every_50th", apart)):
            for agree in (False, True):
                made = contribute(trainer, samples, agree=agree, sender=alice)
                gas[f"contribute_{'agree' if agree else 'disagree'}{name}"] = mean_used(made[1:])
    return {f"{P1000}.{name}": value for name, value in gas.items()}


def imdb_1000() -> Gas:
    """Measure contributions of real reviews, with their own labels, to a model trained on 8% of them.

    Returns nothing where `DCAI_DATA_DIR` doesn't hold the reviews.
    """
    return _imdb("imdb_1000", dcai.SparsePerceptron(classes=LABELS))


def imdb_1000_averaged() -> Gas:
    """Measure the same with an averaged perceptron."""
    return _imdb("imdb_1000_averaged", dcai.AveragedPerceptron(classes=LABELS))


def _imdb(name: str, model: Model) -> Gas:
    if not reviews.available():
        return {}
    (rows, labels), _ = reviews.load()
    model.fit(rows[:IMDB_INITIAL], labels[:IMDB_INITIAL])
    made = []
    with fresh_chain() as chain:
        trainer = dcai.deploy(chain, model, dcai.DepositRefundTake(), name="IMDB sentiment")
        for row in range(IMDB_INITIAL, IMDB_INITIAL + IMDB_CONTRIBUTIONS):
            chain.travel(PAUSE)
            made.append(trainer.contribute(np.flatnonzero(rows[row]), int(labels[row])))
    return {f"{name}.contribute_mean": mean_used(made)}


def fresh_chain() -> dcai.Chain:
    chain = dcai.local_chain("anvil", hardfork="osaka")
    chain.travel(START - chain.now())
    return chain


def _deploy(chain: dcai.Chain, features: int, settle_after: str | int) -> dcai.DepositTrainer:
    terms = dcai.DepositRefundTake(settle_after=settle_after)
    return dcai.deploy(chain, perceptron(features), terms, name="IMDB sentiment")


def perceptron(features: int, rng: np.random.Generator | None = None, bias: int = -257) -> SparsePerceptronTwin:
    """Return a model with no weight at zero: the first change of an empty slot costs more."""
    rng = rng or np.random.default_rng(0)
    weights = rng.choice([-3, -2, -1, 1, 2, 3], size=features).astype(np.int8)
    settings = bytes([2]) + features.to_bytes(2, "big") + bytes([2]) + bytes(6)
    parameters = bias.to_bytes(2, "big", signed=True) + weights.tobytes()
    return SparsePerceptronTwin.from_parameters(settings, parameters, LABELS)


def spread(features: int, words: int) -> Indices:
    return np.arange(1, words + 1) * features // words - 1


def draw(rng: np.random.Generator, features: int, words: int) -> Indices:
    return np.sort(rng.choice(features, size=words, replace=False))


def contribute(trainer: dcai.Trainer[C, Any], samples: Iterable[Any], *, agree: bool, sender: str) -> list[C]:
    made = []
    for sample in samples:
        trainer.chain.travel(PAUSE)
        predicted = trainer.labels.index(trainer.predict(sample))
        label = predicted if agree else (predicted + 1) % len(trainer.labels)
        made.append(trainer.contribute(sample, label, sender=sender))
    return made


def batch_of(trainer: dcai.Trainer[C, Any], samples: Iterable[Any]) -> C:
    """Contribute samples as one batch; every other label differs from the model's."""
    (batch,) = batches_of(trainer, samples)
    return batch


def batches_of(trainer: dcai.Trainer[C, Any], samples: Iterable[Any]) -> list[C]:
    """Contribute in the same way, in as many batches as the client needs."""
    twin = trainer.model()
    samples, labels = list(samples), []
    for position, sample in enumerate(samples):
        packed = twin.pack(sample)
        label = (twin.label_of(packed) + position % 2) % len(trainer.labels)
        twin.learn(packed, label)
        labels.append(label)
    trainer.chain.travel(PAUSE)
    return trainer.contribute_many(samples, labels, progress=False)


def predict_gas(trainer: dcai.Trainer, sample: Any) -> Gas:
    data = codec("IModel").call("predict", trainer.model().pack(sample))
    whole = trainer.chain.send(trainer.address, data, sender=trainer.chain.accounts[0]).gas_used or 0
    calldata = sum(16 if byte else 4 for byte in data)
    return {"predict": whole, "predict_execution": whole - TRANSACTION - calldata}


def disagreed_with(contributions: Iterable[C]) -> list[C]:
    return [c for c in contributions if c.trainer.model().label_of(c.entry.sample) != c.entry.label]


def disagreed(batch: dcai.Contribution) -> list[int]:
    """Return the positions in a batch that the model disagrees with now."""
    model = batch.trainer.model()
    return [at for at, (sample, label) in enumerate(batch.entry.samples()) if model.label_of(sample) != label]


def used(contribution: dcai.Contribution) -> int:
    assert contribution.receipt is not None
    return contribution.receipt.gas_used or 0


def mean_used(contributions: Iterable[dcai.Contribution]) -> int:
    return round(mean(used(contribution) for contribution in contributions))


def latest_used(chain: dcai.Chain) -> int:
    """Return the gas used by the latest transaction; a local chain makes one block per transaction."""
    block: dict[str, Any] = chain.request("eth_getBlockByNumber", ["latest", False])
    assert len(block["transactions"]) == 1
    return int(block["gasUsed"], 16)
