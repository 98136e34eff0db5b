"""Honest contributions of a rare class: how many of them the model agrees with when the deposit is due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dcai.models import Model
from scripts.studies.accuracy.tasks import Labels, Rows, Task

SEEDS = range(5)
PARTS = (0.77, 0.17, 0.06)
"""Of the first three classes of a data set."""

SAMPLES = 1_500
INITIAL = 60
"""Samples that the model starts with."""

STEP = 12
"""After so many contributions, refunds are asked for."""

WAITS = {"two hours": 12, "a day": 144, "a week": 1_008}
"""Contributions until a refund, one every ten minutes."""


@dataclass(frozen=True)
class Minority:
    """What came back to honest contributors, in percent, means over orders.

    Attributes
    ----------
    model, start, wait : str
        Start: whether the initial samples are of all classes alike ("balanced") or as frequent as what is contributed.
    common, rare : float
        Contributions of the most frequent and of the rarest class that the model agrees with when they are due.
    """

    model: str
    start: str
    wait: str
    common: float
    rare: float


def minorities(task: Task, kinds: Iterable[type[Model]]) -> Iterator[Minority]:
    """Measure models on the first three classes of a data set, all of whose labels are right."""
    for kind in kinds:
        for start in ("as frequent", "balanced"):
            shares = [_shares(task, kind, seed, balanced=start == "balanced") for seed in SEEDS]
            for at, wait in enumerate(WAITS):
                common, rare = np.mean([one[at] for one in shares], axis=0)
                yield Minority(kind.__name__, start, wait, 100 * float(common), 100 * float(rare))


def _shares(task: Task, kind: type[Model], seed: int, *, balanced: bool) -> list[tuple[float, float]]:
    """Return for each wait which part of the most frequent and of the rarest class came back."""
    random = np.random.default_rng(seed)
    rows, labels = task.present[0], task.labels[0]
    by_class = [random.permutation(np.flatnonzero(labels == label)).tolist() for label in range(len(PARTS))]

    def drawn(parts: tuple[float, ...], count: int) -> NDArray[np.int64]:
        counts = [round(part * count) for part in parts]
        return random.permutation([by_class[label].pop() for label, some in enumerate(counts) for _ in range(some)])

    first = drawn((1 / len(PARTS),) * len(PARTS) if balanced else PARTS, INITIAL)
    then = drawn(PARTS, SAMPLES)
    later = drawn(PARTS, max(WAITS.values()) + STEP)
    twin = kind(classes=task.classes[: len(PARTS)]).fit(rows[first], labels[first]).twin
    came: dict[int, list[Labels]] = {wait: [] for wait in WAITS.values()}
    order = np.concatenate([then, later])
    sent: Rows = rows[order]
    for end in range(STEP, len(order), STEP):
        block = slice(end - STEP, end)
        twin.learn_rows(twin.rows(sent[block]), labels[order[block]])
        for wait, answers in came.items():
            due = slice(end - STEP - wait, min(end - wait, SAMPLES))
            if 0 <= due.start < due.stop:
                answers.append(twin.predict(sent[due]))
    truth = labels[then]
    right = [np.concatenate(answers) == truth for answers in came.values()]
    return [(float(one[truth == 0].mean()), float(one[truth == len(PARTS) - 1].mean())) for one in right]
