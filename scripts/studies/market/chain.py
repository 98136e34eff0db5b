"""The same markets by a deployed contract, to the wei."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

import dcai
from dcai.chain import Chain
from dcai.incentives.prediction_market.scores import Exam
from dcai.models.twins import Twin
from scripts.studies.market.course import PERIODS, PORTIONS, Integers, play
from scripts.studies.reviews import Reviews

_MISTAKE_WEI = 10**9


def both_ways(
    chain: Chain,
    start: Twin,
    turns: Sequence[Reviews],
    authors: Integers,
    tests: Reviews,
    *,
    rounds: int,
) -> tuple[list[int], list[int]]:
    """Hold a market on a chain, and compute what it must pay.

    Parameters
    ----------
    chain
        A local one.
    start
        The initial model of the market.
    turns
        What is contributed, with the labels that it is contributed with; as many samples in each.
    authors
        The number of the participant of each turn.
    tests
        The test set, of which the chain draws the portion that is opened.
    rounds
        The bounty in stakes.

    Returns
    -------
    paid, computed : list of int
        What each participant gets for the stakes, wei: from the contract, and by the rule.
    """
    portion, samples = len(tests.labels) // PORTIONS, len(turns[0].labels)
    size = (PORTIONS - 1) * portion
    incentive = dcai.PredictionMarket(
        stake_wei=size * _MISTAKE_WEI,
        portions=PORTIONS,
        portion_size=portion,
        draw_after=2,
        turn_samples=samples,
        size_unit=start.n_features,
    )
    people = chain.accounts[1 : 1 + len(PERIODS)]
    market = dcai.deploy(chain, start, incentive, name="Market")
    test_set = market.test_set(tests.indices(), tests.labels.tolist(), seed=0)
    market.commit(test_set, bounty_wei=rounds * incentive.stake_wei)
    market.open(test_set)
    for some, author in zip(turns, authors.tolist(), strict=True):
        market.contribute_many(some.indices(), some.labels.tolist(), sender=people[author], progress=False)
    chain.travel(incentive.participate)
    paid = Counter(market.settle(test_set, progress=False))
    stakes: Counter[int] = Counter()
    exam = Exam(start, market.history().tests())
    course = [exam.mistakes()]
    for some, author, entry in zip(turns, authors.tolist(), market.history().entries.values(), strict=True):
        exam.model.learn_rows(exam.model.rows(some.words), some.labels)
        course.append(exam.mistakes())
        stakes[author] += samples * size
        # what was sent beyond the price comes back
        paid[entry.author] -= entry.kept_wei - samples * incentive.stake_wei
    for author, gain in zip(authors.tolist(), play(np.array(course), rounds, (samples - 1) * size), strict=True):
        stakes[author] += int(gain)
    return [paid[person] for person in people], [stakes[at] * incentive.unit_wei for at in range(len(people))]
