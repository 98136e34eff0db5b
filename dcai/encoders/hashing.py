"""Texts as the set of words they hold, each word hashed to a feature."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.feature_extraction import FeatureHasher
from sklearn.utils.validation import check_is_fitted

from dcai.encoders.base import MAX_FEATURES, SPEC_VERSION, UINT16_INDICES, Encoder, spec_field
from dcai.encoders.checks import check_integer, check_texts
from dcai.encoders.text import split_words


class HashingEncoder(Encoder):
    """Presence of words, each at the feature that its hash says: every word counts and no vocabulary is published.

    Texts are split as by `TextEncoder`. A word's feature is |h| mod n_features, where h is the signed 32-bit
    MurmurHash3 (x86, seed 0) of its UTF-8 bytes, as in scikit-learn's `FeatureHasher` and `HashingVectorizer`
    (``HashingVectorizer(analyzer=split_words, n_features=…, alternate_sign=False, binary=True, norm=None)``). Words
    that share a hash share a feature. Frequent words don't share storage slots as those of `TextEncoder` do.

    Parameters
    ----------
    n_features : int
        Number of features, from 1 to 65,535.

    Attributes
    ----------
    n_features_ : int
        The number of features.

    Examples
    --------
    >>> encoder = HashingEncoder().fit()
    >>> encoder.encode("Fine! A really fine film.").tolist()
    [21161, 22437, 27058, 31327]
    """

    kind = "hashing"
    _hasher: FeatureHasher

    def __init__(self, n_features: int = 2**15) -> None:
        self.n_features = n_features

    def fit(self, inputs: Iterable[str] = (), y: object = None) -> Self:
        """Check the parameter and the texts; there is nothing to learn from them, so that they may be left out.

        Raises
        ------
        InvalidInput
            If `n_features` is out of range, or the texts are no iterable of str.
        """
        n_features = check_integer("n_features", self.n_features, 1, MAX_FEATURES, UINT16_INDICES)
        check_texts(inputs)
        self.n_features_ = n_features
        self._hasher = FeatureHasher(self.n_features_, input_type="string", dtype=np.int8, alternate_sign=False)
        return self

    def transform(self, inputs: Iterable[str]) -> sparse.csr_matrix:
        """Encode texts; a text without a word is an empty row.

        Parameters
        ----------
        inputs : iterable of str, n texts

        Returns
        -------
        scipy.sparse.csr_matrix of int8, shape (n, n_features_)
            One where a word of the feature is present; the indices of every row are sorted.

        Raises
        ------
        InvalidInput
            If the texts are one str, or one of them is no str.
        """
        check_is_fitted(self, "n_features_")
        texts = check_texts(inputs)
        if not texts:
            return sparse.csr_matrix((0, self.n_features_), dtype=np.int8)
        matrix = sparse.csr_matrix(self._hasher.transform(map(split_words, texts)))
        matrix.data.fill(1)
        return matrix

    def feature_names(self) -> list[str]:
        """Name every feature by its number, such as "hash 123"; `describe` knows the words of one text."""
        check_is_fitted(self, "n_features_")
        return [f"hash {index}" for index in range(self.n_features_)]

    def describe(self, input: str) -> dict[int, str]:
        """Say which words of a text stand behind each of its features.

        Returns
        -------
        dict of int to str
            The features of the text, in the order of `encode`, each with its different words in the order of the text,
            joined with ", ".

        Raises
        ------
        NothingToEncode
            If there is no word in the text.
        InvalidInput
            If the text is no str.

        Examples
        --------
        >>> HashingEncoder(n_features=2).fit().describe("a fine film, a really fine film")
        {0: 'a', 1: 'fine, film, really'}
        """
        words_of: dict[int, list[str]] = {feature: [] for feature in self.encode(input).tolist()}
        words = list(dict.fromkeys(split_words(input)))
        # One word a row: the column is its feature.
        features = self._hasher.transform([word] for word in words).indices.tolist()
        for word, feature in zip(words, features, strict=True):
            words_of[feature].append(word)
        return {feature: ", ".join(its) for feature, its in words_of.items()}

    def spec(self) -> dict[str, Any]:
        """Describe the encoder: its number of features."""
        check_is_fitted(self, "n_features_")
        return {"kind": self.kind, "version": SPEC_VERSION, "n_features": self.n_features_}

    @classmethod
    def _from_fields(cls, spec: Mapping[str, Any]) -> Self:
        return cls(spec_field(spec, "n_features", int)).fit()
