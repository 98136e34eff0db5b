"""Gas of markets: contributions one by one or in turns, then everything after the last one, payments included."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import dcai
from scripts.studies.gas.scenarios import PAUSE, START, Gas, Indices, draw, fresh_chain, mean_used, perceptron

_PARTICIPANTS = 5
_HONEST = 3
# In stakes, as in the talk.
_BOUNTY = 100_000
# One is opened at the beginning; the model is examined on the others.
_PORTIONS = 5
# Seconds; more than all attempts take.
_LATER = 10_000


def _market(size: int, features: int, words: int, turn: int) -> Gas:
    """Return the gas of a contributed sample, and of settling `size` of them, in turns, on `size` test samples."""
    rng = np.random.default_rng(2)
    truth = rng.normal(size=features)
    incentive = dcai.PredictionMarket(
        stake_wei=size * 10**9,
        portions=_PORTIONS,
        portion_size=size // (_PORTIONS - 1),
        participate="30 days",
        draw_after=2,
        turn_samples=turn,
    )

    def label(sample: Indices) -> int:
        return int(truth[sample].sum() > 0)

    with fresh_chain() as chain:
        market = dcai.deploy(chain, perceptron(features, rng, bias=0), incentive, name="Market")
        samples = [draw(rng, features, words) for _ in range(_PORTIONS * incentive.portion_size)]
        test_set = market.test_set(samples, [label(sample) for sample in samples], seed=0)
        _open(market, test_set)
        made: list[dcai.Contribution] = []
        for number in range(size // turn):
            chain.travel(PAUSE)
            some, participant = [draw(rng, features, words) for _ in range(turn)], number % _PARTICIPANTS
            given = [label(one) if participant < _HONEST else 1 - label(one) for one in some]
            made += market.contribute_many(some, given, sender=chain.accounts[1 + participant], progress=False)
        # not from now on: by then the market has failed
        chain.travel((market.deadline() or 0) - chain.now())
        before = chain.gas_used.total()
        market.settle(test_set, progress=False)
        settled = chain.gas_used.total() - before
    contribute = round(mean_used(made[_PARTICIPANTS:]) / turn)
    return {"contribute": contribute, "settle": settled, "settle_each": round(settled / size)}


def _open(market: dcai.MarketTrainer, test_set: dcai.HiddenTestSet) -> None:
    """Commit and open, repeatedly until the first portion is drawn: other portions cost more or less."""
    chain = market.chain
    while True:
        before = chain.snapshot()
        market.commit(test_set, bounty_wei=_BOUNTY * market.incentive.stake_wei)
        if market.open(test_set) == 0:
            break
        chain.revert(before)
        chain.travel(1)
    chain.travel(START + _LATER - chain.now())


def _part(name: str, size: int, features: int, words: int, turn: int = 1) -> Callable[[], Gas]:
    def measure() -> Gas:
        return {f"{name}.{key}": value for key, value in _market(size, features, words, turn).items()}

    return measure


MARKETS = (
    _part("market_100x100", 100, 100, 15),
    _part("market_300x300", 300, 100, 15),
    _part("market_1000x1000_100_weights", 1000, 100, 15),
    _part("market_1000x1000", 1000, 1000, 20),
    _part("market_turns_1000x1000", 1000, 1000, 20, turn=100),
)
