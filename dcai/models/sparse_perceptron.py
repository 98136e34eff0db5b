"""The twin of contracts/models/SparsePerceptron.sol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]
from sklearn.base import BaseEstimator, ClassifierMixin  # type: ignore[import-untyped]
from sklearn.utils.validation import check_is_fitted  # type: ignore[import-untyped]

from dcai.errors import InvalidInput
from dcai.samples import pack_sparse, unpack_sparse

MAX_FEATURES = 65_535

_WEIGHT = np.iinfo(np.int8)
_BIAS = np.iinfo(np.int16)


class SparsePerceptron(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Rosenblatt's perceptron over binary features, integer for integer what the contract computes.

    score = bias + the weights of the sample's features; class 1 if it is above 0. Where a sample of another label
    comes, each of these weights and the bias move by one towards the label. Weights are signed bytes and the bias has
    two; one at the end of its range stays there.

    Parameters
    ----------
    classes : sequence of str
        What the labels 0 and 1 mean.

    Attributes
    ----------
    weights_ : numpy.ndarray of int64, shape (n_features,)
        -128 to 127.
    bias_ : int
        -32,768 to 32,767.
    n_features_in_ : int

    Examples
    --------
    >>> import numpy as np
    >>> from dcai import SparsePerceptron
    >>> X = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 0], [0, 0, 1]])
    >>> model = SparsePerceptron(classes=("no", "yes")).fit(X, [1, 0, 1, 0])
    >>> model.predict(X).tolist()
    [1, 0, 1, 0]
    """

    bias_: int
    weights_: NDArray[np.int64]
    n_features_in_: int

    def __init__(self, classes: Sequence[str] = ("0", "1")) -> None:
        self.classes = classes

    @property
    def classes_(self) -> NDArray[np.int64]:
        """The labels."""
        return np.arange(len(self.classes))

    def fit(self, X: Any, y: Any) -> Self:
        """Learn each row once, in order, from weights of zero.

        Parameters
        ----------
        X : array-like or sparse matrix, shape (n, n_features)
            Nonzero where a feature is present.
        y : array-like of int or of class names, shape (n,)

        Raises
        ------
        InvalidInput
            If the classes are not two different names, a label is none of them, or there are more than 65,535 features.
        """
        rows = self._rows(X)
        self._reset(rows.shape[1])
        return self.partial_fit(rows, y)

    def partial_fit(self, X: Any, y: Any) -> Self:
        """Learn each row once more, in order.

        Raises
        ------
        InvalidInput
            If a label is unknown or the number of features isn't that of before.
        """
        rows = self._rows(X)
        if not hasattr(self, "weights_"):
            self._reset(rows.shape[1])
        self._check_width(rows)
        labels = self.labels(y)
        if len(labels) != rows.shape[0]:
            raise InvalidInput(f"There are {rows.shape[0]} rows and {len(labels)} labels; give one label a row.")
        for row, label in enumerate(labels.tolist()):
            self._learn(rows.indices[rows.indptr[row] : rows.indptr[row + 1]], label)
        return self

    def predict(self, X: Any) -> NDArray[np.int64]:
        """Return the label of each row, shape (n,)."""
        return (self.decision_function(X) > 0).astype(np.int64)

    def decision_function(self, X: Any) -> NDArray[np.int64]:
        """Return the score of each row, shape (n,): bias + the weights of its features."""
        check_is_fitted(self, "weights_")
        rows = self._rows(X)
        self._check_width(rows)
        margins: NDArray[np.int64] = rows @ self.weights_ + self.bias_
        return margins

    def learn(self, sample: bytes, label: int) -> None:
        """Learn one sample as the contract gets it."""
        self._learn(unpack_sparse(sample), label)

    def label_of(self, sample: bytes) -> int:
        """Return the label of one sample as the contract gets it."""
        return int(self.weights_[unpack_sparse(sample)].sum() + self.bias_ > 0)

    def pack(self, indices: Any) -> bytes:
        """Return a sample of this model, for the contract.

        Raises
        ------
        InvalidInput
            If the indices are no sample, or one is beyond the model's features.
        """
        sample = pack_sparse(indices)
        if indices[-1] >= self.n_features_in_:
            raise InvalidInput(
                f"There is no feature {int(indices[-1])}: this model has {self.n_features_in_}, 0 to "
                f"{self.n_features_in_ - 1}."
            )
        return sample

    def parameters(self) -> bytes:
        """Return the parameters as the contract keeps them: the bias (2 bytes), then a byte a weight, all signed."""
        check_is_fitted(self, "weights_")
        return self.bias_.to_bytes(2, "big", signed=True) + self.weights_.astype(np.int8).tobytes()

    @classmethod
    def from_parameters(cls, parameters: bytes, classes: Sequence[str]) -> Self:
        """Return the model with parameters that a contract holds."""
        model = cls(classes=classes)
        model.bias_ = int.from_bytes(parameters[:2], "big", signed=True)
        model.weights_ = np.frombuffer(parameters[2:], dtype=np.int8).astype(np.int64)
        model.n_features_in_ = len(model.weights_)
        return model

    def labels(self, y: Any) -> NDArray[np.int64]:
        """Return labels as integers, whether given so or as class names.

        Raises
        ------
        InvalidInput
            If one is unknown.
        """
        names = list(self.classes)
        given = np.asarray(y)
        if given.dtype.kind in "iub":
            labels = given.astype(np.int64)
            unknown = (labels < 0) | (labels >= len(names))
        else:
            labels = np.array([names.index(name) if name in names else -1 for name in given.tolist()], dtype=np.int64)
            unknown = labels < 0
        if unknown.any():
            raise InvalidInput(
                f"There is no class {given[unknown].tolist()[0]!r}; the classes are {', '.join(map(repr, names))}."
            )
        return labels

    def _learn(self, indices: NDArray[Any], label: int) -> None:
        if int(self.weights_[indices].sum() + self.bias_ > 0) == label:
            return
        step = 1 if label == 1 else -1
        self.weights_[indices] = np.clip(self.weights_[indices] + step, _WEIGHT.min, _WEIGHT.max)
        self.bias_ = min(max(self.bias_ + step, int(_BIAS.min)), int(_BIAS.max))

    def _reset(self, n_features: int) -> None:
        names = list(self.classes)
        if len(names) != 2 or len(set(names)) != 2:
            raise InvalidInput(f"A sparse perceptron has two classes of different names, not {names!r}.")
        if not 1 <= n_features <= MAX_FEATURES:
            raise InvalidInput(f"A sparse model has 1 to {MAX_FEATURES:,} features, not {n_features:,}.")
        self.n_features_in_ = n_features
        self.weights_ = np.zeros(n_features, dtype=np.int64)
        self.bias_ = 0

    def _check_width(self, rows: sparse.csr_matrix) -> None:
        if rows.shape[1] != self.n_features_in_:
            raise InvalidInput(f"This model has {self.n_features_in_} features, the rows have {rows.shape[1]}.")

    @staticmethod
    def _rows(X: Any) -> sparse.csr_matrix:
        rows = sparse.csr_matrix(X)
        present = sparse.csr_matrix((rows.data != 0, rows.indices, rows.indptr), shape=rows.shape, dtype=np.int8)
        present.sum_duplicates()
        present.eliminate_zeros()
        present.data[:] = 1
        return present
