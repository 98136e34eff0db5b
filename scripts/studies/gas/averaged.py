"""Gas of the averaged perceptron: its weights decide what a contribution costs, its average what a claim finds."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from statistics import mean

import numpy as np

import dcai
from dcai.models.twins import AveragedPerceptronTwin
from scripts.studies.gas.models import trained, words
from scripts.studies.gas.rows import A1000
from scripts.studies.gas.scenarios import (
    LABELS,
    PAUSE,
    Gas,
    Indices,
    batches_of,
    fresh_chain,
    latest_used,
    mean_used,
    predict_gas,
    used,
)

_FEATURES = 1000


def averaged_perceptron_1000() -> Gas:
    """Measure every call on a model of 1,000 weights that has learnt 400 samples."""
    rng = np.random.default_rng(2)
    sample = partial(words, _FEATURES)
    with fresh_chain() as chain:
        alice, bob = chain.accounts[:2]
        model = trained(dcai.AveragedPerceptron(classes=LABELS), sample, _FEATURES)
        terms = dcai.DepositRefundTake(settle_after=0)
        trainer = dcai.deploy(chain, model, terms, name="IMDB sentiment")
        for _ in range(2):
            batches = batches_of(trainer, [sample(rng) for _ in range(100)])
        disagreeing = _contribute(trainer, [sample(rng) for _ in range(11)], agree=False, sender=alice)
        agreeing = _contribute(trainer, [sample(rng) for _ in range(11)], agree=True, sender=alice)
        good = []
        for features in (sample(rng), sample(rng)):
            chain.travel(PAUSE)
            good.append(trainer.contribute(features, trainer.predict(features), sender=bob))
        gas = {
            "deploy": trainer.deploy_gas,
            "contribute_disagree": mean_used(disagreeing[1:]),
            "contribute_agree": mean_used(agreeing[1:]),
            "batch_100": round(sum(used(batch) for batch in batches) / 100),
            **_prediction(trainer, [sample(rng) for _ in range(10)]),
        }
        chain.travel(terms.refund_after)
        twin = trainer.model()
        wrong = {one.id: twin.label_of(one.entry.sample) != one.entry.label for one in (*disagreeing, *agreeing)}
        for contribution in (*good, *(one for one in agreeing if not wrong[one.id])):
            contribution.refund()
        gas["refund"] = latest_used(chain)
        for contribution in (one for one in (*disagreeing, *agreeing) if wrong[one.id]):
            contribution.take(sender=bob)
        gas["take_share"] = latest_used(chain)
    return {f"{A1000}.{key}": value for key, value in gas.items()}


def _prediction(trainer: dcai.DepositTrainer, samples: Iterable[Indices]) -> Gas:
    """Return the mean gas of predictions: how many slots twenty words touch differs."""
    each = [predict_gas(trainer, sample) for sample in samples]
    return {key: round(mean(gas[key] for gas in each)) for key in each[0]}


def _contribute(
    trainer: dcai.DepositTrainer, samples: Iterable[Indices], *, agree: bool, sender: str
) -> list[dcai.DepositContribution]:
    """Contribute samples whose labels the current weights agree with, or learn from."""
    made = []
    for sample in samples:
        trainer.chain.travel(PAUSE)
        twin = trainer.model()
        assert isinstance(twin, AveragedPerceptronTwin)
        predicted = int(twin.weights_[0, sample].sum() + twin.bias_[0] > 0)
        made.append(trainer.contribute(sample, predicted if agree else 1 - predicted, sender=sender))
    return made
