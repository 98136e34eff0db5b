"""What `dcai fit` does: choose an encoder for the data, fit a model on it, and measure how good it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from inspect import signature
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dcai import plugins
from dcai.datasets import Dataset
from dcai.encoders import Encoder, HashingEncoder, TabularEncoder, TextEncoder, VectorEncoder
from dcai.errors import InvalidInput
from dcai.models import Model
from dcai.models.twins.state import MAX_CLASSES
from dcai.untrusted import shortened

Kind = Literal["text", "table"]

ENCODERS: dict[str, Kind] = {"text": "text", "hashing": "text", "table": "table", "vector": "table"}
"""The kind of data that each encoder takes."""

_KINDS: dict[Kind, str] = {"text": "texts", "table": "rows of numbers"}

_HELD_OUT = 5
"""One row of so many of each class is held out where the data has no test part."""

RECOMMENDED = "averaged-perceptron"
"""The model that is fitted where none is named: what "Choose a model" in the README recommends."""

_LOW_RECALL = 0.7
"""Below it, honest contributors of a class often lose their deposit."""

_SEED = 0
"""The order of rows is drawn with it: the same in every run."""

_VOCABULARY = 1_000

_ROW = re.compile(r"\ARow (\d+)")

_OPTIONS = {
    "vocabulary_size": "--features",
    "n_features": "--features",
    "max_classes": "--max-classes",
    "smoothing": "--smoothing",
}
"""The options that parameters of encoders and models are."""


def models() -> dict[str, type[Model]]:
    """Return every model by its name on the command line."""
    return {plugins.command_name(kind): kind for kind in plugins.models().values()}


@dataclass(frozen=True)
class Recipe:
    """What is to be fitted, in the words of the command line; None where the data decides.

    Raises
    ------
    InvalidInput
        If there is no such model or encoder, or an option isn't for it.
    """

    model: str
    encoder: str | None = None
    features: int | None = None
    max_classes: int | None = None
    smoothing: float | None = None

    def __post_init__(self) -> None:
        if self.model not in models():
            raise InvalidInput(f"There is no model {self.model!r}: choose one of {', '.join(models())}.")
        if self.encoder is not None and self.encoder not in ENCODERS:
            raise InvalidInput(f"There is no encoder {self.encoder!r}: choose one of {', '.join(ENCODERS)}.")
        if self.smoothing is not None and "smoothing" not in signature(models()[self.model]).parameters:
            raise InvalidInput(f"A {self.model} has no smoothing; leave --smoothing out.")

    @property
    def kind(self) -> Kind | None:
        """The kind of data that it takes; None if either will do."""
        return None if self.encoder is None else ENCODERS[self.encoder]

    def for_data(self, dataset: Dataset) -> Recipe:
        """Choose the encoder, if none is chosen.

        Raises
        ------
        InvalidInput
            If the model or the encoder takes other data.
        """
        dense = models()[self.model].dense
        if self.kind not in (None, dataset.kind):
            fitting = " or ".join(name for name, kind in ENCODERS.items() if kind == dataset.kind)
            raise InvalidInput(
                f"{dataset.name} has {_KINDS[dataset.kind]}, and the encoder {self.encoder!r} doesn't take them: "
                f"choose {fitting}."
            )
        if dense and dataset.kind == "text":
            raise InvalidInput(
                f"A {self.model} takes vectors, and {dataset.name} has texts: choose a sparse model or naive-bayes, or "
                "use the Python API, whose EmbeddingEncoder makes vectors of texts with a function of yours."
            )
        encoder = self.encoder or ("text" if dataset.kind == "text" else "vector" if dense else "table")
        if dense != (encoder == "vector"):
            wanted = "vector" if dense else "table"
            raise InvalidInput(f"A {self.model} doesn't take what the encoder {encoder!r} gives: choose {wanted}.")
        if self.features is not None and dataset.kind == "table":
            raise InvalidInput(
                f"--features is for texts; with the encoder {encoder!r} the columns say how many features there are."
            )
        if len(dataset.labels) > MAX_CLASSES:
            raise InvalidInput(
                f"{dataset.name} has {len(dataset.labels):,} classes, from {dataset.labels[0]!r} to "
                f"{dataset.labels[-1]!r}, and a model at most {MAX_CLASSES}; is it the right column?"
            )
        return replace(self, encoder=encoder)


@dataclass(frozen=True)
class Fitted:
    """A fitted model with its encoder.

    Attributes
    ----------
    encoder, model
    rows : int
        How many the model has learnt.
    left_out : int
        How many it hasn't, because nothing in them is a feature.
    constant : tuple of str
        Columns with one value in all rows.
    """

    encoder: Encoder
    model: Model
    rows: int
    left_out: int
    constant: tuple[str, ...]


@dataclass(frozen=True)
class Accuracy:
    """A share of rows that a model hasn't seen, and which they are.

    Attributes
    ----------
    share : float
    rows : int
    recall : dict of str to float
        The share of each class that is among the rows.
    held_out : bool
        Whether the rows are a fifth of each class, and the model one of the others only; otherwise they are the test
        part of the data.
    unseen : tuple of str
        Classes that are in these rows only.
    untested : tuple of str
        Classes that are in none of these rows, so that their recall isn't known.
    """

    share: float
    rows: int
    recall: dict[str, float]
    held_out: bool
    unseen: tuple[str, ...]
    untested: tuple[str, ...]

    @property
    def low_recall(self) -> tuple[str, ...]:
        """The classes of which the model recognises less than 70%."""
        return tuple(name for name, share in self.recall.items() if share < _LOW_RECALL)


def first(dataset: Dataset, rows: int) -> Dataset:
    """Return a data set with the first rows only of its training part.

    Raises
    ------
    InvalidInput
        If there are not as many.
    """
    count = len(dataset.train_labels)
    if not 1 <= rows <= count:
        raise InvalidInput(
            f"{dataset.name} has {count:,} rows to fit on; --initial takes the first 1 to {count:,}, not "
            f"{shortened(rows)}."
        )
    return replace(dataset, train_inputs=dataset.train_inputs[:rows], train_labels=dataset.train_labels[:rows])


def fitting(recipe: Recipe, dataset: Dataset) -> Dataset:
    """Return a data set with the columns only that the encoder takes; vectors are of numbers, and all are there.

    Raises
    ------
    InvalidInput
        If there is none.
    """
    if recipe.encoder != "vector":
        return dataset
    table: Any = dataset.train_inputs
    names = dataset.feature_names or ()
    columns = [table[name] for name in names] if hasattr(table, "columns") else table.T
    why: dict[str, str] = {}
    for name, column in zip(names, columns, strict=False):
        if getattr(column.dtype, "kind", "") not in "biuf":
            why[name] = f"it has categories, and the encoder {recipe.encoder} takes numbers"
        elif missing := int(np.isnan(column).sum()):
            why[name] = f"{missing:,} of its numbers are missing, and the encoder {recipe.encoder} takes rows of all"
    if not why:
        return dataset
    kept = [at for at, name in enumerate(names) if name not in why]
    if not kept:
        raise InvalidInput(
            f"{dataset.name} has no column of numbers that are all there, and a {recipe.model} takes no other: choose "
            "a sparse model or naive-bayes."
        )
    train, test = (
        np.asarray(part.take(kept, axis=1), dtype=np.float64)  # type: ignore[union-attr]  # a table is an array
        for part in (dataset.train_inputs, dataset.test_inputs)
    )
    return replace(
        dataset,
        train_inputs=train,
        test_inputs=test,
        feature_names=tuple(names[at] for at in kept),
        left_out={**dataset.left_out, **why},
    )


def became(fitted: Fitted, dataset: Dataset) -> dict[str, str]:
    """Say what has become of each column of a table, or why one is left out; of texts, of the others only."""
    left_out = {name: f"left out: {why}" for name, why in dataset.left_out.items()}
    if isinstance(fitted.encoder, TabularEncoder):
        return {column.name: column.summary for column in fitted.encoder.columns_} | left_out
    return dict.fromkeys(dataset.feature_names or (), "a number of the vector") | left_out


def fit(recipe: Recipe, dataset: Dataset, *, shuffle: bool | None = None) -> Fitted:
    """Fit encoder and model on the training part, each row once.

    Parameters
    ----------
    shuffle
        Learn the rows in a random order, always the same: files are often sorted by class. By default if the data has
        no test part; rows of published sets have an order of their own.

    Raises
    ------
    InvalidInput
        If an option is out of its range, there is nothing to learn from, or the model would be too large.
    """
    labels = dataset.train_labels
    try:
        encoder = _fitted_encoder(recipe, dataset)
        rows: Any = encoder.transform(dataset.train_inputs)
    except InvalidInput as error:  # encoders count rows from 0, people from 1
        told = _ROW.sub(lambda found: f"Row {int(found[1]) + 1:,} of {len(labels):,}", str(error))
        error.args = (_with_option(told),)
        raise
    if len(dataset.test_labels) == 0 if shuffle is None else shuffle:
        order = np.random.default_rng(_SEED).permutation(len(labels))
        rows, labels = rows[order], labels[order]
    if not encoder.dense:
        # a contract takes no sample without a feature
        present = np.diff(rows.indptr) > 0
        rows, labels = rows[present], labels[present]
    arguments: dict[str, Any] = {"classes": dataset.labels, "max_classes": recipe.max_classes}
    if recipe.smoothing is not None:
        arguments["smoothing"] = recipe.smoothing
    try:
        model = models()[recipe.model](**arguments).fit(rows, labels)
    except InvalidInput as error:
        error.args = (_with_option(str(error)),)
        raise
    return Fitted(encoder, model, len(labels), len(dataset.train_labels) - len(labels), constant_columns(dataset))


def _with_option(sentence: str) -> str:
    """Return a sentence about a parameter with the option that it is given as."""
    name, space, rest = sentence.partition(" ")
    return f"{_OPTIONS.get(name, name)}{space}{rest}"


def constant_columns(dataset: Dataset) -> tuple[str, ...]:
    """Return the columns of a table whose values in the training part are all the same: nothing is learnt from them."""
    if dataset.feature_names is None:
        return ()
    import pandas as pd

    different = pd.DataFrame(dataset.train_inputs).nunique(dropna=False).tolist()
    return tuple(name for name, values in zip(dataset.feature_names, different, strict=True) if values == 1)


def measure(recipe: Recipe, dataset: Dataset, fitted: Fitted) -> Accuracy | None:
    """Measure the accuracy on rows that a model hasn't seen.

    They are the test part; where there is none, a random fifth of each class, with another model that is fitted on the
    others. None where there are too few rows for that.
    """
    held_out = len(dataset.test_labels) == 0
    if held_out:
        if len(dataset.train_labels) < _HELD_OUT:
            return None
        others, held = _parts(dataset.train_labels)
        if not len(held):
            return None
        dataset = replace(dataset, **_chosen(dataset, "train", others), **_chosen(dataset, "test", held))
        fitted = fit(recipe, dataset, shuffle=True)
    truth, names = dataset.test_labels, dataset.labels
    right = fitted.model.twin.predict(fitted.encoder.transform(dataset.test_inputs)) == truth
    recall = {names[label]: float(np.mean(right[truth == label])) for label in np.unique(truth)}
    unseen = tuple(names[label] for label in np.setdiff1d(truth, dataset.train_labels))
    untested = tuple(name for name in names if name not in recall)
    return Accuracy(float(np.mean(right)), len(right), recall, held_out, unseen, untested)


def _parts(labels: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which rows to learn and which to hold out, a fifth of each class or one row; both in their order."""
    random = np.random.default_rng(_SEED)
    held = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        if len(rows) > 1:  # a class that isn't learnt can't be found
            held[random.choice(rows, max(len(rows) // _HELD_OUT, 1), replace=False)] = True
    return np.flatnonzero(~held), np.flatnonzero(held)


def _chosen(dataset: Dataset, part: Literal["train", "test"], rows: NDArray[np.intp]) -> dict[str, Any]:
    """Return rows of the training part as the fields of a part."""
    inputs: Any = dataset.train_inputs
    chosen = [inputs[row] for row in rows.tolist()] if isinstance(inputs, list) else inputs.take(rows, axis=0)
    return {f"{part}_inputs": chosen, f"{part}_labels": dataset.train_labels[rows]}


def _fitted_encoder(recipe: Recipe, dataset: Dataset) -> Encoder:
    inputs, names = dataset.train_inputs, dataset.feature_names
    if recipe.encoder == "text":
        return TextEncoder(_VOCABULARY if recipe.features is None else recipe.features).fit(inputs)
    if recipe.encoder == "hashing":
        return (HashingEncoder() if recipe.features is None else HashingEncoder(recipe.features)).fit(inputs)
    if recipe.encoder == "vector":
        return VectorEncoder(standardize=True).fit(inputs, feature_names=names)
    return TabularEncoder().fit(inputs, feature_names=names)
