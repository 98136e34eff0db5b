"""Markets of turns: three honest participants and two hostile ones, each of whom sends a whole turn at a time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import dcai
from dcai.incentives.prediction_market.payoffs import Rounds
from dcai.models.twins import Twin
from scripts.studies.market.attacks import Attack, Market
from scripts.studies.market.course import HOSTILE, INITIAL, SAMPLES, Integers, Order, hidden
from scripts.studies.reviews import Data, Reviews

MODELS: Mapping[str, Any] = {
    "SparsePerceptron": dcai.SparsePerceptron,
    "AveragedPerceptron": dcai.AveragedPerceptron,
    "NaiveBayes": dcai.NaiveBayes,
}

ROOM = 2 * (INITIAL + SAMPLES)
"""Samples that a market has room for: fees depend on it."""

_OPENED = 100
_SPARE = 1_000


class Held(NamedTuple):
    """A market that was held, whatever is paid for it.

    Attributes
    ----------
    mistakes : array of shape (turns + 1, sizes)
        Before the first turn and after each, on the first of the hidden test samples.
    sizes : tuple of int
        How many of them.
    authors : array of shape (turns,)
        The participant of each turn.
    turn : int
        The samples of each.
    """

    mistakes: Integers
    sizes: tuple[int, ...]
    authors: Integers
    turn: int

    def gains(self, rounds: int, tests: int, *, fees: bool = True) -> NDArray[np.float64]:
        """Return what each turn gains, in stakes, less its fee.

        Parameters
        ----------
        rounds
            The bounty in stakes.
        tests
            Samples in the test set; the model is examined on those that are not opened.
        fees
            Whether the market has room for `ROOM` samples; otherwise for so many that fees are nothing.
        """
        examined = hidden(tests)
        course = self.mistakes[:, self.sizes.index(examined)]
        game, spare = Rounds(rounds, int(course[0])), (self.turn - 1) * examined
        gains = np.array([game.play(after, spare) for after in course[1:].tolist()]) / examined
        samples = self.turn * np.arange(len(course))
        return gains - (np.diff(rounds * (samples / ROOM) ** 2) if fees else 0)

    def means(self, rounds: int, tests: int, *, fees: bool = True) -> tuple[float, float]:
        """Return the mean gain of an honest turn, and of a hostile one."""
        gains, hostile = self.gains(rounds, tests, fees=fees), HOSTILE[self.authors]
        return float(gains[~hostile].mean()), float(gains[hostile].mean())


class Deal:
    """The reviews of a seed, dealt to everybody.

    Parameters
    ----------
    seed
    data
    """

    def __init__(self, seed: int, data: Data) -> None:
        self.seed = seed
        rng = np.random.default_rng(seed)
        train = data.train.take(rng.permutation(len(data.train.labels))[: INITIAL + SAMPLES + _SPARE])
        tests = data.test.take(rng.permutation(len(data.test.labels)))
        self.first = train.take(np.arange(INITIAL))
        self.rows = train.take(np.arange(INITIAL, INITIAL + SAMPLES))
        self.spare = train.take(np.arange(INITIAL + SAMPLES, len(train.labels)))
        self.opened, self.tests = tests.take(np.arange(_OPENED)), tests.take(np.arange(_OPENED, len(tests.labels)))

    @cached_property
    def starts(self) -> dict[str, Twin]:
        """The models as they are deployed."""
        return {name: kind(("negative", "positive")).fit(*self.first).twin for name, kind in MODELS.items()}

    @cached_property
    def matrix(self) -> Any:
        """The rows as all models take them."""
        return next(iter(self.starts.values())).rows(self.rows.words)


def hold(deal: Deal, model: str, attack: Attack, turn: int, tests: tuple[int, ...]) -> Held:
    """Hold a market with the reviews of a seed."""
    start = deal.starts[model]
    twin = type(start).from_parameters(start.settings(), start.parameters(), start.classes)
    rng = np.random.default_rng([deal.seed, turn])
    # the other side comes first
    first = {"first": "hostile", "last": "honest", None: None}[attack.order]
    authors = Order(turn, turn, first).authors(rng, SAMPLES // turn * turn)[::turn]
    sizes = tuple(map(hidden, tests))
    examined = deal.tests.take(np.arange(sizes[-1]))
    rows = twin.rows(examined.words)
    mistakes = [_mistakes(twin, rows, examined.labels, sizes)]
    last: Reviews | None = None
    sent = 0
    for number, hostile in enumerate(HOSTILE[authors].tolist()):
        some = deal.rows.take(np.arange(number * turn, (number + 1) * turn))
        if hostile:
            market = Market(twin, some, deal.spare, deal.opened, examined, last, sent)
            some, sent = attack.send(rng, market), sent + 1
            twin.learn_rows(twin.rows(some.words), some.labels)
        else:
            last = some
            twin.learn_rows(deal.matrix[number * turn : (number + 1) * turn], some.labels)
        mistakes.append(_mistakes(twin, rows, examined.labels, sizes))
    return Held(np.array(mistakes), sizes, authors, turn)


def _mistakes(twin: Twin, rows: Any, labels: Integers, sizes: tuple[int, ...]) -> list[int]:
    wrong = np.cumsum(twin.predict(rows) != labels)
    return [int(wrong[size - 1]) for size in sizes]
