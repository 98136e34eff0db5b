"""Every model passes the suite that ships with the package; a third party's: tests/test_third_party.py."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

import dcai
from dcai.incentives import DepositRefundTake
from dcai.models import (
    AveragedPerceptron,
    DensePerceptron,
    NaiveBayes,
    NearestCentroid,
    SparseNearestCentroid,
    SparsePerceptron,
)
from dcai.models.twins import AveragedPerceptronTwin, CountingTwin, NaiveBayesTwin, PerceptronTwin
from dcai.models.twins.lanes import INT24, UINT16
from dcai.testing import model_checks, suite
from dcai.testing.pair import Pair
from dcai.testing.samples import samples_of
from dcai.trainer import products

FULL = 65_535

LEARNING = "it_learns_and_answers_what_the_twin_does"

LEARNINGS = 2_000
"""How many are compared of each product, at least."""


def classes(count, room=None):
    return {"classes": tuple(f"class {number}" for number in range(count)), "max_classes": room}


SEVERAL = [classes(3), classes(2, 4), classes(5, 9), classes(10)]

CONFIGURATIONS = {
    "SparsePerceptronDRT": [SparsePerceptron(**classes(2))],
    "DensePerceptronDRT": [DensePerceptron(**classes(2))],
    "SparseMulticlassPerceptronDRT": [SparsePerceptron(**some) for some in SEVERAL],
    "DenseMulticlassPerceptronDRT": [DensePerceptron(**some) for some in SEVERAL],
    "AveragedPerceptronDRT": [AveragedPerceptron(**classes(2))],
    "AveragedMulticlassPerceptronDRT": [AveragedPerceptron(**some) for some in SEVERAL],
    "NearestCentroidDRT": [NearestCentroid(**some) for some in (classes(2), *SEVERAL)],
    "SparseNearestCentroidDRT": [SparseNearestCentroid(**some) for some in (classes(2), *SEVERAL)],
    "NaiveBayesDRT": [
        *(NaiveBayes(**some) for some in (classes(2), *SEVERAL)),
        NaiveBayes(**classes(2), smoothing=0.001),
        NaiveBayes(**classes(3, 5), smoothing=65.535),
    ],
}


# States that learning takes long to reach


def edge_states(fitted, random):
    """Return models whose numbers are at the ends of their ranges, and models with equal scores."""
    if isinstance(fitted, PerceptronTwin):
        return perceptrons(fitted, random)
    if isinstance(fitted, AveragedPerceptronTwin):
        return averaged(fitted, random)
    return counts(fitted, random)


def perceptrons(fitted, random):
    """Yield perceptrons with arbitrary bytes as parameters."""
    lane = np.dtype(">i2" if fitted.dense else "i1")
    low, high = np.iinfo(lane).min, np.iinfo(lane).max
    several = fitted.settings()[3] > 2
    vectors = fitted.settings()[3] if several else 1
    # of one vector these are signed, of several 0 is an empty class and 0x8000 a bias of 0
    ends = [0, 1, 2, 0x7FFF, 0x8000, 0x8001, 0xFFFE, 0xFFFF]
    for biases, weights in (
        (ends, [low, low + 1, -1, 0, 1, high - 1, high]),
        (ends, [low, high]),
        (ends, [low]),
        (ends, [high]),
        ([0x8000 if several else 0], [-1, 0, 1]),
    ):
        bias = random.choice(biases, vectors).astype(">u2")
        if several:
            bias[len(fitted.classes) :] = 0
        table = random.choice(weights, vectors * fitted.n_features).astype(lane)
        yield with_parameters(fitted, bias.tobytes() + table.tobytes())


def averaged(fitted, random):
    """Yield averaged perceptrons with numbers at the ends of their ranges, and nearly full ones."""
    shape, known = fitted.weights_.shape, len(fitted.bias_)
    ends = [-(2**20), 1 - 2**20, -1, 0, 1, 2**20 - 2, 2**20 - 1]
    for updates, weights, cached in (
        (2**20 - 4, [-1, 0, 1], [0]),
        (2**24 - 1, [-1, 0, 1], ends),
        (1, [-128, -127, 126, 127], ends),
        (70_000, [-128, -127, -1, 0, 1, 126, 127], ends),
        (0, [-1, 0, 1], [-1, 0, 1]),
    ):
        made = with_parameters(fitted, fitted.parameters())
        made.updates_ = updates
        made.weights_ = random.choice(weights, shape).astype(np.int64)
        made.cached_weights_ = random.choice(cached, shape).astype(np.int64)
        made.bias_ = random.choice([1 - 2**15, -1, 0, 1, 2**15 - 1, made.bias_[0]], known).astype(np.int64)
        made.cached_bias_ = random.choice([-(2**39), 0, 2**39 - 1], known).astype(np.int64)
        yield with_parameters(fitted, made.parameters())


def counts(fitted, random):
    """Yield counting models that are empty, nearly full and full."""
    known, room = len(fitted.classes), fitted.settings()[3]
    samples = samples_of(fitted.dense, fitted.n_features, random)
    for ends in ([0, 1, 2], [0, FULL - 1, FULL], [FULL - 3, FULL - 2, FULL - 1], [1, 255, 256, 1_000, FULL]):
        numbers, sums = np.zeros(room, dtype=np.int64), np.zeros((room, fitted.n_features), dtype=np.int64)
        numbers[:known] = random.choice(ends, known)
        for label, number in enumerate(numbers):
            # so many samples, of two kinds
            first = random.integers(number + 1)
            sums[label] = np.array([first, number - first]) @ samples.rows([samples.features(), samples.features()])
        totals = sums if isinstance(fitted, NaiveBayesTwin) else sums**2
        header = b"".join(
            int(number).to_bytes(2, "big") + int(total).to_bytes(6, "big")
            for number, total in zip(numbers, totals.sum(axis=1), strict=True)
        )
        yield with_parameters(fitted, header + (INT24.pack(sums) if fitted.dense else UINT16.pack(sums.T)))


def nonsense(fitted, random):
    """Yield models that cannot result from training: contracts don't check the parameters of existing classes."""
    for ends in ([0x00, 0xFF], [0x7F, 0x80], [0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF], range(256)):
        yield with_parameters(fitted, bytes(random.choice(ends, len(fitted.parameters())).tolist()))


def with_parameters(model, parameters):
    """Return a model with these parameters; those of classes that don't exist yet must be empty."""
    made, known = type(model).from_parameters(model.settings(), parameters, model.classes), len(model.classes)
    if isinstance(made, CountingTwin):
        made.counts_[known:], made.sums_[known:], made.totals_[known:] = 0, 0, 0
    elif isinstance(made, PerceptronTwin) and len(made.bias_) > 1:
        made.bias_[known:], made.weights_[known:] = -(2**15), 0
    elif isinstance(made, AveragedPerceptronTwin) and len(made.bias_) > 1:
        made.bias_[known:], made.cached_bias_[known:] = -(2**15), 0
        made.weights_[known:], made.cached_weights_[known:] = 0, 0
    return made


# Our models


@pytest.fixture(scope="module")
def chain(anvil):
    with dcai.local_chain("anvil") as chain:
        yield chain


def told(model):
    known = len(model.classes)
    smoothing = f", smoothing {model.smoothing}" if isinstance(model, NaiveBayes) else ""
    return f"{type(model).__name__}, {known} of {model.max_classes or known} classes{smoothing}"


def checks():
    drt = (one for one in products.known() if one.incentive is DepositRefundTake)
    ours = (one for one in drt if one.model.__module__.startswith("dcai."))
    for product in ours:
        models = CONFIGURATIONS[product.contract]
        for model in models:
            cases = -(-LEARNINGS // len(models))
            for check in model_checks(model, cases=cases, seed=len(model.classes), states=edge_states):
                yield pytest.param(product, model, check, id=f"{told(model)}-{check}")


@pytest.mark.parametrize(("product", "model", "check"), list(checks()))
def test_it_conforms(chain, product, model, check):
    assert products.product_of(model.twin_type(model.classes, 64, model.max_classes), DepositRefundTake()) == product

    check(chain)


@pytest.mark.parametrize("model", [SparsePerceptron(**classes(2)), SparsePerceptron(**classes(3, 4))], ids=told)
def test_a_bias_at_the_end_of_its_range_stays_there(chain, model):
    # it takes as many features to outvote it; vectors of one norm can't
    every = np.arange(300)
    fitted = model.fit([every == 0], [0]).twin
    vectors = len(fitted.bias_)
    lowest, highest = (1, 0xFFFF) if vectors > 1 else (0x8000, 0x7FFF)
    for bias, weight in ((lowest, 127), (highest, -128)):
        parameters = bias.to_bytes(2, "big") * vectors + weight.to_bytes(1, "big", signed=True) * 300 * vectors
        pair = Pair(chain, with_parameters(fitted, parameters))

        for label in (0, 1):
            pair.contribute(every, label)
        pair.contribute_many([every] * 4, [0, 1, 1, 0])

        assert pair.twin.parameters()[:2] == bias.to_bytes(2, "big")
        assert pair.twin.parameters()[2 * vectors :] != parameters[2 * vectors :]


@pytest.mark.parametrize("model", [model for models in CONFIGURATIONS.values() for model in models], ids=told)
def test_whatever_a_creator_has_loaded_contract_and_twin_go_on_alike(chain, model):
    (check,) = (one for one in model_checks(model, cases=80, states=nonsense) if str(one) == LEARNING)

    check(chain)


def test_its_examples_run():
    assert doctest.testmod(suite).failed == 0
