"""Texts as the set of frequent words they hold."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.utils.validation import check_is_fitted

from dcai.encoders.base import MAX_FEATURES, SPEC_VERSION, UINT16_INDICES, Encoder, shortened, spec_field
from dcai.encoders.checks import check_integer, check_texts
from dcai.errors import InvalidInput

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def split_words(text: str) -> list[str]:
    """Split a text into words, by the rule that `TextEncoder` documents."""
    # NFC comes last: a capital without a composed form (J̌) can have a small letter with one (ǰ).
    return _WORD.findall(unicodedata.normalize("NFC", text.lower()).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))


class TextEncoder(Encoder):
    r"""Presence of the most frequent words of the training texts.

    Feature 0 is the most frequent word and so on, words of equal frequency in the order of their code points, so that
    the words of a real text share storage slots. Frequency is the number of occurrences in all training texts (not
    the number of texts). Words that are not among the features are ignored; how often a text repeats a word is too.

    A text is split so: `str.lower` (not `str.casefold`, which writes other words than people do: "strasse" for
    "straße"), Unicode normal form NFC, the typographic apostrophe (U+2019) as ', and then every match of
    ``[^\W_]+(?:'[^\W_]+)*`` of Python's `re` is a word: a run of letters and digits of any script, with
    apostrophes inside it. "Don't panic, it's 9½!" gives don't, panic, it's, 9½. Combining marks that have no composed
    letter end a word, as `re` counts them as neither letter nor digit: scripts that write vowels as such marks
    (Devanagari, Thai) are split into syllables.

    Parameters
    ----------
    vocabulary_size : int
        Most words to keep, from 1 to 65,535.

    Attributes
    ----------
    words_ : list of str
        The words, feature 0 first; fewer than `vocabulary_size` where the training texts hold fewer.
    n_features_ : int
        The number of words.

    Examples
    --------
    >>> encoder = TextEncoder(vocabulary_size=3).fit(["a fine, fine film", "a dull film", "a film"])
    >>> encoder.feature_names()
    ['a', 'film', 'fine']
    >>> encoder.encode("Fine! A really fine one.").tolist()
    [0, 2]
    """

    kind = "text"

    def __init__(self, vocabulary_size: int = 1000) -> None:
        self.vocabulary_size = vocabulary_size

    def fit(self, inputs: Iterable[str], y: object = None) -> Self:
        """Learn the vocabulary.

        Parameters
        ----------
        inputs : iterable of str
            The training texts.
        y : object
            Ignored, it is there for scikit-learn's pipelines.

        Raises
        ------
        InvalidInput
            If `vocabulary_size` is out of range, the texts are no iterable of str, or there is no word in them.
        """
        size = check_integer("vocabulary_size", self.vocabulary_size, 1, MAX_FEATURES, UINT16_INDICES)
        texts = check_texts(inputs)
        counts = Counter(chain.from_iterable(map(split_words, texts)))
        if not counts:
            raise InvalidInput(f"there is no word in the {len(texts):,} training texts: give texts with words in them")
        return self._set_words(sorted(counts, key=lambda word: (-counts[word], word))[:size])

    def transform(self, inputs: Iterable[str]) -> sparse.csr_matrix:
        """Encode texts; a text without a known word is an empty row.

        Parameters
        ----------
        inputs : iterable of str, n texts

        Returns
        -------
        scipy.sparse.csr_matrix of int8, shape (n, n_features_)
            One where a word is present; the indices of every row are sorted.

        Raises
        ------
        InvalidInput
            If the texts are one str, or one of them is no str.
        """
        check_is_fitted(self, "words_")
        return self._vectorizer.transform(check_texts(inputs))

    def feature_names(self) -> list[str]:
        """List the words, the most frequent first."""
        check_is_fitted(self, "words_")
        return list(self.words_)

    def spec(self) -> dict[str, Any]:
        """Describe the fitted encoder: its words, the most frequent first."""
        return {"kind": self.kind, "version": SPEC_VERSION, "words": self.feature_names()}

    @classmethod
    def _from_fields(cls, spec: Mapping[str, Any]) -> Self:
        words = spec_field(spec, "words", list)
        if not 1 <= len(words) <= MAX_FEATURES:
            raise InvalidInput(f"a text encoder has from 1 to {MAX_FEATURES:,} words, this spec has {len(words):,}")
        seen: dict[str, int] = {}
        for position, word in enumerate(words):
            if not isinstance(word, str):
                raise InvalidInput(f"word {position} of the encoder's spec must be a str, not {shortened(word)}")
            if word in seen:
                raise InvalidInput(
                    f"words {seen[word]} and {position} of the encoder's spec are both {shortened(word)}"
                )
            seen[word] = position
        return cls(vocabulary_size=len(words))._set_words(list(words))

    def _set_words(self, words: list[str]) -> Self:
        self.words_ = words
        self.n_features_ = len(words)
        self._vectorizer = CountVectorizer(analyzer=split_words, vocabulary=words, binary=True, dtype=np.int8)
        return self
