"""What every model does, whatever its samples and its rule of learning."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, NoReturn, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin

from dcai.errors import InvalidInput
from dcai.models.explanation import Explanation
from dcai.models.state import HEAD, SLOT, State

EMPTY = -(2**255)
"""The score that contracts report for a class without a sample of its own, which never wins."""

NO_SCORE = int(np.iinfo(np.int64).min)
"""What stands for it in arrays."""


class Features(NamedTuple):
    """The features of one sample that aren't zero."""

    indices: NDArray[np.integer]
    values: NDArray[np.int64]


class Model(ClassifierMixin, State):  # type: ignore[misc]
    """A classifier that computes, integer for integer, what a contract computes: the contract's twin.

    How samples look (`SparseModel`, `DenseModel`) and how the model learns from them (`Perceptron`, `CountingModel`)
    are the two halves of which each model is made.

    Parameters and attributes: see `State`.
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Learn each row once, in order, from nothing.

        Parameters
        ----------
        X : array-like, shape (n, n_features)
            Of a sparse model: above 0 where a feature is present, else 0; may be a sparse matrix. A row without a
            feature is passed over, since no contract learns an empty sample. Of a dense model: rows as `VectorEncoder`
            gives them.
        y : array-like of int or of class names, shape (n,)

        Raises
        ------
        InvalidInput
            If a parameter of the model is out of range, a row is no sample of it, or a label is unknown.
        """
        rows = self._rows(X)
        self._check_arguments(rows.shape[1])
        rows, labels = self._learnable(rows, self._row_labels(rows, y))
        self._reset(rows.shape[1])
        self._begin(labels)
        self._learn_rows(rows, labels)
        return self

    def partial_fit(self, X: Any, y: Any) -> Self:
        """Learn each row once more, in order, as the contract does.

        Raises
        ------
        InvalidInput
            As of `fit`, and if the number of features isn't that of before.
        """
        rows = self._rows(X)
        fitted = hasattr(self, "n_features_in_")
        if fitted:
            self._check_width(rows)
        else:
            self._check_arguments(rows.shape[1])
        rows, labels = self._learnable(rows, self._row_labels(rows, y))
        if not fitted:
            self._reset(rows.shape[1])
        self._learn_rows(rows, labels)
        return self

    def predict(self, X: Any) -> NDArray[np.int64]:
        """Return the label of each row, shape (n,): that of the largest score, the lowest of them on ties."""
        labels: NDArray[np.int64] = self.scores(X).argmax(axis=1)
        return labels

    def scores(self, X: Any) -> NDArray[np.int64]:
        """Return the scores of each row, shape (n, classes); the least int64 for a class without a sample of its own.

        A row of a sparse model may be empty here, as encoders give it, though a contract answers about no such sample.

        Raises
        ------
        InvalidInput
            If a row is no sample of the model.
        """
        self._check_fitted()
        rows = self._rows(X)
        self._check_width(rows)
        scores = self._row_scores(rows)
        scores[:, self._empty()] = NO_SCORE
        return scores

    def decision_function(self, X: Any) -> NDArray[np.int64]:
        """Return scikit-learn's decision function: of two classes score 1 - score 0, shape (n,), else the scores."""
        scores = self.scores(X)
        if scores.shape[1] != 2:
            return scores
        empty = self._empty()
        if empty.any():
            margin = 0 if empty.all() else NO_SCORE if empty[1] else -(NO_SCORE + 1)
            return np.full(len(scores), margin)
        return scores[:, 1] - scores[:, 0]

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the accuracy: the share of rows whose prediction is their label.

        Parameters
        ----------
        X : array-like, shape (n, n_features)
        y : array-like of int or of class names, shape (n,)
        sample_weight : array-like of float, shape (n,), optional

        Raises
        ------
        InvalidInput
            If a row is no sample of the model, or a label is unknown.
        """
        self._check_fitted()
        return float(super().score(X, self._row_labels(self._rows(X), y), sample_weight))

    def learn(self, sample: bytes, label: int) -> None:
        """Learn one sample as the contract gets it.

        Raises
        ------
        InvalidInput
            If it is no sample of this model, or there is no such label.
        """
        self._check_fitted()
        if not 0 <= label < len(self.classes):
            self._refuse_label(label)
        self._learn(self._features(sample), label)

    def label_of(self, sample: bytes) -> int:
        """Return the label of one sample as the contract gets it."""
        scores = self.scores_of(sample)
        return scores.index(max(scores))

    def scores_of(self, sample: bytes) -> list[int]:
        """Return what the contract's `score` returns for a sample; -2**255 for a class without one of its own."""
        features = self._features(sample)
        return [EMPTY if empty else self._score(features, label) for label, empty in enumerate(self._empty().tolist())]

    def explain(self, sample: bytes) -> Explanation:
        """Return the scores of one sample, as the contract gets it, as sums over its features."""
        features = self._features(sample)
        columns, base, scores = [], [], self.scores_of(sample)
        for label, empty in enumerate(self._empty().tolist()):
            first, column = (EMPTY, [0] * len(features.indices)) if empty else self._terms(features, label)
            base.append(first)
            columns.append(column)
        rows = zip(*columns, strict=True)
        return Explanation(tuple(scores), tuple(base), tuple(features.indices.tolist()), tuple(rows))

    @abstractmethod
    def pack(self, features: Any) -> bytes:
        """Return a sample of this model, for the contract.

        Raises
        ------
        InvalidInput
            If the contract would refuse it.
        """

    @abstractmethod
    def unpack(self, sample: bytes) -> NDArray[np.int64]:
        """Return what `pack` was given.

        Raises
        ------
        InvalidInput
            If the contract would refuse it.
        """

    @abstractmethod
    def size_of(self, sample: bytes) -> int:
        """Return the size of a sample, which is priced: its features, and 1 of a dense one."""

    @abstractmethod
    def learn_gas(self, sample: bytes) -> int:
        """Return an upper estimate of the gas that a sample takes in a batch, beside reading and writing the state."""

    def possible(self) -> list[bool]:
        """Tell for each class whether samples may lead to what the model knows of it.

        A contract's creator may load any parameters; of some it is plain that nobody learnt them.
        """
        self._check_fitted()
        return [True] * len(self.classes)

    @abstractmethod
    def asking_gas(self, sample: bytes) -> int:
        """Return an upper estimate of the gas of an answer about a sample, beside reading the state.

        With as many classes as there may ever be: claims come later, and ask.
        """

    @abstractmethod
    def largest_sample(self, size: int) -> bytes:
        """Return a sample of so many features, or of as many as the model takes."""

    def counting_gas(self, sample: bytes) -> int:
        """Return an upper estimate of the gas of finding out in memory whether the model gets a test sample right.

        With as many classes as there may ever be.
        """
        return 2 * self.asking_gas(sample)

    def touched(self, sample: bytes, label: int) -> Iterable[int]:
        """Return the slots of the packed state that learning a sample may change, slot 0 always, in order."""
        vectors = self._learning(label)
        headers = HEAD + self._header_bytes * vectors
        lanes = self._positions(vectors, self._features(sample).indices) * self._lane.size
        lanes += HEAD + self._header_bytes * self._vectors
        # A lane of three bytes may lie in two slots.
        places = np.concatenate(([0], headers, lanes.ravel(), lanes.ravel() + self._lane.size - 1))
        slots: list[int] = np.unique(places // SLOT).tolist()
        return slots

    def labels(self, y: Any) -> NDArray[np.int64]:
        """Return labels as integers, whether given so or as class names.

        Raises
        ------
        InvalidInput
            If one is unknown.
        """
        names = list(self.classes)
        given = np.asarray(y)
        if given.ndim != 1:
            raise InvalidInput(f"Labels are a flat list, one a row, not an array of shape {given.shape}.")
        if given.dtype.kind in "iub":
            labels = given.astype(np.int64)
            unknown = (labels < 0) | (labels >= len(names))
        else:
            numbers = {name: number for number, name in enumerate(names)}
            labels = np.array([numbers.get(name, -1) for name in given.tolist()], dtype=np.int64)
            unknown = labels < 0
        if unknown.any():
            self._refuse_label(given[unknown].tolist()[0])
        return labels

    @property
    @abstractmethod
    def _vectors_read(self) -> int:
        """The number of vectors that learning one sample reads."""

    @abstractmethod
    def _rows(self, X: Any) -> Any:
        """Return rows as the other methods take them, or refuse them; they have a shape."""

    @abstractmethod
    def _each(self, rows: Any) -> Iterator[Features]:
        """Yield the features of each row."""

    @abstractmethod
    def _dots(self, rows: Any, vectors: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the product of each row and each vector, shape (n, vectors)."""

    @abstractmethod
    def _features(self, sample: bytes) -> Features:
        """Return the features of a sample as the contract gets it, or refuse it."""

    @abstractmethod
    def _positions(self, vectors: NDArray[np.int64], indices: NDArray[np.integer]) -> NDArray[np.int64]:
        """Return which lanes of the table hold some features of some vectors, shape (vectors, features)."""

    @abstractmethod
    def _learn(self, features: Features, label: int) -> None:
        """Learn one sample."""

    @abstractmethod
    def _learning(self, label: int) -> NDArray[np.int64]:
        """Return the vectors that a sample of that label may change."""

    @abstractmethod
    def _empty(self) -> NDArray[np.bool_]:
        """Return which classes have no sample of their own yet."""

    @abstractmethod
    def _row_scores(self, rows: Any) -> NDArray[np.int64]:
        """Return the scores of each row, shape (n, classes), whatever they are for empty classes."""

    @abstractmethod
    def _score(self, features: Features, label: int) -> int:
        """Return the score of a class that isn't empty."""

    @abstractmethod
    def _terms(self, features: Features, label: int) -> tuple[int, list[int]]:
        """Return the score of a class that isn't empty, as that of no feature and what each feature adds to it."""

    @abstractmethod
    def _learn_rows(self, rows: Any, labels: NDArray[np.int64]) -> None:
        """Learn each row, in order."""

    def _learnable(self, rows: Any, labels: NDArray[np.int64]) -> tuple[Any, NDArray[np.int64]]:
        """Return those of the rows that are samples, with their labels."""
        return rows, labels

    def _begin(self, labels: NDArray[np.int64]) -> None:
        """Get ready to learn these labels, all that there are, from nothing."""

    def _row_labels(self, rows: Any, y: Any) -> NDArray[np.int64]:
        labels = self.labels(y)
        if len(labels) != rows.shape[0]:
            raise InvalidInput(f"There are {rows.shape[0]} rows and {len(labels)} labels; give one label a row.")
        return labels

    def _check_width(self, rows: Any) -> None:
        if rows.shape[1] != self.n_features_in_:
            raise InvalidInput(
                f"This model has {self.n_features_in_} features, the rows have {rows.shape[1]}; use the encoder that "
                "it was fitted with."
            )

    def _refuse_label(self, label: Any) -> NoReturn:
        raise InvalidInput(f"There is no class {label!r}; the classes are {', '.join(map(repr, self.classes))}.")
