"""What every model is: a scikit-learn classifier around the twin of a contract."""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from dcai import plugins
from dcai.errors import InvalidInput
from dcai.models import labels
from dcai.models.labels import Labels
from dcai.models.twins.twin import NO_SCORE, Twin


class Model(ClassifierMixin, BaseEstimator, ABC):  # type: ignore[misc]
    """A classifier that learns and answers as a contract does, integer for integer.

    Its `twin` computes what the contract computes; this is scikit-learn's face of it. A model of your own is a `Twin`,
    and a class that derives from this one and names that twin as `twin_type`.

    Parameters
    ----------
    classes : sequence of str or of int, optional
        The classes in the order of the contract's labels 0, 1, …: two or more. By default they are learnt from the
        labels that `fit` gets, in increasing order. On chain they are called by their `str`, one line of text each.
    max_classes : int, optional
        How many classes there may ever be, up to 255; as many as there are by default.

    Attributes
    ----------
    classes_ : numpy.ndarray, shape (classes,)
        The labels, as they were given; position 0 is the contract's label 0.
    n_features_in_ : int
        The number of features.
    """

    twin_type: ClassVar[type[Twin]]
    """The class of the model's twin: a subclass of `Twin`."""

    contracts: ClassVar[tuple[str, ...]]
    """The Solidity models that it may be deployed as."""

    dense: ClassVar[bool]
    """Whether it takes vectors of small integers, as `VectorEncoder` gives them; otherwise features present or not."""

    classes_: Labels
    n_features_in_: int
    _twin: Twin

    def __init_subclass__(cls, **kwargs: object) -> None:
        """Take over what the type of twin says."""
        super().__init_subclass__(**kwargs)
        if "twin_type" in vars(cls):
            cls.contracts, cls.dense = cls.twin_type.contracts, cls.twin_type.dense

    def __init__(self, classes: Sequence[str] | Sequence[int] | None = None, max_classes: int | None = None) -> None:
        self.classes = classes
        self.max_classes = max_classes

    @property
    def twin(self) -> Twin:
        """What computes as the contract does, and is what is deployed: see `dcai.models.twins.Twin`.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the model isn't fitted.
        """
        check_is_fitted(self)
        return self._twin

    def fit(self, X: object, y: object) -> Self:
        """Learn each row once, in order, from nothing.

        Parameters
        ----------
        X : array-like, shape (n, n_features)
            For a sparse model: above 0 where a feature is present, else 0; may be a sparse matrix. A row without a
            feature is passed over, since no contract learns an empty sample. For a dense model: rows as `VectorEncoder`
            gives them.
        y : array-like, shape (n,)
            Labels. Where `classes` are names, whole numbers are taken for their positions.

        Raises
        ------
        InvalidInput
            If a parameter of the model is out of range, a row is not a sample of it, or a label is unknown.
        """
        given = labels.read(y)
        rows = self.twin_type.rows(X)
        labels.check_length(given, rows)
        classes = labels.learnt(given) if self.classes is None else labels.given(self.classes)
        self._start(X, rows, classes, labels.numbered(given, classes), first=True)
        return self

    def partial_fit(self, X: object, y: object, classes: object = None) -> Self:
        """Learn each row once more, in order, as the contract does.

        Parameters
        ----------
        X, y
            As of `fit`.
        classes : array-like, optional
            All classes that there are, in the first call of a model that was made without `classes`.

        Raises
        ------
        InvalidInput
            As of `fit`, and if the number of features differs from before, or the classes are not known.
        """
        given = labels.read(y)
        if not hasattr(self, "_twin"):
            rows = self.twin_type.rows(X)
            labels.check_length(given, rows)
            if self.classes is None and classes is None:
                raise InvalidInput("The classes must be passed on the first call to partial_fit: classes=….")
            known = labels.learnt(np.asarray(classes)) if self.classes is None else labels.given(self.classes)
            self._start(X, rows, known, labels.numbered(given, known))
            return self
        rows = self._rows(X)
        labels.check_length(given, rows)
        self._twin.learn_rows(rows, labels.numbered(given, self.classes_))
        return self

    def predict(self, X: object) -> Labels:
        """Return the label of each row, shape (n,): the class of the largest score, the first of them on ties.

        Raises
        ------
        InvalidInput
            If a row is not a sample of the model. A row of a sparse model may be empty here.
        """
        scores = self._scores(X)
        predicted: Labels = self.classes_[scores.argmax(axis=1)]
        return predicted

    def decision_function(self, X: object) -> NDArray[np.int64]:
        """Return the contract's scores, shape (n, classes), or of two classes score 1 - score 0, shape (n,).

        Whole numbers in the model's own units. A class without a sample of its own has the least int64.
        """
        scores = self._scores(X)
        if scores.shape[1] != 2:
            return scores
        empty = scores == NO_SCORE
        margins = np.where(empty.any(axis=1), 0, scores[:, 1] - scores[:, 0])
        margins[empty[:, 1] & ~empty[:, 0]] = NO_SCORE
        margins[empty[:, 0] & ~empty[:, 1]] = -(NO_SCORE + 1)
        return margins

    def score(self, X: object, y: object, sample_weight: object = None) -> float:
        """Return the accuracy: the share of rows whose prediction is their label.

        Parameters
        ----------
        X : array-like, shape (n, n_features)
        y : array-like, shape (n,)
            Labels. Where `classes` are names, whole numbers are taken for their positions.
        sample_weight : array-like of float, shape (n,), optional

        Raises
        ------
        InvalidInput
            If a row is not a sample of the model, or a label is not among the `classes` that were given.
        """
        check_is_fitted(self)
        if self.classes is not None:
            given = labels.read(y)
            labels.check_length(given, self._rows(X))
            y = self.classes_[labels.numbered(given, self.classes_)]
        return float(super().score(X, y, sample_weight))

    def add_class(self, label: str | int) -> None:
        """Add a class that has no sample yet; the parameter `classes` stays as it is.

        Raises
        ------
        InvalidInput
            If there is no room for it, or its `str` is the name of another class or not one line of text.
        """
        check_is_fitted(self)
        if isinstance(label, str) != isinstance(self.classes_.tolist()[0], str):
            raise InvalidInput(f"Labels are all names or all numbers, and {label!r} is unlike those before it.")
        self._twin.add_class(str(label))
        self.classes_ = np.append(self.classes_, label)

    def __sklearn_is_fitted__(self) -> bool:
        """Tell whether there is a twin."""
        return hasattr(self, "_twin")

    def __sklearn_tags__(self) -> Tags:
        """Say what rows the model takes."""
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = not self.dense
        tags.input_tags.positive_only = not self.dense
        # one pass over the rows, and of a sparse model all that is above 0 counts as 1
        tags.classifier_tags.poor_score = True
        return tags

    def _start(self, X: Any, rows: Any, classes: Labels, numbers: NDArray[np.int64], *, first: bool = False) -> None:
        """Learn rows from nothing."""
        if rows.shape[1] == 0:
            raise InvalidInput(
                f"Found rows with 0 feature(s) (shape={rows.shape}) while a minimum of 1 is required; a model has 1 to "
                f"{self.twin_type.max_features:,}."
            )
        own = {name: value for name, value in self.get_params(deep=False).items() if name not in _COMMON}
        twin = self.twin_type(tuple(map(str, classes.tolist())), rows.shape[1], self.max_classes, **own)
        twin.learn_rows(rows, numbers, first=first)
        self._take(twin, classes)
        validate_data(self, X, reset=True, skip_check_array=True)

    def _take(self, twin: Twin, classes: Labels) -> Self:
        """Take what was learnt."""
        self._twin, self.classes_, self.n_features_in_ = twin, classes, twin.n_features
        return self

    def _rows(self, X: object) -> Any:
        """Return rows as the twin takes them, or refuse them."""
        check_is_fitted(self)
        rows = self.twin_type.rows(X)
        try:
            validate_data(self, X, reset=False, skip_check_array=True)
        except ValueError as error:
            raise InvalidInput(f"{error} Use the encoder that the model was fitted with.") from error
        return rows

    def _scores(self, X: object) -> NDArray[np.int64]:
        rows = self._rows(X)
        scores: NDArray[np.int64] = self._twin.scores(rows)
        return scores


_COMMON = {"classes", "max_classes"}


def estimator_of(twin: Twin, classes: Sequence[str] | Sequence[int] | None = None) -> Model:
    """Return the fitted model around a twin.

    Parameters
    ----------
    twin : Twin
    classes : sequence, optional
        The labels; the twin's names of its classes by default.

    Raises
    ------
    InvalidInput
        If there is no model of this kind of twin.
    """
    known: tuple[Any, ...] = tuple(twin.classes if classes is None else classes)
    for kind in plugins.models().values():
        if kind.twin_type is type(twin):
            return kind(known, twin.max_classes, **twin.arguments())._take(twin, np.array(known))
    raise InvalidInput(f"No model is of the twin {type(twin).__name__}; write a class …(Model) with its twin_type.")
