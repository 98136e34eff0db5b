"""The course of a prediction market with three honest and two hostile participants: the talk's, and others like it.

A perceptron takes the same course whatever the test set, so it learns once. Its states on the way are then examined
together, by one product of matrices, and the rule is played on their mistakes. All numbers are integers, and float32
holds them exactly: a margin is a sum of at most a thousand weights of a byte, and a bias.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dcai import SparsePerceptron
from dcai.incentives.prediction_market.payoffs import Rounds
from dcai.models.twins import SparsePerceptronTwin, Twin
from scripts.studies.reviews import Data, Reviews

PERIODS = np.array([10, 20, 30, 60, 60])
"""Minutes between two contributions of each participant, as in the talk."""

HOSTILE = np.array([False, False, False, True, True])

PARTICIPANTS = (
    "honest, every 10 min",
    "honest, every 20 min",
    "honest, every 30 min",
    "hostile A, every 60 min",
    "hostile B, every 60 min",
)

INITIAL = 10
SAMPLES = 9_990
PORTIONS = 10

MARKS = np.linspace(0, SAMPLES, 112).astype(int)
"""Contributions after which balances are recorded."""

_AT_ONCE = 256  # models examined in one product, so that it stays within a few megabytes

Integers = NDArray[np.int64]


class Order(NamedTuple):
    """How contributions follow one another.

    Attributes
    ----------
    honest, hostile : int
        Samples that each side sends at a time, at the same rate: a hundred come a hundred times as rarely.
    first : {"honest", "hostile"} or None
        The side that contributes all of its samples before the other begins.
    """

    honest: int = 1
    hostile: int = 1
    first: str | None = None

    def authors(self, rng: np.random.Generator, count: int) -> Integers:
        """Return the participant of each of `count` samples: at regular times, from a random start."""
        sizes = np.where(HOSTILE, self.hostile, self.honest)
        periods = PERIODS * sizes
        # more than enough of each
        turns = np.arange(count + 1)
        times = (rng.random(len(PERIODS))[:, np.newaxis] + turns) * periods[:, np.newaxis]
        who = np.argsort(times, axis=None, kind="stable")[:count] // len(turns)
        authors: Integers = np.repeat(who, sizes[who])[:count]
        if self.first is not None:
            later = HOSTILE[authors] == (self.first == "honest")
            authors = authors[np.argsort(later, kind="stable")]
        return authors


class Setting(NamedTuple):
    """A market: the order of contributions, and the provider's choices.

    Attributes
    ----------
    order : Order
    tests : int
        Test samples in all portions; the model is examined on those that are not opened.
    rounds : int
        The bounty in stakes.
    """

    order: Order = Order()
    tests: int = 1_000
    rounds: int = 100_000


class Outcome(NamedTuple):
    """The outcome of a market.

    Attributes
    ----------
    samples : array of shape (participants,)
    gains : array of shape (marks, participants)
        In stakes, of the contributions up to each mark.
    accuracy : array of shape (marks,)
        Of the shared model, on the samples of the portions that are not opened.
    """

    samples: Integers
    gains: NDArray[np.float64]
    accuracy: NDArray[np.float64]


class Gains(NamedTuple):
    """Gains per sample in stakes, one number per seed: of the honest participants and of the hostile ones."""

    honest: NDArray[np.float64]
    hostile: NDArray[np.float64]

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Gains:
        """Return the gains of outcomes, one per seed."""
        gains, samples = (np.array(of) for of in zip(*((one.gains[-1], one.samples) for one in outcomes), strict=True))
        return cls(*(gains[:, who].sum(axis=1) / samples[:, who].sum(axis=1) for who in (~HOSTILE, HOSTILE)))


class Steps(NamedTuple):
    """What single contributions do.

    Attributes
    ----------
    changes : array of shape (samples,)
        Mistakes after each contribution less those before.
    authors : array of shape (samples,)
        The number of the participant who made it.
    tests : int
        Test samples on which mistakes are counted.
    """

    changes: Integers
    authors: Integers
    tests: int

    def of(self, hostile: bool) -> Integers:
        """Return what the contributions of one side do to the mistakes."""
        changes: Integers = self.changes[HOSTILE[self.authors] == hostile]
        return changes

    def moves(self, hostile: bool) -> Integers:
        """Return those of them that change the error."""
        changes = self.of(hostile)
        moves: Integers = changes[changes != 0]
        return moves

    def often(self, hostile: bool) -> float:
        """Return the share of them that does."""
        return len(self.moves(hostile)) / len(self.of(hostile))


def hidden(tests: int) -> int:
    """Return the number of samples of a test set that are not opened."""
    return tests - tests // PORTIONS


def learn(start: Twin, samples: Sequence[bytes], labels: Integers) -> tuple[NDArray[np.float32], Integers]:
    """Let a model learn, and return its states on the way.

    Returns
    -------
    states : float32 array of shape (n_states, n_features + 1)
        Weights and bias.
    places : int array of shape (n_samples + 1,)
        The index of its state before the first sample and after each.
    """
    model = SparsePerceptronTwin.from_parameters(start.settings(), start.parameters(), start.classes)
    states, places, last = [_state(model)], [0], model.parameters()
    for sample, label in zip(samples, labels.tolist(), strict=True):
        model.learn(sample, label)
        if (now := model.parameters()) != last:
            states.append(_state(model))
            last = now
        places.append(len(states) - 1)
    return np.array(states), np.array(places)


def _state(model: SparsePerceptronTwin) -> NDArray[np.float32]:
    return np.append(model.weights_[0], model.bias_).astype(np.float32)


def mistakes(states: NDArray[np.float32], tests: Reviews, sizes: Sequence[int]) -> dict[int, Integers]:
    """Return the mistakes of each state on the first tests, for several numbers of tests in increasing order."""
    rows = np.column_stack((tests.words, np.ones(len(tests.words)))).astype(np.float32)[: sizes[-1]]
    truth = tests.labels[: sizes[-1]] == 1
    parts = [0, *sizes[:-1]]
    counts = [
        np.add.reduceat((some @ rows.T > 0) != truth, parts, axis=1, dtype=np.int64).cumsum(axis=1)
        for some in np.array_split(states, -(-len(states) // _AT_ONCE))
    ]
    return dict(zip(sizes, np.concatenate(counts).T, strict=True))


def play(course: Integers, rounds: int, spare: int = 0) -> Integers:
    """Return the gain of each turn, in stakes divided by the number of test samples.

    Parameters
    ----------
    course
        Mistakes before the first turn and after each.
    rounds
        The bounty in stakes.
    spare
        The stakes of each turn without one, in the same unit.
    """
    game = Rounds(rounds, int(course[0]))
    return np.array([game.play(after, spare) for after in course[1:].tolist()])


def run(seed: int, data: Data, settings: Sequence[Setting]) -> tuple[dict[Setting, Outcome], Steps]:
    """Return the outcome of each setting with the reviews and times of a seed, and the steps of the talk's market."""
    shuffled = np.random.default_rng(seed)
    train = data.train.take(shuffled.permutation(len(data.train.labels))[: INITIAL + SAMPLES])
    tests = data.test.take(shuffled.permutation(len(data.test.labels)))
    start = SparsePerceptron(("negative", "positive")).fit(train.words[:INITIAL], train.labels[:INITIAL]).twin
    samples, labels = train.samples()[INITIAL:], train.labels[INITIAL:]
    outcomes: dict[Setting, Outcome] = {}
    for order in dict.fromkeys(setting.order for setting in settings):
        of_order = [setting for setting in settings if setting.order == order]
        authors = order.authors(np.random.default_rng(seed), SAMPLES)
        states, places = learn(start, samples, np.where(HOSTILE[authors], 1 - labels, labels))
        counted = mistakes(states, tests, sorted({hidden(setting.tests) for setting in of_order}))
        for setting in of_order:
            outcomes[setting] = _outcome(setting, authors, counted[hidden(setting.tests)][places])
        if order == Order():
            size = max(counted)
            steps = Steps(np.diff(counted[size][places]), authors, size)
    return outcomes, steps


def _outcome(setting: Setting, authors: Integers, course: Integers) -> Outcome:
    size = hidden(setting.tests)
    gains = np.zeros((SAMPLES + 1, len(PERIODS)), dtype=np.int64)
    gains[np.arange(SAMPLES) + 1, authors] = play(course, setting.rounds)
    return Outcome(
        np.bincount(authors, minlength=len(PERIODS)), gains.cumsum(axis=0)[MARKS] / size, 1 - course[MARKS] / size
    )
