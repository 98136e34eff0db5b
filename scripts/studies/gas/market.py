"""What markets cost: contributions one by one, then everything after the last of them, payments included."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import dcai
from dcai.models.twins import SparsePerceptronTwin
from scripts.studies.gas.scenarios import LABELS, PAUSE, START, Gas, Indices, draw, fresh_chain, mean_used

_PARTICIPANTS = 5
_HONEST = 3
# In stakes, as in the talk.
_BOUNTY = 100_000
# One is opened at the beginning; the model is examined on the others.
_PORTIONS = 5
# Seconds, more than all the draws take.
_LATER = 10_000


def _market(size: int, features: int, words: int) -> Gas:
    """Return the gas of a market of `size` contributions on `size` test samples, and of one contribution."""
    rng = np.random.default_rng(2)
    truth = rng.normal(size=features)
    incentive = dcai.PredictionMarket(
        stake_wei=size * 10**9,
        portions=_PORTIONS,
        portion_size=size // (_PORTIONS - 1),
        participate="30 days",
        draw_after=2,
    )

    def label(sample: Indices) -> int:
        return int(truth[sample].sum() > 0)

    with fresh_chain() as chain:
        market = dcai.deploy(chain, _model(rng, features), incentive, name="Market")
        samples = [draw(rng, features, words) for _ in range(_PORTIONS * incentive.portion_size)]
        test_set = market.test_set(samples, [label(sample) for sample in samples], seed=0)
        _open(market, test_set)
        made = []
        for number in range(size):
            chain.travel(PAUSE)
            sample, participant = draw(rng, features, words), number % _PARTICIPANTS
            told = label(sample) if participant < _HONEST else 1 - label(sample)
            made.append(market.contribute(sample, told, sender=chain.accounts[1 + participant]))
        chain.travel(incentive.participate)
        before = chain.gas_used.total()
        market.settle(test_set, progress=False)
        settled = chain.gas_used.total() - before
    return {"contribute": mean_used(made[_PARTICIPANTS:]), "settle": settled, "settle_each": round(settled / size)}


def _open(market: dcai.MarketTrainer, test_set: dcai.HiddenTestSet) -> None:
    """Commit and open, again until the first portion is drawn: the samples of others cost more or less."""
    chain = market.chain
    while True:
        before = chain.snapshot()
        market.commit(test_set, bounty_wei=_BOUNTY * market.incentive.stake_wei)
        if market.open(test_set) == 0:
            break
        chain.revert(before)
        chain.travel(1)
    chain.travel(START + _LATER - chain.now())


def _model(rng: np.random.Generator, features: int) -> SparsePerceptronTwin:
    """Return a model with no weight at zero."""
    weights = rng.choice([-3, -2, -1, 1, 2, 3], size=features).astype(np.int8)
    settings = bytes([2]) + features.to_bytes(2, "big") + bytes([2]) + bytes(6)
    return SparsePerceptronTwin.from_parameters(settings, bytes(2) + weights.tobytes(), LABELS)


def _part(name: str, size: int, features: int, words: int) -> Callable[[], Gas]:
    def measure() -> Gas:
        return {f"{name}.{key}": value for key, value in _market(size, features, words).items()}

    return measure


MARKETS = (
    _part("market_100x100", 100, 100, 15),
    _part("market_300x300", 300, 100, 15),
    _part("market_1000x1000_100_weights", 1000, 100, 15),
    _part("market_1000x1000", 1000, 1000, 20),
)
