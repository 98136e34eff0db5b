"""What every encoder can do, whatever it encodes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from dcai.encoders.codings.coding import Coding, DenseCoding, SparseCoding


class Encoder(TransformerMixin, BaseEstimator, ABC):  # type: ignore[misc]
    """Turns inputs into the features of a model, by scikit-learn's estimator conventions.

    An encoder is sparse, for models whose features are present or not: a sample is the indices of those present. Or it
    is dense, for models of vectors: a sample has a small signed integer for every feature.

    `fit` learns a `Coding`, which does the work from then on. Every method but `fit`, `from_coding` and `from_spec`
    raises scikit-learn's `NotFittedError` before one of these was called.

    Attributes
    ----------
    kind : str
        What specs call this class.
    dense : bool
        Whether it is dense, as `VectorEncoder` and `EmbeddingEncoder` are; a model takes encoders with its own `dense`.
    n_features_ : int
        Number of features, at most 65,535, of a dense encoder at most 4,096; known after `fit`.
    """

    coding_type: ClassVar[type[Coding]]
    """What `fit` makes."""

    kind: ClassVar[str]
    dense: ClassVar[bool]

    n_features_: int

    def __init_subclass__(cls) -> None:
        """Take over what the kind of coding says."""
        super().__init_subclass__()
        if "coding_type" in vars(cls):
            cls.kind, cls.dense = cls.coding_type.kind, cls.coding_type.dense

    @property
    def coding(self) -> Coding:
        """What `fit` has learnt: immutable, and made again by `encoder_from_spec` without scikit-learn.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the encoder isn't fitted.
        """
        check_is_fitted(self)
        coding: Coding = self._coding
        return coding

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
        return self.coding.encode(input)

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
        return self.coding.describe(input)

    def feature_names(self) -> list[str]:
        """Name every feature, in the order of the columns of `transform`."""
        return self.coding.feature_names()

    def spec(self) -> dict[str, Any]:
        """Describe the fitted encoder as JSON-able values, from which `encoder_from_spec` makes its equal."""
        return self.coding.spec()

    @classmethod
    def from_spec(cls, spec: Mapping[str, object]) -> Self:
        """Make the fitted encoder that a spec describes.

        Raises
        ------
        InvalidInput
            If the spec is of another kind or version, lacks a field, or holds values that no encoder could have.
        """
        return cls.from_coding(cls.coding_type.from_spec(spec))

    @classmethod
    @abstractmethod
    def from_coding(cls, coding: Any) -> Self:
        """Make the fitted encoder around a coding of its kind."""

    def __sklearn_is_fitted__(self) -> bool:
        """Tell whether there is a coding."""
        return hasattr(self, "_coding")

    def __sklearn_tags__(self) -> Tags:
        """Say what inputs the encoder takes, and that the features have a type of their own."""
        tags = super().__sklearn_tags__()
        texts = self.coding_type.takes_texts
        tags.input_tags.string = tags.input_tags.one_d_array = texts
        tags.input_tags.two_d_array = not texts
        if tags.transformer_tags is not None:
            tags.transformer_tags.preserves_dtype = []
        return tags

    def _take(self, coding: Any) -> Self:
        """Take a coding as what was learnt."""
        self._coding = coding
        self.n_features_ = coding.n_features_
        return self


class SparseEncoder(Encoder):
    """An encoder for models whose features are present or not."""

    coding: SparseCoding

    def transform(self, inputs: Any) -> sparse.csr_matrix:
        """Encode many inputs: see `Encoder.transform`."""
        indices, starts = self.coding.indices(inputs)
        ones = np.ones(len(indices), dtype=np.int8)
        return sparse.csr_matrix((ones, indices, starts), shape=(len(starts) - 1, self.n_features_))


class DenseEncoder(Encoder):
    """An encoder for models of vectors."""

    coding: DenseCoding

    def transform(self, inputs: Any) -> NDArray[np.signedinteger]:
        """Encode many inputs: see `Encoder.transform`."""
        return self.coding.vectors(inputs)
