"""A market that `commit` accepts can be evaluated: the smallest step fits into a transaction."""

from __future__ import annotations

import numpy as np
import pytest

import dcai
from dcai.chain.execution import TRANSACTION_GAS_LIMIT
from dcai.errors import InvalidInput

# Model, classes, features, words of a test sample (0: vectors).
CASES = [
    (dcai.NaiveBayes, 2, 300, 1),
    (dcai.NaiveBayes, 10, 300, 2),
    (dcai.NaiveBayes, 10, 300, 15),
    (dcai.SparseNearestCentroid, 10, 300, 2),
    (dcai.SparsePerceptron, 20, 300, 15),
    (dcai.SparsePerceptron, 2, 300, 2),
    (dcai.SparsePerceptron, 2, 300, 60),
    (dcai.DensePerceptron, 3, 40, 0),
    (dcai.NearestCentroid, 10, 3, 0),
]


def inputs(random, features, words, count):
    if words:
        return [np.sort(random.choice(features, size=words, replace=False)) for _ in range(count)]
    vectors = random.normal(size=(count, features))
    return list(np.round(127 * vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(int))


def fitted(kind, classes, features, words, random):
    given = inputs(random, features, words, 40)
    rows = np.array(given) if not words else np.array([np.isin(np.arange(features), one) for one in given])
    labels = np.arange(40) % classes
    return kind(classes=tuple(map(str, range(classes)))).fit(rows.astype(int), labels)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0].__name__}-{case[1]}-{case[3]}")
def test_the_largest_pass_that_commit_accepts_is_evaluated_with_the_largest_sample(anvil, case):
    _, classes, features, words = case
    random = np.random.default_rng(0)
    model = fitted(*case, random)
    with dcai.local_chain("anvil", hardfork="osaka") as chain:
        market, test_set = largest(chain, model, classes, features, words, random)
        market.open(test_set)
        most = inputs(random, features, features if words else 0, 1)[0]
        label = (market.labels.index(market.predict(most)) + 1) % classes
        made = market.contribute(most, label)
        chain.travel(market.incentive.participate)

        paid = market.settle(test_set, progress=False)

        assert sum(paid.values()) == market.incentive.stake_wei + made.entry.deposit_wei - made.entry.fee_wei
        heaviest = max(
            int(chain.request("eth_getBlockByNumber", [hex(number), False])["gasUsed"], 16)
            for number in range(chain.block_number() - 8, chain.block_number() + 1)
        )
        # as near to the limit as the estimates are good, or the bytes of a transaction are the limit
        assert heaviest <= TRANSACTION_GAS_LIMIT


def largest(chain, model, classes, features, words, random):
    """Return the market with the largest portion that `commit` accepts, within one in 16, and its test set."""
    low, high, found = 1, 4_096, None
    while high - low > max(low // 16, 1):
        size = (low + high) // 2
        incentive = dcai.PredictionMarket(
            stake_wei=size, portion_size=size, portions=2, draw_after=2, size_unit=65_535, most_samples=1_000
        )
        market = dcai.deploy(chain, model, incentive, name=str(size))
        samples = inputs(random, features, words, 2 * size)
        test_set = market.test_set(samples, random.integers(classes, size=2 * size).tolist(), seed=1)
        try:
            market.commit(test_set, bounty_wei=incentive.stake_wei)
        except InvalidInput:
            high = size
        else:
            low, found = size, (market, test_set)
    assert found is not None
    return found
