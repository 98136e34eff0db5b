"""What docs/market.md concludes, checked against its figures: a page that they contradict is not written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from math import isclose

import numpy as np
from numpy.typing import NDArray

from dcai.simulation.sweep.statistics import Interval
from scripts.studies.market import provider
from scripts.studies.market.attacks import ATTACKS
from scripts.studies.market.course import SAMPLES, Gains, Setting, Steps, hidden
from scripts.studies.market.provider import FIRST, NOTHING, POISON, Filled, Trial
from scripts.studies.market.settings import BOUNTIES, FEW, MODEL, MOST, ORDERS, ROUNDS, SIZES, STAKES, TURN, Case
from scripts.studies.market.turns import Held

# The least bounty that is worth having, and the least test set that is large enough.
_BOUNTY, _SIZE = 1_000, 1_000

MOST_SAMPLES = 65_535
"""The samples that a market has room for at most."""


def check(
    gains: Mapping[Setting, Gains],
    steps: Sequence[Steps],
    trials: Mapping[str, Sequence[Trial]],
    held: Mapping[Case, Sequence[Held]],
    filled: Filled,
) -> None:
    """Check every conclusion of the page.

    Raises
    ------
    RuntimeError
        If the figures don't show one; the message names each.
    """
    claims = _of_turns(held) | _of_markets(gains) | _of_steps(steps) | _of_trials(trials) | _of_filled(filled)
    wrong = [claim for claim, holds in claims.items() if not holds]
    if wrong:
        raise RuntimeError("These figures don't show what docs/market.md concludes; rewrite it: " + "; ".join(wrong))


def _of_markets(gains: Mapping[Setting, Gains]) -> dict[str, bool]:
    talk = gains[Setting()]
    sizes = [gains[Setting(tests=tests)] for tests in SIZES]
    large = [gain.hostile for tests, gain in zip(SIZES, sizes, strict=True) if tests >= _SIZE]
    single = [gains[Setting(tests=tests, rounds=1)] for tests in (FEW, MOST)]
    worth = [
        [gains[Setting(tests=tests, rounds=rounds)] for rounds in BOUNTIES if rounds >= _BOUNTY]
        for tests in (FEW, MOST)
    ]
    order = {name: gains[Setting(one)] for name, one in ORDERS.items()}
    return {
        "the hostile gain by the talk's rule": _above(talk.hostile),
        "that is more than the fees": _above(talk.hostile - fee(Setting().rounds)),
        "they gain less per sample than the honest": _above(talk.honest - talk.hostile),
        "a small test set favours the hostile": _above(sizes[0].hostile - sizes[-1].hostile)
        and (sizes[0].hostile - sizes[-1].hostile).mean() > (sizes[0].honest - sizes[-1].honest).mean(),
        "from 1,000 test samples on the differences are within the intervals": all(
            _meet(*both) for both in combinations(large, 2)
        ),
        "from 1,000 test samples on the hostile gain": all(map(_above, large)),
        "with a bounty of one stake the hostile lose": all(_above(-one.hostile) for one in single),
        "with a bounty of one stake the honest gain": all(_above(one.honest) for one in single),
        "no bounty worth having makes noise a losing business": all(
            _above(one.hostile) for row in worth for one in row
        ),
        "more rounds multiply what is paid": all(
            _above(more.hostile - less.hostile) and _above(more.honest - less.honest)
            for row in worth
            for less, more in pairwise(row)
        ),
        "before all others the hostile gain, but less": _above(order["one by one, first the hostile"].hostile)
        and order["one by one, first the hostile"].hostile.mean() < talk.hostile.mean(),
        "after all others the hostile lose": _above(-order["one by one, first the honest"].hostile),
    }


def _of_turns(held: Mapping[Case, Sequence[Held]]) -> dict[str, bool]:
    def sides(attack: int, *, fees: bool = True) -> NDArray[np.float64]:
        each = held[Case(MODEL, ATTACKS[attack], TURN)]
        return np.array([one.means(ROUNDS, FEW, fees=fees) for one in each]).T

    found = {attack: sides(number) for number, attack in enumerate(ATTACKS)}
    alone = {attack: sides(number, fees=False) for number, attack in enumerate(ATTACKS)}
    others = [attack for attack in ATTACKS if not attack.by_provider]
    own = next(attack for attack in ATTACKS if attack.by_provider)
    honest, hostile = 0, 1
    plain = [
        np.array([one.means(ROUNDS, FEW) for one in held[Case("SparsePerceptron", attack, TURN)]]).T[hostile]
        for attack in others
    ]
    ends = {
        model: np.mean([one.mistakes[-1, one.sizes.index(hidden(FEW))] for one in held[Case(model, ATTACKS[0], TURN)]])
        for model in (MODEL, "SparsePerceptron")
    }
    return {
        "as recommended, every attack but the provider's loses": all(_above(-found[one][hostile]) for one in others),
        "as recommended, the honest gain under each of these": all(_above(found[one][honest]) for one in others),
        "it is the fee that makes some of them lose": not all(_above(-alone[one][hostile]) for one in others),
        "whatever the bounty": all(
            _above(-np.array([one.means(rounds, FEW)[hostile] for one in held[Case(MODEL, attack, TURN)]]))
            for attack in others
            for rounds in STAKES
        ),
        "the provider's own turns don't lose on average": found[own][hostile].mean() > 0,
        "whether they gain, the seeds don't show": not _above(found[own][hostile]),
        "beside them the honest gain less than anywhere else": all(
            found[own][honest].mean() < found[one][honest].mean() for one in others
        ),
        "the plain perceptron punishes hardest, and a copy of a turn may be worth something to it": not all(
            map(_above, -np.array(plain))
        )
        and min(map(np.mean, plain)) < min(found[one][hostile].mean() for one in others),
        "it ends far worse where labels are wrong": ends["SparsePerceptron"] > 1.3 * ends[MODEL],
    }


def _of_steps(steps: Sequence[Steps]) -> dict[str, bool]:
    moves = [[one.moves(hostile) for hostile in (False, True)] for one in steps]
    apart = np.mean([hostile.mean() - honest.mean() for honest, hostile in moves])
    spread = np.mean([np.concatenate(both).std() for both in moves])
    return {
        "steps of a perceptron differ by more than honest from hostile ones": bool(apart < spread / 2),
        "the hostile change the model more often": _above(
            np.array([one.often(True) - one.often(False) for one in steps])
        ),
    }


def _of_trials(trials: Mapping[str, Sequence[Trial]]) -> dict[str, bool]:
    other, honest = (
        {name: np.array([getattr(one, who) for one in each]) for name, each in trials.items()}
        for who in ("other", "honest")
    )
    return {
        "contributing the test set first gets a part of the bounty back": _above(other[FIRST]),
        "the honest gain less after it": _above(honest[NOTHING] - honest[FIRST]),
        "the honest lose when poisoned": _above(-honest[POISON]),
        "without the provider they gain": _above(honest[NOTHING]),
    }


def _of_filled(filled: Filled) -> dict[str, bool]:
    others = provider.ROUNDS * (provider.FILLED_HONEST / (filled.samples + provider.FILLED_HONEST)) ** 2
    return {
        "filling a market costs its bounty in fees, but for those of others": isclose(
            filled.fees + others, provider.ROUNDS
        ),
        "nothing of a failed market's bounty comes back": filled.back == 0,
    }


def fee(bounty: int) -> float:
    """Return what each of the talk's contributions burns on average, in stakes, in a market with room for the most."""
    return bounty * SAMPLES / MOST_SAMPLES**2


def _above(values: NDArray[np.float64]) -> bool:
    """Tell whether the mean is above 0 by its interval."""
    mean = Interval.of(values)
    return mean.mean > mean.half


def _meet(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Tell whether the intervals of two means overlap."""
    first, second = Interval.of(one), Interval.of(other)
    return abs(first.mean - second.mean) <= first.half + second.half
