"""What every twin does, whatever its samples and its rule of learning."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dcai.errors import InvalidInput
from dcai.models.twins.explanation import Explanation
from dcai.models.twins.state import HEAD, SLOT, State

if TYPE_CHECKING:
    from dcai.models.base import Model

EMPTY = -(2**255)
"""The score that contracts report for a class without a sample of its own, which never wins."""

NO_SCORE = int(np.iinfo(np.int64).min)
"""What stands for `EMPTY` in arrays of int64."""


class Features(NamedTuple):
    """The features of one sample that aren't zero."""

    indices: NDArray[np.integer]
    values: NDArray[np.int64]


class Twin(State):
    """Computes, integer for integer, what the contract of a model computes; needs nothing but NumPy for one sample.

    How samples look (`SparseTwin`, `DenseTwin`) and how the model learns from them (`PerceptronTwin`, `CountingTwin`)
    are the two halves of which each twin is made. Labels are numbers here: positions in `classes`.

    Parameters and attributes: see `State`.
    """

    @classmethod
    @abstractmethod
    def rows(cls, X: object) -> Any:
        """Return samples as rows, in the form that the other methods take.

        Parameters
        ----------
        X : array-like, shape (n, n_features)
            For a sparse model: above 0 where a feature is present, else 0; may be a sparse matrix. For a dense model:
            rows as `VectorEncoder` gives them.

        Returns
        -------
        scipy.sparse.csr_matrix of int64, or where dense numpy.ndarray of int8, shape (n, n_features)

        Raises
        ------
        InvalidInput
            If a row is not a sample of the model; a row of a sparse model may be empty.
        """

    def learn_rows(self, X: object, labels: NDArray[np.int64], *, first: bool = False) -> None:
        """Learn each row, in order; a row without a feature is passed over, as no contract learns an empty sample.

        Parameters
        ----------
        X : shape (n, n_features)
            What `rows` returned.
        labels : numpy.ndarray of int64, shape (n,)
        first : bool
            Whether these are the first samples of a new model, of which it then knows all labels beforehand.
        """
        rows, labels = self._learnable(X, labels)
        if first:
            self._begin(labels)
        self._learn_rows(rows, labels)

    def predict(self, X: object) -> NDArray[np.int64]:
        """Return the label number of each row, shape (n,): that of the largest score, the lowest of them on ties.

        Raises
        ------
        InvalidInput
            As of `scores`.
        """
        labels: NDArray[np.int64] = self.scores(X).argmax(axis=1)
        return labels

    def scores(self, X: object) -> NDArray[np.int64]:
        """Return the scores of each row, shape (n, classes); the least int64 for a class without a sample of its own.

        A row of a sparse model may be empty here, as encoders give it, though a contract refuses such a sample.

        Raises
        ------
        InvalidInput
            If a row is not a sample of the model.
        """
        rows = self.rows(X)
        if rows.shape[1] != self.n_features:
            raise InvalidInput(
                f"This model has {self.n_features} features, the rows have {rows.shape[1]}; use the encoder that it "
                "was fitted with."
            )
        scores = self._row_scores(rows)
        scores[:, self._empty()] = NO_SCORE
        return scores

    def estimator(self) -> Model:
        """Return the scikit-learn classifier around this twin, whose labels are the names of the classes."""
        from dcai.models.base import estimator_of  # imports scikit-learn

        return estimator_of(self)

    def learn(self, sample: bytes, label: int) -> None:
        """Learn one sample as the contract gets it.

        Raises
        ------
        InvalidInput
            If it is not a sample of this model, or there is no such label.
        """
        self.check_label(label)
        self._learn(self._features(sample), label)

    def check_label(self, label: int) -> None:
        """Refuse a label that is not the number of a class.

        Raises
        ------
        InvalidInput
        """
        if not 0 <= label < len(self.classes):
            raise InvalidInput(f"There is no class {label!r}; the classes are {', '.join(map(repr, self.classes))}.")

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
    def pack(self, features: object) -> bytes:
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

    @property
    def most_features(self) -> int:
        """The most features of a model with so many classes that can be deployed."""
        return self.max_features

    @property
    def _vectors_read(self) -> int:
        """The number of vectors that learning one sample reads."""
        return 1

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

    def _learning(self, label: int) -> NDArray[np.int64]:
        """Return the vectors that a sample of that label may change."""
        return np.array([label])

    @abstractmethod
    def _empty(self) -> NDArray[np.bool_]:
        """Return which classes have no sample of their own yet."""

    @abstractmethod
    def _row_scores(self, rows: object) -> NDArray[np.int64]:
        """Return the scores of each row, shape (n, classes), whatever they are for empty classes."""

    @abstractmethod
    def _score(self, features: Features, label: int) -> int:
        """Return the score of a class that isn't empty."""

    @abstractmethod
    def _terms(self, features: Features, label: int) -> tuple[int, list[int]]:
        """Return the score of a class that isn't empty, as that of no feature and what each feature adds to it."""

    def _learn_rows(self, rows: object, labels: NDArray[np.int64]) -> None:
        """Learn each row, in order."""
        for features, label in zip(self._each(rows), labels.tolist(), strict=True):
            self._learn(features, label)

    def _learnable(self, rows: object, labels: NDArray[np.int64]) -> tuple[Any, NDArray[np.int64]]:
        """Return those of the rows that are samples, with their labels."""
        return rows, labels

    def _begin(self, labels: NDArray[np.int64]) -> None:
        """Get ready to learn these labels, all that there are, from nothing."""
