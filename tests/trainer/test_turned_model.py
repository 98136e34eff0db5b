"""A contribution gets into a block even if somebody turns the model just before, which makes it dearer."""

from __future__ import annotations

import numpy as np
import pytest

import dcai
from tests.support.node import KEYS, PEOPLE

FREE = {"weight_wei": 0, "minimum_wei": 1, "size_unit": 65_535}


def leaning(kind, biases, features):
    """Return a model that says class 0, by as little as possible; all of its slots are unused."""
    model = kind(classes=[str(number) for number in range(max(len(biases), 2))]).fit(np.zeros((0, features)), [])
    model.bias_[:] = biases
    return model


VECTOR = dcai.VectorEncoder().fit(np.eye(1, 512)).encode(np.random.default_rng(0).normal(size=512))
SHORT = dcai.VectorEncoder().fit(np.eye(1, 128)).encode(np.random.default_rng(0).normal(size=128))

# the contribution, and what turns the model
MODELS = {
    "sparse": (dcai.SparsePerceptron, [0], 2_000, range(0, 2_000, 32), [1]),
    "sparse, several classes": (dcai.SparsePerceptron, [1, -1, -1, -1], 500, range(0, 500, 32), [1]),
    "dense": (dcai.DensePerceptron, [-1], 512, VECTOR, VECTOR),
    "dense, several classes": (dcai.DensePerceptron, [1, -1, -1], 128, SHORT, SHORT),
}


@pytest.mark.parametrize("many", [1, 8], ids=["one", "batch"])
@pytest.mark.parametrize("case", MODELS.values(), ids=MODELS)
def test_a_contribution_is_made_though_the_model_is_turned_between_estimate_and_block(node, node_chain, case, many):
    kind, biases, features, mine, theirs = case
    trainer = dcai.deploy(node_chain, leaning(kind, biases, features), dcai.DepositRefundTake(**FREE))
    trainer.contribute(mine, "0", sender=PEOPLE[2])  # the first of all costs more
    client = dcai.attach(dcai.connect(node, account=KEYS[1]), trainer.address)
    asking = client.chain.request

    def turned(method, params):
        if method == "eth_sendRawTransaction":
            trainer.contribute(theirs, "1", sender=PEOPLE[2])
        return asking(method, params)

    client.chain.request = turned
    if many == 1:
        made = client.contribute(mine, "0")
    else:
        (made,) = client.contribute_many([mine] * many, ["0"] * many, progress=False)

    assert made.receipt.ok
    assert [one.id for one in trainer.contributions()] == [1, 2, 3]
