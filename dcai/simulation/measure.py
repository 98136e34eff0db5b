"""How good a model is on samples that nobody trains with, and when that is measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dcai.models.twins import Twin

if TYPE_CHECKING:
    from dcai.incentives.rules import Earned
    from dcai.simulation.recorder import Recorder
    from dcai.simulation.world import World

POINTS = 120
"""How many times at least the accuracy is measured while samples are contributed."""

# When there is nothing more to contribute, balances are noted so often.
_NOTE_SECONDS = 3_600


class Measure:
    """Accuracy and recall of each class on a hidden test set.

    Parameters
    ----------
    hidden : matrix, shape (n, features)
    truth : numpy.ndarray of int64, shape (n,)
    classes : int

    Attributes
    ----------
    accuracy : float
        As last measured.
    recall : tuple of float
        For each class the part of its samples that is recognised; nan for a class without samples.
    """

    def __init__(self, hidden: object, truth: NDArray[np.int64], classes: int) -> None:
        self._hidden, self._truth = hidden, truth
        self._counts = np.bincount(truth, minlength=classes)
        self._parameters = b""
        self.accuracy = 0.0
        self.recall: tuple[float, ...] = ()

    def __call__(self, model: Twin) -> None:
        """Measure a model, unless it is the one that was measured last."""
        parameters = model.parameters()
        if parameters == self._parameters:
            return
        self._parameters = parameters
        right = model.predict(self._hidden) == self._truth
        self.accuracy = float(np.mean(right))
        found = np.bincount(self._truth[right], minlength=len(self._counts))
        with np.errstate(invalid="ignore"):
            self.recall = tuple((found / self._counts).tolist())


class Course:
    """Notes accuracy, balances and what else agents earned.

    Some 120 times while samples are contributed, and every hour afterwards. A note is taken at once and measured in the
    next break, while the node is at work.

    Parameters
    ----------
    world : World
    recorder : Recorder
    purses : sequence of sequence of str
        The addresses of each agent.
    """

    def __init__(self, world: World, recorder: Recorder, purses: Sequence[Sequence[str]]) -> None:
        self._world, self._recorder, self._purses = world, recorder, purses
        self._noted = (-1, -1)
        self._moment: tuple[int, int, tuple[int, ...], list[Earned]] | None = None

    def note(self, *, last: bool = False) -> None:
        """Keep a point where enough has happened since the last one; the last one is kept and measured at once."""
        world = self._world
        if world.pool.left:
            stage = (world.contributed // max(world.samples // POINTS, 1), 0)
        else:
            stage = (POINTS, world.elapsed // _NOTE_SECONDS)
        if stage == self._noted and not last:
            return
        self._noted = stage
        self.measure()
        balances = tuple(sum(world.balances[address] for address in purse) for purse in self._purses)
        earned = [world.rules.earned(purse) for purse in self._purses]
        self._moment = (world.elapsed, world.contributed, balances, earned)
        if last:
            self.measure()

    def measure(self) -> None:
        """Measure and record what was noted, where something was."""
        if self._moment is not None:
            time, contributed, balances, earned = self._moment
            measure = self._world.measure
            measure(self._world.twin)
            self._recorder.moment(time, contributed, measure.accuracy, measure.recall, balances, earned)
            self._moment = None
