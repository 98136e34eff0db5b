"""Gas of every other model, measured in the same way for each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import dcai
from dcai.encoders import VectorEncoder
from dcai.models import Model
from scripts.studies.gas.scenarios import (
    LABELS,
    Gas,
    batches_of,
    contribute,
    draw,
    fresh_chain,
    latest_used,
    mean_used,
    predict_gas,
    used,
)

LEARNT = 400  # samples beforehand: the first change of an empty slot costs more
WORDS = 20
DIGITS = tuple("0123456789")

Draw = Callable[[np.random.Generator], Any]


def model_gas(name: str, model: Model, features: int) -> Gas:
    """Measure every call on one model with the talk's rule, settle_after = 0."""
    rng = np.random.default_rng(2)
    sample: Draw = partial(_vector if model.dense else words, features)
    with fresh_chain() as chain:
        alice, bob = chain.accounts[:2]
        terms = dcai.DepositRefundTake(settle_after=0)
        trainer = dcai.deploy(chain, trained(model, sample, features), terms, name="IMDB sentiment")
        for _ in range(2):
            batches = batches_of(trainer, [sample(rng) for _ in range(100)])
        disagreeing = contribute(trainer, [sample(rng) for _ in range(11)], agree=False, sender=alice)
        agreeing = contribute(trainer, [sample(rng) for _ in range(11)], agree=True, sender=alice)
        good = contribute(trainer, [sample(rng) for _ in range(2)], agree=True, sender=bob)
        gas = {
            "deploy": trainer.deploy_gas,
            "contribute_disagree": mean_used(disagreeing[1:]),
            "contribute_agree": mean_used(agreeing[1:]),
            "batch_100": round(sum(used(batch) for batch in batches) / 100),
            **predict_gas(trainer, sample(rng)),
        }
        chain.travel(terms.refund_after)
        for contribution in (*good, *agreeing[-2:]):
            contribution.refund()
        gas["refund"] = latest_used(chain)
        for contribution in disagreeing[-2:]:
            _turn_back(contribution)
            contribution.take(sender=bob)
        gas["take_share"] = latest_used(chain)
    return {f"{name}.{key}": value for key, value in gas.items()}


def _turn_back(contribution: dcai.Contribution) -> None:
    """Contribute the sample with another label until the model disagrees with the bad one."""
    trainer, entry = contribution.trainer, contribution.entry
    while (twin := trainer.model()).label_of(entry.sample) == entry.label:
        label = (entry.label - 1) % len(trainer.labels)
        trainer.contribute(twin.unpack(entry.sample), label, sender=trainer.chain.accounts[2])


def trained(model: Model, sample: Draw, features: int) -> Model:
    """Return the model after samples with random labels."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, len(model.classes or ()), LEARNT)
    rows = np.zeros((LEARNT, features), dtype=np.int64)
    for row, drawn in zip(rows, (sample(rng) for _ in range(LEARNT)), strict=True):
        if model.dense:
            row[:] = drawn
        else:
            row[drawn] = 1
    return model.fit(rows, labels)


def words(features: int, rng: np.random.Generator) -> Any:
    return draw(rng, features, WORDS)


def _vector(features: int, rng: np.random.Generator) -> Any:
    return VectorEncoder().fit(np.eye(1, features)).encode(rng.normal(size=features))


MODELS = tuple(
    partial(model_gas, name, model, features)
    for name, model, features in (
        ("dense_perceptron_100", dcai.DensePerceptron(classes=LABELS), 100),
        ("dense_perceptron_512", dcai.DensePerceptron(classes=LABELS), 512),
        ("nearest_centroid_2x100", dcai.NearestCentroid(classes=LABELS), 100),
        ("nearest_centroid_2x512", dcai.NearestCentroid(classes=LABELS), 512),
        ("sparse_centroid_2x1000", dcai.SparseNearestCentroid(classes=LABELS), 1000),
        ("naive_bayes_2x1000", dcai.NaiveBayes(classes=LABELS), 1000),
        ("sparse_perceptron_10x1000", dcai.SparsePerceptron(classes=DIGITS), 1000),
        ("dense_perceptron_10x100", dcai.DensePerceptron(classes=DIGITS), 100),
    )
)
