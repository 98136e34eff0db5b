"""Texts as the set of known words they hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, chain, groupby
from typing import TYPE_CHECKING, Any, Self

from dcai.encoders.checks import check_texts
from dcai.encoders.codings.coding import SPEC_VERSION, Indices, SparseCoding, spec_field
from dcai.errors import InvalidInput
from dcai.samples import MAX_FEATURES
from dcai.untrusted import shortened

if TYPE_CHECKING:
    from dcai.encoders.text import TextEncoder

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")

# No language has as many combining marks on a letter; all of them are among these characters.
_MANY_MARKS = re.compile(r"[^\w\s\x00-\x7f]{32,}")


def split_words(text: str) -> list[str]:
    """Split a text into words, by the rule that `TextEncoder` documents."""
    # NFC comes last: a capital without a composed form (J̌) can have a small letter with one (ǰ).
    lower = _MANY_MARKS.sub(_in_order, text.lower())
    return _WORD.findall(unicodedata.normalize("NFC", lower).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))


def _in_order(marks: re.Match[str]) -> str:
    """Return combining marks in their canonical order, as NFC has them too, but in quadratic time."""
    apart = "".join(unicodedata.normalize("NFD", one) for one in marks[0])
    runs = groupby(apart, key=lambda one: unicodedata.combining(one) > 0)
    return "".join(one for is_run, run in runs for one in (sorted(run, key=unicodedata.combining) if is_run else run))


class TextCoding(SparseCoding):
    """Presence of words: see `TextEncoder` for how texts are split.

    Parameters
    ----------
    words : sequence of str
        Feature 0 first; all different.
    """

    kind = "text"
    takes_texts = True

    def __init__(self, words: Sequence[str]) -> None:
        self.words = list(words)
        self.n_features_ = len(self.words)
        self._feature_of = {word: feature for feature, word in enumerate(self.words)}

    def indices(self, inputs: Iterable[str]) -> Indices:
        """Encode texts: see `SparseCoding.indices`."""
        import numpy as np

        rows = [self._known(text) for text in check_texts(inputs)]
        starts = np.fromiter(accumulate(map(len, rows), initial=0), dtype=np.int64, count=len(rows) + 1)
        return Indices(np.fromiter(chain.from_iterable(rows), dtype=np.int32, count=starts[-1]), starts)

    def _features(self, input: str) -> list[int]:
        (text,) = check_texts([input])
        return self._known(text)

    def _known(self, text: str) -> list[int]:
        known = self._feature_of
        return sorted({known[word] for word in split_words(text) if word in known})

    def feature_names(self) -> list[str]:
        """List the words, the most frequent first."""
        return list(self.words)

    def spec(self) -> dict[str, Any]:
        """Describe the coding: its words, the most frequent first."""
        return {"kind": self.kind, "version": SPEC_VERSION, "words": self.feature_names()}

    def estimator(self) -> TextEncoder:
        """Return the fitted scikit-learn transformer that encodes as this does; imports scikit-learn."""
        from dcai.encoders.text import TextEncoder

        return TextEncoder.from_coding(self)

    @classmethod
    def _from_fields(cls, spec: Mapping[str, object]) -> Self:
        words = spec_field(spec, "words", list)
        if not 1 <= len(words) <= MAX_FEATURES:
            raise InvalidInput(f"A text encoder has from 1 to {MAX_FEATURES:,} words; this spec has {len(words):,}.")
        seen: dict[str, int] = {}
        for position, word in enumerate(words):
            if not isinstance(word, str):
                raise InvalidInput(f"Word {position} of the encoder's spec must be a str, not {shortened(word)}.")
            if word in seen:
                raise InvalidInput(
                    f"Words {seen[word]} and {position} of the encoder's spec are both {shortened(word)}; a word "
                    "is one feature."
                )
            seen[word] = position
        return cls(words)
