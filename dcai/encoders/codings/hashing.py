"""Texts as the set of words they hold, each word hashed to a feature."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from dcai.encoders.checks import check_integer, check_texts
from dcai.encoders.codings.coding import SPEC_VERSION, UINT16_INDICES, Indices, SparseCoding, spec_field
from dcai.encoders.codings.text import split_words
from dcai.samples import MAX_FEATURES

if TYPE_CHECKING:
    from dcai.encoders.hashing import HashingEncoder


class HashingCoding(SparseCoding):
    """Presence of words, each at the feature that its hash says: see `HashingEncoder` for the hash.

    Parameters
    ----------
    n_features : int
        From 1 to 65,535.

    Raises
    ------
    InvalidInput
        If `n_features` is out of range.
    """

    kind = "hashing"
    takes_texts = True

    def __init__(self, n_features: int) -> None:
        self.n_features_ = check_integer("n_features", n_features, 1, MAX_FEATURES, UINT16_INDICES)

    def indices(self, inputs: Iterable[str]) -> Indices:
        """Encode texts: see `SparseCoding.indices`."""
        texts = check_texts(inputs)
        return self._hashed(map(split_words, texts)) if texts else Indices(np.empty(0, np.int32), np.zeros(1, int))

    def feature_names(self) -> list[str]:
        """Name every feature by its number, such as "hash 123"; `describe` knows the words of one text."""
        return [f"hash {index}" for index in range(self.n_features_)]

    def describe(self, input: str) -> dict[int, str]:
        """Say which words of a text stand behind each of its features: see `HashingEncoder.describe`."""
        words_of: dict[int, list[str]] = {feature: [] for feature in self.encode(input).tolist()}
        words = list(dict.fromkeys(split_words(input)))
        features = self._hashed([word] for word in words).indices.tolist()
        for word, feature in zip(words, features, strict=True):
            words_of[feature].append(word)
        return {feature: ", ".join(its) for feature, its in words_of.items()}

    def spec(self) -> dict[str, Any]:
        """Describe the coding: its number of features."""
        return {"kind": self.kind, "version": SPEC_VERSION, "n_features": self.n_features_}

    def estimator(self) -> HashingEncoder:
        """Return the fitted scikit-learn transformer that encodes as this does; imports scikit-learn."""
        from dcai.encoders.hashing import HashingEncoder

        return HashingEncoder.from_coding(self)

    @classmethod
    def _from_fields(cls, spec: Mapping[str, object]) -> Self:
        return cls(spec_field(spec, "n_features", int))

    def _hashed(self, texts: Iterable[list[str]]) -> Indices:
        from sklearn.feature_extraction import FeatureHasher  # has the hash, and takes a second to import

        hasher = FeatureHasher(self.n_features_, input_type="string", dtype=np.int8, alternate_sign=False)
        matrix = hasher.transform(texts)
        return Indices(matrix.indices, matrix.indptr)
