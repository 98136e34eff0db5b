"""Measure accuracy on real sets, trained through the contracts: `make accuracy`.

Every training sample is contributed to a model that knows nothing, in batches, on a local anvil. The parameters read
back from the chain then predict the test part, beside scikit-learn's counterpart that got the same samples in the same
order.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from scipy import sparse
from sklearn.base import ClassifierMixin
from sklearn.linear_model import Perceptron
from sklearn.naive_bayes import MultinomialNB
from sklearn.neighbors import NearestCentroid
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, add_dummy_feature
from sklearn.utils import shuffle

import dcai
from dcai.chain import Chain
from dcai.datasets import DataUnavailable
from dcai.models import Model
from dcai.models.twins import Twin
from scripts.studies import ROOT
from scripts.studies.accuracy.tasks import EMBEDDING, LOADERS, Labels, Rows, Split, Task

PAGE = ROOT / "docs" / "accuracy.md"

TOLERANCE = 0.5  # points
ORDERS = 100


def perceptron(**parameters: Any) -> ClassifierMixin:
    """Return scikit-learn's perceptron, which is to see each row once, in their order."""
    return Perceptron(shuffle=False, max_iter=1, tol=None, **parameters)


def dense_perceptron() -> ClassifierMixin:
    """Return the same for rows of int8, where 127 stands for 1.

    Divided by 127 they would no longer add up exactly, and errors of 1e-17 decide where a score is 0. So the rows stay
    whole, and the bias is the weight of a column of 127.
    """
    constant = FunctionTransformer(add_dummy_feature, kw_args={"value": 127})
    return make_pipeline(constant, perceptron(fit_intercept=False))


COUNTERPARTS: dict[type[Model], Callable[[], ClassifierMixin]] = {
    dcai.SparsePerceptron: perceptron,
    dcai.DensePerceptron: dense_perceptron,
    dcai.SparseNearestCentroid: NearestCentroid,
    dcai.NearestCentroid: NearestCentroid,
    dcai.NaiveBayes: MultinomialNB,
}
"""What each model is in scikit-learn."""


@dataclass(frozen=True)
class Result:
    """Accuracies in percent; `floats` is scikit-learn's on rows that aren't rounded, None where nothing ever is."""

    task: str
    model: str
    ours: float
    scikit: float
    floats: float | None

    @property
    def points(self) -> float:
        """How much better the contract is than scikit-learn."""
        return self.ours - self.scikit

    @property
    def missed(self) -> bool:
        """Whether it is further from scikit-learn than the tolerance."""
        return abs(self.points) > TOLERANCE


@dataclass(frozen=True)
class Comparison:
    """Accuracies in percent of two ways to learn a data set, in the same orders."""

    task: str
    what: str
    first: NDArray[np.float64]
    second: NDArray[np.float64]

    def cells(self) -> tuple[str, ...]:
        """Return the line of the table."""
        points = self.first - self.second
        error = points.std(ddof=1) / np.sqrt(len(points))
        return (
            self.task,
            self.what,
            f"{self.first.mean():.2f}",
            f"{self.second.mean():.2f}",
            f"{points.mean():+.2f} ± {error:.2f}",
            f"{points.min():+.1f} to {points.max():+.1f}",
        )


def samples(task: Task, kind: type[Model]) -> Split:
    """Return the samples of a data set for a kind of model, a row each."""
    return task.vectors if kind.dense else task.present


def trained_by_contract(task: Task, kind: type[Model], chain: Chain) -> Twin:
    """Contribute all training samples of a data set; return the model read back from the chain.

    Raises
    ------
    RuntimeError
        If it isn't what the twin learns from the same samples.
    """
    train, _ = samples(task, kind)
    labels = task.labels[0].tolist()
    twin = untrained(kind, task.classes, train.shape[1])
    # thousands of contributions within minutes at the talk's rising price would cost more than an account has
    trainer = dcai.deploy(chain, twin, dcai.DepositRefundTake(weight_wei=0), name=task.name)
    inputs = list(train) if kind.dense else np.split(train.indices, train.indptr[1:-1])
    trainer.contribute_many(inputs, labels, progress=False)
    model = trainer.model()
    twin.learn_rows(twin.rows(train), task.labels[0])
    if model.parameters() != twin.parameters():
        raise RuntimeError(f"{kind.__name__} on {task.name}: what the contract learnt isn't what its twin does.")
    return model


def untrained(kind: type[Model], classes: Sequence[str], n_features: int) -> Twin:
    """Return a model that knows nothing, and whose classes learn from the first sample on, as scikit-learn's do."""
    model = kind(classes=classes).partial_fit(np.empty((0, n_features), dtype=np.int8), []).twin
    parameters = model.parameters()
    if kind in (dcai.SparsePerceptron, dcai.DensePerceptron) and len(classes) > 2:
        # An empty class would leave out the samples before its first. One that isn't has a bias: 0, stored as 32,768.
        parameters = (2**15).to_bytes(2, "big") * len(classes) + parameters[2 * len(classes) :]
    return model.from_parameters(model.settings(), parameters, classes)


def result(task: Task, kind: type[Model], chain: Chain) -> Result:
    """Return how a model does that was trained through its contract, and how its counterpart does."""
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
    """Return what can be told apart only over many orders."""
    return [rounding(task), ties(task)] if len(task.classes) == 2 else [rounding(task)]


Learn = Callable[[NDArray[np.int64], Labels], Labels]


def _in_orders(task: Task, what: str, *ways: Learn) -> Comparison:
    labels, truth = task.labels
    orders = [shuffle(np.arange(len(labels)), random_state=seed) for seed in range(ORDERS)]
    first, second = (np.array([_percent(way(order, labels[order]), truth) for order in orders]) for way in ways)
    return Comparison(task.name, what, first, second)


def _ordered(rows: Split, order: NDArray[np.int64]) -> Split:
    return rows[0][order], rows[1]


def scikit_predictions(classifier: ClassifierMixin, rows: Split, labels: Labels) -> Labels:
    """Return what a classifier of scikit-learn predicts for the test part once it has learnt the other."""
    train, test = rows
    predicted: Labels = classifier.fit(_floats(train), labels).predict(_floats(test))
    return predicted


def _floats(rows: Rows) -> NDArray[np.float64]:
    # of a sparse matrix, scikit-learn's perceptron learns the bias at a hundredth of the rate
    return np.asarray(rows.toarray() if sparse.issparse(rows) else rows, dtype=float)


def _percent(predicted: Labels, truth: Labels) -> float:
    return 100 * float((predicted == truth).mean())


INTRODUCTION = f"""\
# Accuracy

Made by `python -m scripts.studies.accuracy.measure --update`; `make accuracy` measures it again and fails where a
model is more than {TOLERANCE} points from scikit-learn's, or the contract has learnt anything else than its twin.

Every training sample is contributed, in batches and in its order, to a model on a local anvil that knows nothing. Its
parameters, read back from the chain, then predict the test part. Beside it is scikit-learn's counterpart, in float64,
with the same samples in the same order: `Perceptron(shuffle=False, max_iter=1, tol=None)`, `NearestCentroid()`,
`MultinomialNB()`. Of a dense perceptron scikit-learn gets the whole numbers, and the bias as the weight of a column of
127, so that its sums are exact: divided by 127, errors of 1e-17 decide where a score is 0, and that alone moves it by
up to a point.

- *IMDB-1000*: which of the 1,000 most frequent words a review holds; 25,000 reviews to learn from, 25,000 to test on.
  Dense: the same thousand columns.
- *SMS*: which of 1,000 words a message holds; 4,122 and 1,029. Dense: scikit-learn's `HashingVectorizer` and
  `TruncatedSVD`, {EMBEDDING} dimensions, through `EmbeddingEncoder`. Messages of which one of the two encoders knows no
  word are left out, 14 and 6: there is nothing of them to contribute.
- *digits*: those of scikit-learn, ten classes, 1,347 and 450. `TabularEncoder` (8 bins) and `VectorEncoder` of the 64
  pixels.
- *weight lifting*: 52 sensors, five classes, 13,737 and 5,885. `TabularEncoder` (8 bins) and
  `VectorEncoder(standardize=True)`.

Accuracies are in percent of the test part. *Not rounded* is scikit-learn on the rows of floats that the dense samples
are made of; sparse samples are not rounded.

"""

ORDERS_EXPLAINED = f"""
## In other orders

A perceptron that sees every sample once ends wherever its last mistakes leave it: one decision that falls the other way
changes all that follow, so that one order says little. This is the mean of {ORDERS} random orders of the training part,
with the standard error of the mean difference, and the extremes.

- *int8, floats*: scikit-learn's perceptron on the dense samples, and on the floats they are made of. In a single order
  rounding may move it by many points, up or down; on average it costs nothing that can be measured.
- *0 is class 0, 0 is wrong*: the sparse perceptron of two classes, here its twin, for which a score of 0 stands for
  class 0, and scikit-learn's, for which it is a mistake with either label. No other model of ours differs from its
  counterpart in its rule; this one is within {TOLERANCE} points in the order above, and not in every other.

"""

HEADINGS = ("data set", "model", "contract", "scikit-learn", "points", "not rounded")
COMPARED_HEADINGS = ("data set", "first, second", "first", "second", "points", "extremes")


def _cells(result: Result) -> tuple[str, ...]:
    floats = "-" if result.floats is None else f"{result.floats:.2f}"
    return (
        result.task,
        result.model,
        f"{result.ours:.2f}",
        f"{result.scikit:.2f}",
        f"{result.points:+.2f}",
        floats,
    )


def _markdown(headings: Sequence[str], left: int, rows: Sequence[Sequence[str]]) -> str:
    rule = "|---" * left + "|--:" * (len(headings) - left) + "|"
    lines = [f"| {' | '.join(headings)} |", rule, *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines) + "\n"


def _page(results: Sequence[Result], compared: Sequence[Comparison]) -> str:
    table = _markdown(HEADINGS, 2, [_cells(result) for result in results])
    return INTRODUCTION + table + ORDERS_EXPLAINED + _markdown(COMPARED_HEADINGS, 2, [one.cells() for one in compared])


def _show(console: Console, results: Sequence[Result], compared: Sequence[Comparison]) -> None:
    table = Table(*HEADINGS, title="Accuracy (percent)")
    for one in results:
        table.add_row(*_cells(one), style="red" if one.missed else None)
    console.print(table)
    table = Table(*COMPARED_HEADINGS, title=f"Perceptrons, mean of {ORDERS} orders (percent)")
    for each in compared:
        table.add_row(*each.cells())
    console.print(table)


def main(update: Annotated[bool, typer.Option("--update", help="Rewrite docs/accuracy.md.")] = False) -> None:
    """Measure accuracy; fail where a model is too far from scikit-learn's."""
    console = Console(width=None if sys.stdout.isatty() else 160)
    # of pixels that are the same in all pictures of a digit; predictions make no use of the deviations
    warnings.filterwarnings("ignore", message=".*within_class_std_dev_.*")
    results: list[Result] = []
    compared: list[Comparison] = []
    missing: list[str] = []
    with Progress(console=console) as progress:
        bar = progress.add_task("Loading", total=len(LOADERS) * (len(COUNTERPARTS) + 1))
        for load in LOADERS:
            try:
                task = load()
            except DataUnavailable as error:
                missing.append(str(error))
                progress.advance(bar, len(COUNTERPARTS) + 1)
                continue
            for kind in COUNTERPARTS:
                progress.update(bar, description=f"{task.name}: {kind.__name__}")
                with dcai.local_chain("anvil", hardfork="osaka") as chain:
                    results.append(result(task, kind, chain))
                progress.advance(bar)
            progress.update(bar, description=f"{task.name}: {ORDERS} orders")
            compared += comparisons(task)
            progress.advance(bar)
    _show(console, results, compared)
    for reason in missing:
        console.print(f"Skipped: {reason}")
    if update and missing:
        sys.exit("docs/accuracy.md is left as it is: it has all data sets or none.")
    if update:
        PAGE.write_text(_page(results, compared))
    if missed := [f"{one.model} on {one.task}" for one in results if one.missed]:
        sys.exit(f"More than {TOLERANCE} points from scikit-learn: {', '.join(missed)}")


if __name__ == "__main__":
    typer.run(main)
