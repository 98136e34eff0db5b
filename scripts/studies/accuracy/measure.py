"""Accuracy on real data sets: models trained through their contracts, beside scikit-learn's.

Every training sample is contributed, in batches, to an untrained model on a local anvil. The parameters read back from
the chain then predict the test part; scikit-learn's counterpart gets the same samples in the same order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import ClassifierMixin
from sklearn.linear_model import Perceptron, SGDClassifier
from sklearn.naive_bayes import MultinomialNB
from sklearn.neighbors import NearestCentroid
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, add_dummy_feature
from sklearn.utils import shuffle

import dcai
from dcai.chain import Chain
from dcai.models import Model
from dcai.models.twins import Twin
from dcai.testing.generous import Generous
from scripts.studies.accuracy import minorities, robustness
from scripts.studies.accuracy.minorities import Minority
from scripts.studies.accuracy.robustness import Robustness
from scripts.studies.accuracy.tasks import (
    ATTACKED,
    EMBEDDING,
    LOADERS,
    RARE,
    Labels,
    Rows,
    Split,
    Task,
    samples,
    untrained,
)
from scripts.studies.pages import STUDIES, Figures, Page

TOLERANCE = 0.5  # points
ORDERS = 100

PAGE = Page(
    "accuracy",
    "accuracy/page.md.j2",
    STUDIES / "accuracy" / "figures.json",
    {
        "tolerance": TOLERANCE,
        "orders": ORDERS,
        "embedding": EMBEDDING,
        "seeds": len(robustness.SEEDS),
        "most": robustness.MOST,
        "day": robustness.DAY,
        "learnt": robustness.LEARNT,
        "victims": robustness.VICTIMS,
        "copies": robustness.COPIES,
        "parts": [f"{part:.0%}" for part in minorities.PARTS],
        "sent": minorities.SAMPLES,
        "initial": minorities.INITIAL,
    },
)


def perceptron(**parameters: Any) -> ClassifierMixin:
    """Return scikit-learn's perceptron, set to see each row once, in the given order."""
    return Perceptron(shuffle=False, max_iter=1, tol=None, **parameters)


def dense_perceptron() -> ClassifierMixin:
    """Return the same for rows of int8, where 127 stands for 1.

    Divided by 127 they would no longer add up exactly, and errors of 1e-17 decide where a score is 0. So the rows stay
    integers, and the bias is the weight of a column of 127.
    """
    constant = FunctionTransformer(add_dummy_feature, kw_args={"value": 127})
    return make_pipeline(constant, perceptron(fit_intercept=False))


def averaged_perceptron() -> ClassifierMixin:
    """Return what scikit-learn has that is nearest to the averaged perceptron: its average is over all samples."""
    return SGDClassifier(
        loss="perceptron",
        learning_rate="constant",
        eta0=1,
        penalty=None,
        average=True,
        shuffle=False,
        max_iter=1,
        tol=None,
    )


COUNTERPARTS: dict[type[Model], Callable[[], ClassifierMixin]] = {
    dcai.AveragedPerceptron: averaged_perceptron,
    dcai.SparsePerceptron: perceptron,
    dcai.DensePerceptron: dense_perceptron,
    dcai.SparseNearestCentroid: NearestCentroid,
    dcai.NearestCentroid: NearestCentroid,
    dcai.NaiveBayes: MultinomialNB,
}
"""Each model's counterpart in scikit-learn."""

OTHER_RULES = (dcai.AveragedPerceptron.__name__,)
"""Models whose counterpart learns by another rule, and may be further away."""


@dataclass(frozen=True)
class Result:
    """Accuracies in percent; `floats` is scikit-learn's on unrounded rows, None where rows are never rounded."""

    task: str
    model: str
    ours: float
    scikit: float
    floats: float | None

    @property
    def missed(self) -> bool:
        """Whether the contract is further from scikit-learn than the tolerance."""
        return self.model not in OTHER_RULES and abs(self.ours - self.scikit) > TOLERANCE


@dataclass(frozen=True)
class Comparison:
    """Two ways to learn a data set, in the same orders: mean accuracies in percent, and the difference in points."""

    task: str
    what: str
    first: float
    second: float
    points: float
    standard_error: float
    least: float
    most: float

    @classmethod
    def of(cls, task: str, what: str, first: NDArray[np.float64], second: NDArray[np.float64]) -> Comparison:
        """Return the comparison of accuracies, one per order."""
        points = first - second
        error = points.std(ddof=1) / np.sqrt(len(points))
        return cls(
            task, what, *map(float, (first.mean(), second.mean(), points.mean(), error, points.min(), points.max()))
        )


def trained_by_contract(task: Task, kind: type[Model], chain: Chain) -> Twin:
    """Contribute all training samples of a data set; return the model read back from the chain.

    Raises
    ------
    RuntimeError
        If it differs from what the twin learns from the same samples.
    """
    train, _ = samples(task, kind)
    labels = task.labels[0]
    twin = untrained(kind, task.classes, train.shape[1])
    # thousands of contributions within minutes at the talk's rising price would cost more than an account has
    trainer = dcai.deploy(chain, twin, dcai.DepositRefundTake(weight_wei=0), name=task.name)
    inputs = list(train) if kind.dense else np.split(train.indices, train.indptr[1:-1])
    payer = Generous(chain.account())
    trainer.contribute_many(inputs, labels.tolist(), sender=payer, progress=False)
    model: Twin = trainer.model()
    twin.learn_rows(twin.rows(train), labels)
    if model.parameters() != twin.parameters():
        raise RuntimeError(f"{kind.__name__} on {task.name}: the contract and its twin learnt differently.")
    return model


def result(task: Task, kind: type[Model], chain: Chain) -> Result:
    """Return the accuracy of a model trained through its contract, and that of its counterpart."""
    rows, (labels, truth) = samples(task, kind), task.labels
    ours = trained_by_contract(task, kind, chain).predict(rows[1])
    scikit = scikit_predictions(COUNTERPARTS[kind](), rows, labels)
    unrounded = {dcai.DensePerceptron: perceptron, dcai.NearestCentroid: NearestCentroid}.get(kind)
    floats = unrounded and _percent(scikit_predictions(unrounded(), task.floats, labels), truth)
    return Result(task.name, kind.__name__, _percent(ours, truth), _percent(scikit, truth), floats)


def rounding(task: Task) -> Comparison:
    """Compare scikit-learn's perceptron on rows of int8 with the same on floats."""
    return _in_orders(
        task,
        "int8, floats",
        lambda order, labels: scikit_predictions(dense_perceptron(), _ordered(task.vectors, order), labels),
        lambda order, labels: scikit_predictions(perceptron(), _ordered(task.floats, order), labels),
    )


def ties(task: Task) -> Comparison:
    """Compare the sparse perceptron of two classes, for which a score of 0 is class 0, with scikit-learn's."""
    train, test = task.present
    return _in_orders(
        task,
        "0 is class 0, 0 is wrong",
        lambda order, labels: dcai.SparsePerceptron(task.classes).fit(train[order], labels).twin.predict(test),
        lambda order, labels: scikit_predictions(perceptron(), _ordered(task.present, order), labels),
    )


def comparisons(task: Task) -> list[Comparison]:
    """Return the comparisons that need many orders."""
    return [rounding(task), ties(task)] if len(task.classes) == 2 else [rounding(task)]


Learn = Callable[[NDArray[np.int64], Labels], Labels]


def _in_orders(task: Task, what: str, *ways: Learn) -> Comparison:
    labels, truth = task.labels
    orders = [shuffle(np.arange(len(labels)), random_state=seed) for seed in range(ORDERS)]
    first, second = (np.array([_percent(way(order, labels[order]), truth) for order in orders]) for way in ways)
    return Comparison.of(task.name, what, first, second)


def _ordered(rows: Split, order: NDArray[np.int64]) -> Split:
    return rows[0][order], rows[1]


def scikit_predictions(classifier: ClassifierMixin, rows: Split, labels: Labels) -> Labels:
    """Train a classifier of scikit-learn, and return its predictions for the test part."""
    train, test = rows
    predicted: Labels = classifier.fit(_floats(train), labels).predict(_floats(test))
    return predicted


def _floats(rows: Rows) -> NDArray[np.float64]:
    # on sparse matrices scikit-learn's perceptron learns the bias at a hundredth of the rate
    return np.asarray(rows.toarray() if sparse.issparse(rows) else rows, dtype=float)


def _percent(predicted: Labels, truth: Labels) -> float:
    return 100 * float((predicted == truth).mean())


@dataclass
class Measured:
    """What was measured on some data sets: see the types for each."""

    results: list[Result] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    robustness: list[Robustness] = field(default_factory=list)
    minorities: list[Minority] = field(default_factory=list)

    def figures(self) -> Figures:
        """Return what the page is made of."""
        return asdict(self)


def measure(task: Task, measured: Measured, progress: Callable[[str], None]) -> None:
    """Measure every model on a data set; `progress` gets the name of each step: see `steps`."""
    for kind in COUNTERPARTS:
        progress(f"{task.name}: {kind.__name__}")
        with dcai.local_chain("anvil", hardfork="osaka") as chain:
            measured.results.append(result(task, kind, chain))
    progress(f"{task.name}: {ORDERS} orders")
    measured.comparisons += comparisons(task)
    if task.attacked:
        measured.robustness += robustness.robustness(task, COUNTERPARTS, progress)
    if task.rare:
        progress(f"{task.name}: honest contributions of a rare class")
        measured.minorities += minorities.minorities(task, [kind for kind in COUNTERPARTS if not kind.dense])


STEPS = len(LOADERS) * (len(COUNTERPARTS) + 1) + ATTACKED * len(COUNTERPARTS) + RARE
"""Steps of all data sets together."""
