"""What each contribution was worth: the contributions of a market replayed through the twin, and the rule played."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np

from dcai.incentives.prediction_market.payoffs import Rounds
from dcai.models.twins import Twin
from dcai.trainer.log import Entry


class Score(NamedTuple):
    """What a turn was worth: a contribution.

    Attributes
    ----------
    number : int
        The contribution's.
    author : str
    samples : int
        How many it has.
    mistakes : int
        Of the model afterwards, on all test samples.
    gain : int
        In stakes divided by the number of test samples.
    """

    number: int
    author: str
    samples: int
    mistakes: int
    gain: int


class Exam:
    """A twin that learns, and test samples whose mistakes it counts.

    Parameters
    ----------
    model : Twin
        Stays as it is.
    tests : sequence of (bytes, int)
        Samples with their labels.
    """

    def __init__(self, model: Twin, tests: Sequence[tuple[bytes, int]]) -> None:
        self.model = deepcopy(model)
        self._rows = rows_of(model, [sample for sample, _ in tests])
        self._labels = np.array([label for _, label in tests])
        self._state = b""
        self._mistakes = 0

    def mistakes(self) -> int:
        """Return how many the model makes now."""
        state = self.model.parameters()
        if state != self._state:
            self._state, self._mistakes = state, int(np.sum(self.model.predict(self._rows) != self._labels))
        return self._mistakes


def rows_of(model: Twin, samples: Sequence[bytes]) -> Any:
    """Return samples as rows, shape (n, n_features)."""
    unpacked = [model.unpack(sample) for sample in samples]
    if model.dense:
        return np.array(unpacked)
    from scipy import sparse  # takes longer to import than an answer

    lengths = [len(indices) for indices in unpacked]
    shape = (len(samples), model.n_features)
    ones = np.ones(sum(lengths), dtype=np.int64)
    return sparse.csr_matrix((ones, np.concatenate(unpacked), np.concatenate(([0], np.cumsum(lengths)))), shape=shape)


def score(start: Twin, entries: Iterable[Entry], tests: Sequence[tuple[bytes, int]], *, rounds: int) -> list[Score]:
    """Return what each turn was worth, in order.

    Parameters
    ----------
    start
        The model that the contributions began with.
    entries
        The contributions, in order.
    tests
        All test samples, with their labels.
    rounds
        The bounty divided by the stake.
    """
    exam = Exam(start, tests)
    game = Rounds(rounds, exam.mistakes())
    scores = []
    for entry in entries:
        samples = entry.samples()
        for sample, label in samples:
            exam.model.learn(sample, label)
        mistakes = exam.mistakes()
        gain = game.play(mistakes, (len(samples) - 1) * len(tests))
        scores.append(Score(entry.id, entry.author, len(samples), mistakes, gain))
    return scores
