"""What a model is made of: its parameters and settings, as the contract and as a file keep them."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from numbers import Integral
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from dcai.encoders.base import shortened
from dcai.errors import InvalidInput
from dcai.models.fields import field
from dcai.models.lanes import Lane

MAX_CLASSES = 255

MAX_NAME = 64
"""Bytes of the name of a class that is added."""

SLOT = 32
HEAD = 16
"""Bytes of a trainer's bookkeeping, which stand before the parameters in its state."""

MAX_PARAMETERS = 4_100 * SLOT - HEAD
"""Most bytes of parameters, so that a state has at most 4,100 slots."""

SETTINGS = 10
"""Bytes of a model's settings in the code of a trainer."""


class State(BaseEstimator, ABC):  # type: ignore[misc]
    """What a model holds: its classes, and a table with a vector of small integers for most of them.

    The parameters of a contract are a header, some numbers of each vector, and the table, with a lane for each of its
    elements. There are vectors for all classes that there may ever be.

    Parameters
    ----------
    classes : sequence of str
        What the labels 0, 1, … mean: two different names or more, of one line each.
    max_classes : int, optional
        How many classes there may ever be, up to 255; as many as `classes` where it isn't given.

    Attributes
    ----------
    n_features_in_ : int
        The number of features.
    """

    dense: ClassVar[bool]
    """Whether samples are vectors of small integers; otherwise they are the indices of the features present."""

    max_features: ClassVar[int]
    """Most features that such samples have."""

    n_features_in_: int

    _lane: ClassVar[Lane]
    _header_bytes: ClassVar[int]

    def __init__(self, classes: Sequence[str] = ("0", "1"), max_classes: int | None = None) -> None:
        self.classes = classes
        self.max_classes = max_classes

    @property
    def contract(self) -> str:
        """The name of the Solidity model."""
        return type(self).__name__

    @property
    def classes_(self) -> NDArray[np.int64]:
        """The labels."""
        return np.arange(len(self.classes))

    def settings(self) -> bytes:
        """Return the model's settings in a trainer's code: ten bytes, see contracts/types/Settings.sol."""
        self._check_fitted()
        return b"".join(
            (
                len(self.classes).to_bytes(1, "big"),
                self.n_features_in_.to_bytes(2, "big"),
                int(self._capacity).to_bytes(1, "big"),
                self._smoothing_thousandths().to_bytes(2, "big"),
                bytes(4),
            )
        )

    @classmethod
    def parameter_bytes(cls, settings: bytes) -> int:
        """Return how many bytes of parameters a model with these settings has."""
        return cls._size(settings[3], int.from_bytes(settings[1:3], "big"))

    def parameters(self) -> bytes:
        """Return the parameters as the contract keeps them: the numbers of each vector, then the table."""
        self._check_fitted()
        return self._header() + self._lane.pack(self._to_layout(self._table))

    @classmethod
    def from_parameters(cls, settings: bytes, parameters: bytes, classes: Sequence[str]) -> Self:
        """Return the model with settings and parameters that a contract holds.

        Parameters
        ----------
        settings : bytes
            Ten, with the number of classes that there were at first.
        parameters : bytes
        classes : sequence of str
            The names of all classes that there are now.

        Raises
        ------
        InvalidInput
            If the settings are none of this model, or the parameters have another length.
        """
        if len(settings) != SETTINGS:
            raise InvalidInput(f"The settings of a model have {SETTINGS} bytes, not {len(settings)}.")
        smoothing = int.from_bytes(settings[4:6], "big") / 1000
        model = cls(classes=tuple(classes), max_classes=settings[3], **cls._arguments({"smoothing": smoothing}))
        # The names are whatever the trainer's creator wrote.
        model._reset(int.from_bytes(settings[1:3], "big"), names_checked=False)
        if model.settings()[1:] != settings[1:] or not 2 <= settings[0] <= len(classes):
            raise InvalidInput(
                f"The settings {settings.hex()} are none of a {cls.__name__} that has {len(classes)} classes now."
            )
        size = cls.parameter_bytes(settings)
        if len(parameters) != size:
            raise InvalidInput(f"This {cls.__name__} has {size:,} bytes of parameters, not {len(parameters):,}.")
        header = cls._header_bytes * model._vectors
        model._set_state(parameters[:header], model._from_layout(cls._lane.unpack(parameters[header:])))
        return model

    def to_dict(self) -> dict[str, Any]:
        """Return the fitted model as JSON-able values, from which `from_dict` makes its equal."""
        self._check_fitted()
        return {
            "model": type(self).__name__,
            "classes": list(self.classes),
            "max_classes": int(self._capacity),
            "n_features": self.n_features_in_,
            "state": self._dump(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the fitted model, of whatever class it is, that `to_dict` gave the values of.

        Raises
        ------
        InvalidInput
            If the model is none of this class, a field is missing or of another type, or a number is out of range.
        """
        kinds = {kind.__name__: kind for kind in cls._kinds()}
        name = field(data, "model", str)
        if name not in kinds:
            raise InvalidInput(
                f"{shortened(name)} is no model that can be read here: it must be one of {', '.join(sorted(kinds))}."
            )
        kind = kinds[name]
        names = tuple(field(data, "classes", list))
        model = kind(classes=names, max_classes=field(data, "max_classes", int), **kind._arguments(data))
        model._reset(field(data, "n_features", int))
        model._load(field(data, "state", dict))
        return model

    def add_class(self, name: str) -> None:
        """Add a class that has no sample yet.

        Raises
        ------
        InvalidInput
            If there is no room for it, or the name is no other one-line text.
        """
        names = [*self.classes, name]
        check_names(names)
        if len(name.encode()) > MAX_NAME or any(ord(character) < ord(" ") for character in name):
            raise InvalidInput(
                f"The name of a class that is added has up to {MAX_NAME} bytes and no control characters, unlike "
                f"{shortened(name)}."
            )
        if len(names) > self._capacity:
            raise InvalidInput(
                f"There is no room for class {name!r}: this model is made for {self._capacity} classes; make the model "
                f"with max_classes={len(names)} or more."
            )
        self.classes = tuple(names)

    @property
    def _capacity(self) -> int:
        return len(self.classes) if self.max_classes is None else self.max_classes

    @property
    def _vectors(self) -> int:
        """The number of rows of the table."""
        return self._vectors_of(self._capacity)

    @classmethod
    def _vectors_of(cls, max_classes: int) -> int:
        return max_classes

    @classmethod
    def _size(cls, max_classes: int, n_features: int) -> int:
        return cls._vectors_of(max_classes) * (cls._header_bytes + cls._lane.size * n_features)

    @property
    @abstractmethod
    def _table(self) -> NDArray[np.int64]:
        """The table, shape (vectors, n_features)."""

    @abstractmethod
    def _clear(self) -> None:
        """Forget everything; the number of features is known."""

    @abstractmethod
    def _header(self) -> bytes:
        """Return the numbers of all vectors."""

    @abstractmethod
    def _set_state(self, header: bytes, table: NDArray[np.int64]) -> None:
        """Take the state that a contract holds."""

    @abstractmethod
    def _dump(self) -> dict[str, Any]:
        """Return the state as nested lists of integers, without what follows from the rest."""

    @abstractmethod
    def _load(self, state: Any) -> None:
        """Take the state that `_dump` returned, or refuse it."""

    @abstractmethod
    def _to_layout(self, table: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the elements of the table in the order of the parameters."""

    @abstractmethod
    def _from_layout(self, lanes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the table whose elements are given in the order of the parameters."""

    @classmethod
    def _arguments(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return those arguments of the constructor that only this model has."""
        return {}

    @classmethod
    def _kinds(cls) -> Iterator[type[Self]]:
        if not inspect.isabstract(cls):
            yield cls
        for kind in cls.__subclasses__():
            yield from kind._kinds()

    def _smoothing_thousandths(self) -> int:
        return 0

    def _check_fitted(self) -> None:
        if not hasattr(self, "n_features_in_"):  # scikit-learn's check takes longer than an answer
            check_is_fitted(self, "n_features_in_")

    def _reset(self, n_features: int, *, names_checked: bool = True) -> None:
        self._check_arguments(n_features, names_checked=names_checked)
        self.n_features_in_ = n_features
        self._clear()

    def _check_arguments(self, n_features: int, *, names_checked: bool = True) -> None:
        if names_checked or len(self.classes) < 2:
            check_names(self.classes)
        names, capacity = len(self.classes), self._capacity
        if names > MAX_CLASSES:
            raise InvalidInput(f"A model has up to {MAX_CLASSES} classes, not {names}; merge some of them.")
        if not isinstance(capacity, Integral) or isinstance(capacity, bool) or not names <= capacity <= MAX_CLASSES:
            raise InvalidInput(
                f"max_classes must be an integer from the number of classes, {names}, to {MAX_CLASSES}, not "
                f"{shortened(capacity)}."
            )
        self._smoothing_thousandths()
        kind = "dense" if self.dense else "sparse"
        if not 1 <= n_features <= self.max_features:
            raise InvalidInput(
                f"A {kind} model has 1 to {self.max_features:,} features, not {n_features:,}; use an encoder that "
                "gives as many."
            )
        size = self._size(capacity, n_features)
        if size > MAX_PARAMETERS:
            raise InvalidInput(
                f"A {type(self).__name__} of {capacity} classes and {n_features:,} features has {size:,} bytes of "
                f"parameters, and a trainer holds {MAX_PARAMETERS:,}; use fewer features or fewer classes."
            )


def check_names(names: Sequence[str]) -> None:
    """Refuse what are no names of classes."""
    listed = isinstance(names, Collection) and not isinstance(names, str)
    one_line = listed and all(isinstance(name, str) and name.splitlines() == [name] for name in names)
    if not one_line or len(names) < 2 or len(set(names)) < len(names):
        raise InvalidInput(
            f"A model has two classes or more, whose names are different texts of one line, not {shortened(names)}."
        )
