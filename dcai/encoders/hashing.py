"""Texts as the set of words they hold, each word hashed to a feature."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from dcai.encoders.base import SparseEncoder
from dcai.encoders.checks import check_texts
from dcai.encoders.codings.hashing import HashingCoding


class HashingEncoder(SparseEncoder):
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

    coding_type = HashingCoding

    def __init__(self, n_features: int = 2**15) -> None:
        self.n_features = n_features

    def fit(self, inputs: Iterable[str] = (), y: object = None) -> Self:
        """Check the parameter and the texts; there is nothing to learn from them, so that they may be left out.

        Raises
        ------
        InvalidInput
            If `n_features` is out of range, or the texts are not an iterable of str.
        """
        coding = HashingCoding(self.n_features)
        check_texts(inputs)
        return self._take(coding)

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
            If the text is not a str.

        Examples
        --------
        >>> HashingEncoder(n_features=2).fit().describe("a fine film, a really fine film")
        {0: 'a', 1: 'fine, film, really'}
        """
        return super().describe(input)

    @classmethod
    def from_coding(cls, coding: HashingCoding) -> Self:
        """Make the fitted encoder around a coding."""
        return cls(coding.n_features_)._take(coding)
