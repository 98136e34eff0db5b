"""Texts as the set of frequent words they hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import chain
from typing import Self

from dcai.encoders.base import SparseEncoder
from dcai.encoders.checks import check_integer, check_texts
from dcai.encoders.codings.coding import UINT16_INDICES
from dcai.encoders.codings.text import TextCoding, split_words
from dcai.errors import InvalidInput
from dcai.samples import MAX_FEATURES


class TextEncoder(SparseEncoder):
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

    coding_type = TextCoding

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
            If `vocabulary_size` is out of range, the texts are not an iterable of str, or there is no word in them.
        """
        size = check_integer("vocabulary_size", self.vocabulary_size, 1, MAX_FEATURES, UINT16_INDICES)
        texts = check_texts(inputs)
        counts = Counter(chain.from_iterable(map(split_words, texts)))
        if not counts:
            raise InvalidInput(f"There is no word in the {len(texts):,} training texts; give texts with words in them.")
        return self._take(TextCoding(sorted(counts, key=lambda word: (-counts[word], word))[:size]))

    @classmethod
    def from_coding(cls, coding: TextCoding) -> Self:
        """Make the fitted encoder around a coding."""
        return cls(vocabulary_size=coding.n_features_)._take(coding)

    def _take(self, coding: TextCoding) -> Self:
        self.words_ = coding.words
        return super()._take(coding)
