"""Models under wrong labels: how accurate they stay, how soon an answer turns, and whose deposits come back.

All of it by the twins, which learn what the contracts learn; what a deposit costs plays no part here.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.utils import shuffle

from dcai.models import Model
from dcai.models.twins import Twin
from scripts.studies.accuracy.tasks import Labels, Rows, Task, samples, untrained

SEEDS = range(5)
MOST = 12_000
"""Contributions of a course, or as many as there are."""

WRONG = 1 / 7
"""Chance of a wrong label."""

DAY = 144
"""Contributions in a day: one every ten minutes."""

STEP = 36
"""After so many, refunds are asked for."""

MEASURED = 10
"""Times that the accuracy is measured in the second half of a course."""

LEARNT = 4_000
"""Samples that a model has learnt before copies come."""

VICTIMS = 25
COPIES = 2_000
"""The most copies of one sample that are tried."""


@dataclass(frozen=True)
class Robustness:
    """What wrong labels do to a model, in percent; means over orders unless said otherwise.

    Attributes
    ----------
    task, model : str
    mean, worst, end : float
        The accuracy over the second half of a course: on average, at its lowest in any order, and at the end.
    honest, wrong : float
        Contributions with a right and a wrong label that the model agrees with a day later.
    turned : float
    soonest : int
        Wrong copies of a sample until its answer turns: the median over victims, and the least; `COPIES` if it doesn't.
    """

    task: str
    model: str
    mean: float
    worst: float
    end: float
    honest: float
    wrong: float
    turned: float
    soonest: int


@dataclass(frozen=True)
class Course:
    """What one course has shown: accuracies, and the shares of contributions that are refunded."""

    accuracies: NDArray[np.float64]
    honest: float
    wrong: float


def robustness(task: Task, kinds: Iterable[type[Model]], progress: Callable[[str], None]) -> Iterator[Robustness]:
    """Measure models on a data set of two classes; `progress` gets the name of each."""
    with Parallel(n_jobs=-1) as parallel:
        for kind in kinds:
            progress(f"{task.name}: {kind.__name__} under wrong labels")
            # what a process gets is copied
            nothing = ((), ())
            bare = replace(task, floats=nothing)
            some = replace(bare, present=nothing) if kind.dense else replace(bare, vectors=nothing)
            courses = parallel(delayed(course)(some, kind, seed) for seed in SEEDS)
            turned = parallel(delayed(copies)(some, kind, seed) for seed in SEEDS)
            yield of(task.name, kind.__name__, courses, np.concatenate(turned))


def of(task: str, model: str, courses: list[Course], turned: NDArray[np.int64]) -> Robustness:
    """Return what courses and victims show together."""
    accuracies = np.array([one.accuracies for one in courses])
    return Robustness(
        task,
        model,
        mean=100 * float(accuracies.mean()),
        worst=100 * float(accuracies.min()),
        end=100 * float(accuracies[:, -1].mean()),
        honest=100 * float(np.mean([one.honest for one in courses])),
        wrong=100 * float(np.mean([one.wrong for one in courses])),
        turned=float(np.median(turned)),
        soonest=int(turned.min()),
    )


def course(task: Task, kind: type[Model], seed: int) -> Course:
    """Let an untrained model learn a data set in random order, one label in seven of which is wrong."""
    (rows, truth), test = _ordered(task, kind, seed, MOST), samples(task, kind)[1]
    is_wrong = np.random.default_rng(seed).random(len(truth)) < WRONG
    labels = np.where(is_wrong, 1 - truth, truth)
    twin = untrained(kind, task.classes, rows.shape[1])
    refunded = np.zeros(len(truth), dtype=bool)
    ends = np.linspace(len(truth) / 2, len(truth), MEASURED)
    accuracies: list[float] = []
    for start in range(0, len(truth), STEP):
        twin.learn_rows(twin.rows(rows[start : start + STEP]), labels[start : start + STEP])
        done = min(start + STEP, len(truth))
        due = slice(max(done - DAY - STEP, 0), max(done - DAY, 0))
        if due.stop > due.start:
            refunded[due] = twin.predict(rows[due]) == labels[due]
        while len(accuracies) < MEASURED and ends[len(accuracies)] <= done:
            accuracies.append(float(np.mean(twin.predict(test) == task.labels[1])))
    asked = np.arange(len(truth)) < max(len(truth) - DAY, 0) // STEP * STEP
    return Course(
        np.array(accuracies),
        float(refunded[asked & ~is_wrong].mean()),
        float(refunded[asked & is_wrong].mean()),
    )


def copies(task: Task, kind: type[Model], seed: int) -> NDArray[np.int64]:
    """Return how many wrong copies of a test sample turn the answer about it, for each of some that were right."""
    rows, truth = _ordered(task, kind, seed, LEARNT)
    twin = untrained(kind, task.classes, rows.shape[1])
    twin.learn_rows(twin.rows(rows), truth)
    test, answers = samples(task, kind)[1], task.labels[1]
    right = np.flatnonzero(twin.predict(test) == answers)
    victims = np.random.default_rng(seed).choice(right, VICTIMS // len(SEEDS), replace=False)
    return np.array([_until_turned(twin, test[[victim]], 1 - answers[[victim]]) for victim in victims])


def _until_turned(twin: Twin, victim: Rows, label: Labels) -> int:
    """Return how many copies of a sample with a label make it the answer, at most `COPIES`."""
    learning = copy.deepcopy(twin)
    rows = learning.rows(victim)
    for count in range(1, COPIES + 1):
        learning.learn_rows(rows, label)
        if learning.predict(victim)[0] == label[0]:
            return count
    return COPIES


def _ordered(task: Task, kind: type[Model], seed: int, most: int) -> tuple[Rows, Labels]:
    order = shuffle(np.arange(len(task.labels[0])), random_state=seed)[:most]
    return samples(task, kind)[0][order], task.labels[0][order]
