"""What every encoder can do, whatever it encodes."""

from __future__ import annotations

import reprlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin

from dcai.errors import InvalidInput

MAX_FEATURES = 65_535
"""Most features an encoder may have: a sample on chain holds its feature indices as uint16."""

UINT16_INDICES = "a sample on chain holds uint16 indices"
"""Why that is so, in the sentences of errors."""

SPEC_VERSION = 1

_shortener = reprlib.Repr()
_shortener.maxstring = _shortener.maxother = _shortener.maxlong = 60
shortened = _shortener.repr


class NothingToEncode(InvalidInput):
    """An input holds nothing that its encoder knows, so there is no sample to send."""


class Encoder(TransformerMixin, BaseEstimator, ABC):  # type: ignore[misc]
    """Turns inputs into the features of a model, by scikit-learn's estimator conventions.

    An encoder is sparse, for models whose features are present or not: a sample is the indices of those present. Or it
    is dense, for models of vectors: a sample has a small signed integer for every feature.

    Every method but `fit` and `from_spec` raises scikit-learn's `NotFittedError` before one of these was called.

    Attributes
    ----------
    kind : str
        What specs call this class.
    dense : bool
        Whether it is dense, as `VectorEncoder` and `EmbeddingEncoder` are; a model takes encoders with its own `dense`.
    n_features_ : int
        Number of features, at most 65,535, of a dense encoder at most 4,096; known after `fit`.
    """

    kind: ClassVar[str]
    dense: ClassVar[bool] = False
    n_features_: int

    @abstractmethod
    def fit(self, inputs: Any, y: object = None) -> Self:
        """Learn the features from training inputs; `y` is ignored, it is there for scikit-learn's pipelines."""

    @abstractmethod
    def transform(self, inputs: Any) -> sparse.csr_matrix | NDArray[np.signedinteger]:
        """Encode many inputs.

        Returns
        -------
        scipy.sparse.csr_matrix of int8, shape (n, n_features_)
            One where a feature is present; the indices of every row are sorted. A row may be empty. Where `dense`, a
            numpy.ndarray of int8 or int16 of this shape.

        Raises
        ------
        InvalidInput
            If an input is not of the kind that this encoder was fitted on.
        """

    @abstractmethod
    def feature_names(self) -> list[str]:
        """Name every feature, in the order of the columns of `transform`."""

    @abstractmethod
    def spec(self) -> dict[str, Any]:
        """Describe the fitted encoder as JSON-able values, from which `encoder_from_spec` makes its equal."""

    @classmethod
    @abstractmethod
    def _from_fields(cls, spec: Mapping[str, Any]) -> Self:
        """Make a fitted encoder of a spec whose kind and version are right."""

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any]) -> Self:
        """Make the fitted encoder that a spec describes.

        Raises
        ------
        InvalidInput
            If the spec is of another kind or version, lacks a field, or holds values that no encoder could have.
        """
        cls._check_kind(spec)
        return cls._from_fields(spec)

    @classmethod
    def _check_kind(cls, spec: Mapping[str, Any]) -> None:
        kind, version = spec_field(spec, "kind", str), spec_field(spec, "version", int)
        if kind != cls.kind:
            raise InvalidInput(
                f"this spec is of a {shortened(kind)} encoder and {cls.__name__} reads {cls.kind!r}: "
                "use encoder_from_spec, which picks the class"
            )
        if version != SPEC_VERSION:
            raise InvalidInput(
                f"this spec has version {shortened(version)} and this release of dcai reads version {SPEC_VERSION}: "
                "use the release that wrote it"
            )

    def encode(self, input: Any) -> NDArray[np.integer]:
        """Encode one input.

        Returns
        -------
        numpy.ndarray of uint16, shape (features present,)
            Strictly increasing feature indices: the sample of a sparse model. Where `dense`, the row that `transform`
            gives: int8 or int16, shape (n_features_,).

        Raises
        ------
        NothingToEncode
            If nothing in the input is known.
        InvalidInput
            If the input is not of the kind that this encoder was fitted on.
        """
        rows: Any = self.transform([input])
        if self.dense:
            row: NDArray[np.signedinteger] = rows[0]
            return row
        indices: NDArray[np.int32] = rows.indices
        if indices.size == 0:
            raise NothingToEncode(
                f"nothing in {shortened(input)} is among the {self.n_features_:,} features that this model knows: "
                "use an input that has at least one of them"
            )
        return indices.astype(np.uint16)

    def describe(self, input: Any) -> dict[int, str]:
        """Say in words which features an input has, for explanations of what a model makes of it.

        Returns
        -------
        dict of int to str
            The features of the input in increasing order, each with its name; where `dense`, all features.

        Raises
        ------
        NothingToEncode
            If nothing in the input is known.
        InvalidInput
            If the input is not of the kind that this encoder was fitted on.

        Examples
        --------
        >>> from dcai.encoders import TextEncoder, VectorEncoder
        >>> TextEncoder().fit(["a fine, fine film", "a dull film"]).describe("Fine! A really fine one.")
        {0: 'a', 2: 'fine'}
        >>> VectorEncoder().fit([[3.0, 4.0]], feature_names=["width", "height"]).describe([0.0, 2.0])
        {0: 'width', 1: 'height'}
        """
        sample, names = self.encode(input), self.feature_names()
        return dict(enumerate(names)) if self.dense else {index: names[index] for index in sample.tolist()}


def spec_field(spec: Mapping[str, Any], name: str, kind: type) -> Any:
    """Read one field of a spec that may have come from anybody.

    Raises
    ------
    InvalidInput
        If the spec is no mapping, has no such field, or the field is of another type.
    """
    if not isinstance(spec, Mapping):
        raise InvalidInput(f"an encoder's spec is a dict, not {shortened(spec)}")
    if name not in spec:
        raise InvalidInput(f"the encoder's spec has no {name!r}, which must be a {kind.__name__}")
    value = spec[name]
    if type(value) is not kind:
        raise InvalidInput(f"{name!r} in the encoder's spec must be a {kind.__name__}, not {shortened(value)}")
    return value
