"""Whatever is contributed, each pass over a test set that `commit` accepts fits into a transaction that nodes relay."""

from __future__ import annotations

import numpy as np
import pytest
from eth_account import Account

import dcai
from dcai.chain.codec import codec
from dcai.errors import InvalidInput
from dcai.incentives.prediction_market.settling import check_pass
from dcai.incentives.prediction_market.test_set import HiddenTestSet
from dcai.samples import BATCH, pack_batch, pack_sparse
from tests.support import binary

RELAYED = 131_072
"""The bytes of a transaction, signature and all else included, that geth passes on: txMaxSize."""

LONGEST = 32_768 - 4 - 64
"""The longest batch: its call has a selector, where the batch begins, and the slot, which may be its length, too."""

SIGNER = Account.from_key("0x" + 64 * "7")


def weight(calldata):
    """Return the size of a signed transaction whose other fields are as long as they can be."""
    fields = {
        "type": 2,
        "chainId": 2**53 - 1,
        "nonce": 2**64 - 2,
        "maxPriorityFeePerGas": 2**256 - 1,
        "maxFeePerGas": 2**256 - 1,
        "gas": 2**24,
        "to": SIGNER.address,
        "value": 0,
        "data": calldata,
    }
    return len(SIGNER.sign_transaction(fields).raw_transaction)


def heaviest(model, incentive, hidden):
    """Return the weight of the largest call that evaluates any one contribution in any pass, whatever is drawn."""
    passes = []
    for drawn in range(incentive.portions):
        left = [content for portion, content in enumerate(hidden.portions) if portion != drawn]
        passes += [left[at : at + incentive.pass_size] for at in range(0, len(left), incentive.pass_size)]
    portions = max(passes, key=lambda some: sum(32 + -(-len(content) // 32) * 32 for content in some))
    contribution = (2**40 - 1, SIGNER.address, 2**40, 2**90, BATCH, bytes(LONGEST))
    evaluation = (model.parameters(), hidden.hashes, portions, [contribution], [2**256 - 1], 256)
    return weight(codec("IPredictionMarket").call("evaluate", evaluation))


def market(portions, portion_size, per_pass=None):
    tests = (portions - 1) * portion_size
    return dcai.PredictionMarket(stake_wei=tests, portions=portions, portion_size=portion_size, per_pass=per_pass)


def hidden_of(incentive, words):
    """Return a test set of samples of so many words."""
    count = incentive.portions * incentive.portion_size
    return HiddenTestSet.of([pack_sparse(range(words))] * count, [0] * count, incentive.portions, seed=1)


def is_accepted(model, incentive, hidden):
    try:
        check_pass(model, incentive, hidden, 100)
    except InvalidInput:
        return False
    return True


def largest(model, portions, per_pass, words):
    """Return the market with the largest portions that commit accepts, and its test set."""
    low, high = 1, 65_536 // (portions - 1)
    while high - low > 1:
        incentive = market(portions, (low + high) // 2, per_pass)
        size = incentive.portion_size * per_pass * (3 + 2 * words)
        if size < RELAYED and is_accepted(model, incentive, hidden_of(incentive, words)):
            low = incentive.portion_size
        else:
            high = incentive.portion_size
    incentive = market(portions, low, per_pass)
    return incentive, hidden_of(incentive, words)


def test_many_small_portions_beside_a_large_model_are_weighed_as_they_are_encoded():
    """Counted as raw bytes, this was accepted, and the smallest evaluation weighed nine thousand bytes too much."""
    model, incentive = binary.perceptron(bytes(50_002)), market(100, 4)
    hidden = hidden_of(incentive, 46)

    assert heaviest(model, incentive, hidden) > RELAYED
    assert not is_accepted(model, incentive, hidden)


@pytest.mark.parametrize(
    ("features", "portions", "per_pass", "words"),
    [
        (70, 2, 1, 60),
        (5_000, 255, 254, 7),
        (50_000, 100, 99, 11),
        (50_000, 255, 40, 1),
        (64_000, 20, 7, 30),
        (30_000, 3, 2, 69),
    ],
)
def test_the_largest_portions_that_commit_accepts_fit_in_every_setting(features, portions, per_pass, words):
    model = binary.perceptron(bytes(2 + features))

    incentive, hidden = largest(model, portions, per_pass, words)

    assert is_accepted(model, incentive, hidden)
    assert heaviest(model, incentive, hidden) <= RELAYED


def test_the_longest_contribution_that_the_contract_takes_is_evaluated(anvil, monkeypatch):
    features = 45_000
    model = binary.perceptron(bytes(2 + features))
    random = np.random.default_rng(0)
    samples = [np.sort(random.choice(300, size=62 + (at < 93), replace=False)) for at in range(256)]
    batch = pack_batch([pack_sparse(sample) for sample in samples], random.integers(2, size=256).tolist())
    assert len(batch) == LONGEST - 1  # as near as samples of whole words come
    largest_one, hidden = largest(model, 2, 1, 60)
    size = largest_one.portion_size
    with dcai.local_chain("anvil", hardfork="osaka") as chain:
        incentive = dcai.PredictionMarket(stake_wei=size, portion_size=size, portions=2, draw_after=2)
        trainer = dcai.deploy(chain, model, incentive, name="Longest")
        trainer.commit(hidden, bounty_wei=incentive.stake_wei)
        trainer.open(hidden)
        value = trainer.price((1,) * 256, elapsed=0)
        # the word of the slot is also the length of the batch
        call = codec("SparsePerceptronPM").call("contributeBatch", b"", 0)[:4] + (32).to_bytes(32, "big")
        chain.send(
            trainer.address, call + len(batch).to_bytes(32, "big") + batch, sender=chain.accounts[1], value=value
        )
        chain.travel(incentive.participate)
        sent, execute = [], chain.execute

        def watched(call, *args):
            sent.append(call.data)
            return execute(call, *args)

        monkeypatch.setattr(chain, "execute", watched)
        paid = trainer.settle(hidden, progress=False)

        assert sum(paid.values()) == 257 * incentive.stake_wei
        assert RELAYED - 1_000 < max(map(weight, sent)) <= RELAYED
