"""What every coding can do, whatever it encodes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

from dcai.errors import InvalidInput
from dcai.errors import NothingToEncode as NothingToEncode
from dcai.untrusted import shortened

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dcai.encoders.base import Encoder

UINT16_INDICES = "a sample on chain holds uint16 indices"
"""Why there are at most 65,535 features, in the sentences of errors."""

SPEC_VERSION = 1


class NoEmbedding(InvalidInput):
    """A spec names an embedding, and nobody gave the function."""


class Indices(NamedTuple):
    """The features present in each of n inputs, as a CSR matrix holds them.

    Attributes
    ----------
    indices : numpy.ndarray of int32
        Those of the first input, strictly increasing, then those of the second, and so on.
    starts : numpy.ndarray of int, shape (n + 1,)
        Where those of each input begin, and the end.
    """

    indices: NDArray[np.int32]
    starts: NDArray[np.integer]


class Coding(ABC):
    """What a fitted encoder knows and publishes: enough to encode an input, and nothing of how it was learnt.

    A coding is immutable, and making and using one imports nothing heavier than NumPy: contributors make it of the spec
    that a trainer publishes. `estimator` gives the scikit-learn transformer around it.

    Attributes
    ----------
    kind : str
        What specs call this class.
    takes_texts : bool
        Whether an input is a text; otherwise it is a row of numbers.
    dense : bool
        Whether samples are vectors of small integers; otherwise they are the indices of the features present.
    versions : tuple of int
        Of the specs that it reads.
    n_features_ : int
        Number of features, at most 65,535; of a dense coding at most 4,096.
    """

    kind: ClassVar[str]
    takes_texts: ClassVar[bool]
    dense: ClassVar[bool]
    versions: ClassVar[tuple[int, ...]] = (SPEC_VERSION,)
    n_features_: int

    @abstractmethod
    def encode(self, input: Any) -> NDArray[np.integer]:
        """Encode one input.

        Returns
        -------
        numpy.ndarray of uint16, shape (features present,)
            Strictly increasing feature indices: the sample of a sparse model. Where `dense`, a vector of int8 or int16,
            shape (n_features_,).

        Raises
        ------
        NothingToEncode
            If nothing in the input is known.
        InvalidInput
            If the input is not of the kind that this coding was made for.
        """

    @abstractmethod
    def feature_names(self) -> list[str]:
        """Name every feature, in the order of their indices."""

    @abstractmethod
    def describe(self, input: Any) -> dict[int, str]:
        """Say in words which features an input has, for explanations of what a model makes of it.

        Returns
        -------
        dict of int to str
            The features of the input in increasing order, each with its name; where `dense`, all features.

        Raises
        ------
        NothingToEncode, InvalidInput
            As of `encode`.
        """

    @abstractmethod
    def spec(self) -> dict[str, Any]:
        """Describe the coding as JSON-able values, from which `encoder_from_spec` makes its equal."""

    @classmethod
    @abstractmethod
    def _from_fields(cls, spec: Mapping[str, object]) -> Self:
        """Make the coding of a spec whose kind and version are right."""

    @classmethod
    def from_spec(cls, spec: Mapping[str, object]) -> Self:
        """Make the coding that a spec describes.

        Raises
        ------
        InvalidInput
            If the spec is of another kind or version, lacks a field, or holds values that no encoder could have.
        """
        cls._check_kind(spec)
        return cls._from_fields(spec)

    @classmethod
    def _check_kind(cls, spec: Mapping[str, object]) -> None:
        kind, version = spec_field(spec, "kind", str), spec_field(spec, "version", int)
        if kind != cls.kind:
            raise InvalidInput(
                f"This spec is of an encoder of kind {shortened(kind)}, not {cls.kind!r}; use encoder_from_spec, which "
                "picks the class."
            )
        if version not in cls.versions:
            known = " and ".join(map(str, cls.versions))
            raise InvalidInput(
                f"This spec has version {shortened(version)}, and this release of dcai reads version {known}; use the "
                "release that wrote it."
            )

    @abstractmethod
    def estimator(self) -> Encoder:
        """Return the fitted scikit-learn transformer that encodes as this does; imports scikit-learn."""


class SparseCoding(Coding):
    """A coding for models whose features are present or not."""

    dense = False

    @abstractmethod
    def indices(self, inputs: Any) -> Indices:
        """Encode many inputs, some of which may have no feature.

        Raises
        ------
        InvalidInput
            If an input is not of the kind that this coding was made for.
        """

    def features(self, input: Any) -> list[int]:
        """Return the features of one input: strictly increasing indices.

        Raises
        ------
        NothingToEncode, InvalidInput
            As of `encode`.
        """
        features = self._features(input)
        if not features:
            raise NothingToEncode(
                f"Nothing in {shortened(input)} is among the {self.n_features_:,} features that this model knows; use "
                "an input that has at least one of them."
            )
        return features

    def _features(self, input: Any) -> list[int]:
        found: list[int] = self.indices([input]).indices.tolist()
        return found

    def encode(self, input: Any) -> NDArray[np.integer]:
        """Encode one input: see `Coding.encode`."""
        import numpy as np

        return np.array(self.features(input), dtype=np.uint16)

    def describe(self, input: Any) -> dict[int, str]:
        """Say in words which features an input has: see `Coding.describe`."""
        names = self.feature_names()
        return {feature: names[feature] for feature in self.features(input)}


class DenseCoding(Coding):
    """A coding for models of vectors: a sample has a small signed integer for every feature."""

    dense = True

    @abstractmethod
    def vectors(self, inputs: Any) -> NDArray[np.signedinteger]:
        """Encode n inputs.

        Returns
        -------
        numpy.ndarray of int8 or int16, shape (n, n_features_)
            The sum of squares of every row is within `norm_bounds`; no value is below -127 or -32,767.

        Raises
        ------
        NothingToEncode, InvalidInput
            As of `encode`.
        """

    def encode(self, input: Any) -> NDArray[np.integer]:
        """Encode one input: see `Coding.encode`."""
        vector: NDArray[np.signedinteger] = self.vectors([input])[0]
        return vector

    def describe(self, input: Any) -> dict[int, str]:
        """Say what the features of an input are called: see `Coding.describe`."""
        self.encode(input)
        return dict(enumerate(self.feature_names()))


def spec_field(spec: Mapping[str, object], name: str, kind: type) -> Any:
    """Read one field of a spec that may have come from anybody.

    Raises
    ------
    InvalidInput
        If the spec is not a mapping, has no such field, or the field is of another type.
    """
    if not isinstance(spec, Mapping):
        raise InvalidInput(f"An encoder's spec is a dict, not {shortened(spec)}.")
    if name not in spec:
        raise InvalidInput(f"The encoder's spec has no {name!r}, which must be a {kind.__name__}.")
    value = spec[name]
    if type(value) is not kind:
        raise InvalidInput(f"{name!r} in the encoder's spec must be a {kind.__name__}, not {shortened(value)}.")
    return value
