"""The same market by a deployed contract, to the wei."""

from __future__ import annotations

from collections import Counter

import numpy as np

import dcai
from dcai.chain import Chain
from dcai.incentives.prediction_market.scores import rows_of
from dcai.models.twins import Twin
from scripts.studies.market.course import PERIODS, PORTIONS, Integers, learn, mistakes, play, turns
from scripts.studies.reviews import Reviews

_MISTAKE_WEI = 10**9


def both_ways(
    chain: Chain,
    start: Twin,
    contributed: Reviews,
    authors: Integers,
    tests: Reviews,
    *,
    rounds: int,
    grouped: bool,
) -> tuple[list[int], list[int]]:
    """Hold a market on a chain, and compute what it must pay.

    Parameters
    ----------
    chain
        A local one.
    start
        The initial model of the market.
    contributed
        The contributions, with the labels that they are contributed with.
    authors
        The number of the participant of each contribution.
    tests
        The test set, of which the chain draws the portion that is opened.
    rounds
        The bounty in stakes.
    grouped
        Whether consecutive contributions of a participant are scored together.

    Returns
    -------
    paid, computed : list of int
        What each participant gets for the stakes, wei: from the contract, and by the rule.
    """
    portion = len(tests.labels) // PORTIONS
    size = (PORTIONS - 1) * portion
    incentive = dcai.PredictionMarket(
        stake_wei=size * _MISTAKE_WEI,
        portions=PORTIONS,
        portion_size=portion,
        draw_after=2,
        group_by_participant=grouped,
        size_unit=start.n_features,
    )
    people = chain.accounts[1 : 1 + len(PERIODS)]
    market = dcai.deploy(chain, start, incentive, name="Market")
    test_set = market.test_set(tests.indices(), tests.labels.tolist(), seed=0)
    market.commit(test_set, bounty_wei=rounds * incentive.stake_wei)
    market.open(test_set)
    for sample, label, author in zip(contributed.indices(), contributed.labels.tolist(), authors.tolist(), strict=True):
        market.contribute(sample, label, sender=people[author])
    chain.travel(incentive.participate)
    paid = Counter(market.settle(test_set, progress=False))
    for entry in market.history().entries.values():
        paid[entry.author] -= entry.kept_wei - incentive.stake_wei  # what was sent beyond the price comes back

    samples, labels = zip(*market.history().tests(), strict=True)
    examined = Reviews(rows_of(start, samples).toarray(), np.array(labels))
    states, places = learn(start, contributed.samples(), contributed.labels)
    ends = turns(authors, grouped)
    stakes = np.bincount(authors, minlength=len(PERIODS)) * size
    np.add.at(stakes, authors[ends], play(mistakes(states, examined, [size])[size][places], ends, rounds))
    return [paid[person] for person in people], [units * incentive.unit_wei for units in stakes.tolist()]
