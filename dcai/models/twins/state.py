"""What a twin is made of: its parameters and settings, as the contract and as a file keep them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from numbers import Integral
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from dcai.errors import InvalidInput
from dcai.models.twins.fields import field
from dcai.models.twins.lanes import Lane
from dcai.untrusted import shortened

MAX_CLASSES = 255

MAX_NAME = 64
"""Most bytes in the name of a class that is added."""

SLOT = 32
HEAD = 16
"""Bytes of a trainer's bookkeeping, which come before the parameters in its state."""

MAX_PARAMETERS = 4_100 * SLOT - HEAD
"""Most bytes of parameters, so that a state has at most 4,100 slots."""

SETTINGS = 10
"""Bytes of a model's settings in the code of a trainer."""


class State(ABC):
    """What a twin holds: its classes, and a table with a vector of small integers for most of them.

    The parameters of a contract are a header (some numbers of each vector) and the table, with a lane for each of its
    elements. There are vectors for all classes that there may ever be.

    Parameters
    ----------
    classes : sequence of str
        The names of the labels 0, 1, …: two different names or more, of one line each.
    n_features : int
    max_classes : int, optional
        How many classes there may ever be, up to 255; as many as `classes` by default.
    names_checked : bool
        Whether the names are checked. Those of a trainer are whatever its creator wrote.

    Attributes
    ----------
    classes : tuple of str
    n_features, max_classes : int

    Raises
    ------
    InvalidInput
        If no contract holds such a model.
    """

    contracts: ClassVar[tuple[str, ...]]
    """The Solidity models that it is the twin of."""

    dense: ClassVar[bool]
    """Whether samples are vectors of small integers; otherwise they are the indices of the features present."""

    max_features: ClassVar[int]
    """Most features that such samples have."""

    _lane: ClassVar[Lane]
    _header_bytes: ClassVar[int]

    def __init__(
        self,
        classes: Sequence[str],
        n_features: int,
        max_classes: int | None = None,
        *,
        names_checked: bool = True,
    ) -> None:
        if names_checked or len(classes) < 2:
            check_names(classes)
        self.classes = tuple(classes)
        self.max_classes = self._checked_room(len(classes) if max_classes is None else max_classes)
        self.n_features = self._checked_width(n_features)
        self._clear()

    @property
    def contract(self) -> str:
        """The name of the Solidity model that it is deployed as."""
        return self.contracts[0]

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of the constructor that only this kind of twin has."""
        return {}

    def settings(self) -> bytes:
        """Return the model's settings in a trainer's code: ten bytes, see contracts/types/Settings.sol."""
        return b"".join(
            (
                len(self.classes).to_bytes(1, "big"),
                self.n_features.to_bytes(2, "big"),
                self.max_classes.to_bytes(1, "big"),
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
        return self._header() + self._lane.pack(self._to_layout(self._table))

    @classmethod
    def from_parameters(cls, settings: bytes, parameters: bytes, classes: Sequence[str]) -> Self:
        """Return the twin of a contract with these settings and parameters.

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
            If the settings are not of this model, or the parameters have another length.
        """
        if len(settings) != SETTINGS:
            raise InvalidInput(f"The settings of a model have {SETTINGS} bytes, not {len(settings)}.")
        own = cls._own_arguments({"smoothing": int.from_bytes(settings[4:6], "big") / 1000})
        twin = cls(tuple(classes), int.from_bytes(settings[1:3], "big"), settings[3], names_checked=False, **own)
        if twin.settings()[1:] != settings[1:] or not 2 <= settings[0] <= len(classes):
            raise InvalidInput(
                f"The settings {settings.hex()} are not those of a {cls.contracts[0]} that has {len(classes)} classes "
                "now."
            )
        size = cls.parameter_bytes(settings)
        if len(parameters) != size:
            raise InvalidInput(f"This {cls.contracts[0]} has {size:,} bytes of parameters, not {len(parameters):,}.")
        twin._read(parameters)
        return twin

    def dump(self) -> dict[str, object]:
        """Return what a model file says of the twin, beside its classes: JSON-able values."""
        return {
            "max_classes": self.max_classes,
            "n_features": self.n_features,
            "state": self._dump(),
            **self.arguments(),
        }

    @classmethod
    def from_file(cls, classes: Sequence[str], data: Mapping[str, object]) -> Self:
        """Return the twin that `dump` described.

        Raises
        ------
        InvalidInput
            If a field is missing or of another type, or a number is out of range.
        """
        numbers = (field(data, name, int) for name in ("n_features", "max_classes"))
        twin = cls(classes, *numbers, **cls._own_arguments(data))
        twin._load(field(data, "state", dict))
        return twin

    def add_class(self, name: str) -> None:
        """Add a class that has no sample yet.

        Raises
        ------
        InvalidInput
            If there is no room for it, or the name is not another text of one line.
        """
        if name in self.classes:
            raise InvalidInput(f"There is a class {name!r} already; a class that is added needs another name.")
        names = [*self.classes, name]
        check_names(names)
        if len(name.encode()) > MAX_NAME or any(ord(character) < ord(" ") for character in name):
            raise InvalidInput(
                f"The name of a class that is added has up to {MAX_NAME} bytes and no control characters, unlike "
                f"{shortened(name)}."
            )
        if len(names) > self.max_classes:
            raise InvalidInput(
                f"There is no room for class {name!r}: this model is made for {self.max_classes} classes; make the "
                f"model with max_classes={len(names)} or more."
            )
        self.classes = tuple(names)

    @property
    def slots(self) -> int:
        """The number of slots of a contract's state."""
        return -(-(HEAD + self._size(self.max_classes, self.n_features)) // SLOT)

    @property
    def _vectors(self) -> int:
        """The number of rows of the table."""
        return self._vectors_of(self.max_classes)

    @classmethod
    def _vectors_of(cls, max_classes: int) -> int:
        return max_classes

    @classmethod
    def _size(cls, max_classes: int, n_features: int) -> int:
        return cls._vectors_of(max_classes) * (cls._header_bytes + cls._lane.size * n_features)

    def _read(self, parameters: bytes) -> None:
        """Take the parameters that a contract holds."""
        header = self._header_bytes * self._vectors
        self._set_state(parameters[:header], self._from_layout(self._lane.unpack(parameters[header:])))

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
    def _dump(self) -> dict[str, object]:
        """Return the state as nested lists of integers, without what follows from the rest."""

    @abstractmethod
    def _load(self, state: object) -> None:
        """Take the state that `_dump` returned, or refuse it."""

    @abstractmethod
    def _to_layout(self, table: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the elements of the table in the order of the parameters."""

    @abstractmethod
    def _from_layout(self, lanes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the table whose elements are given in the order of the parameters."""

    @classmethod
    def _own_arguments(cls, given: Mapping[str, object]) -> dict[str, Any]:
        """Return those arguments of the constructor that only this kind of twin has, of all that are given."""
        return {}

    def _smoothing_thousandths(self) -> int:
        return 0

    def _checked_room(self, given: object) -> int:
        names, room = len(self.classes), int(given) if isinstance(given, Integral) else 0
        if names > MAX_CLASSES:
            raise InvalidInput(f"A model has up to {MAX_CLASSES} classes, not {names}; merge some of them.")
        if isinstance(given, bool) or not names <= room <= MAX_CLASSES:
            raise InvalidInput(
                f"max_classes must be an integer from the number of classes, {names}, to {MAX_CLASSES}, not "
                f"{shortened(given)}."
            )
        return room

    def _checked_width(self, n_features: int) -> int:
        if not 1 <= n_features <= self.max_features:
            raise InvalidInput(
                f"A {'dense' if self.dense else 'sparse'} model has 1 to {self.max_features:,} features, not "
                f"{n_features:,}; use an encoder that gives as many."
            )
        size = self._size(self.max_classes, n_features)
        if size > MAX_PARAMETERS:
            raise InvalidInput(
                f"A {self.contracts[0]} of {self.max_classes} classes and {n_features:,} features has {size:,} bytes "
                f"of parameters, and a trainer holds {MAX_PARAMETERS:,}; use fewer features or fewer classes."
            )
        return n_features


def check_names(names: Sequence[str]) -> None:
    """Refuse names that no classes of a contract have."""
    listed = isinstance(names, Collection) and not isinstance(names, str)
    one_line = listed and all(isinstance(name, str) and name.splitlines() == [name] for name in names)
    if not one_line or len(names) < 2 or len(set(names)) < len(names):
        raise InvalidInput(
            f"A model has two classes or more, whose names are different texts of one line, not {shortened(names)}."
        )
