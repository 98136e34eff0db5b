"""Texts as vectors that a function of the user's gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dcai.encoders.checks import check_texts
from dcai.encoders.codings.coding import SPEC_VERSION, DenseCoding, NoEmbedding, spec_field
from dcai.encoders.codings.vector import VectorCoding
from dcai.encoders.tables import as_floats
from dcai.errors import InvalidInput, NothingToEncode
from dcai.samples import check_dimensions, scale_of
from dcai.untrusted import shortened

if TYPE_CHECKING:
    from dcai.encoders.embedding import EmbeddingEncoder

Embed = Callable[[list[str]], ArrayLike]
"""An embedding: n texts to finite numbers of shape (n, dimensions)."""

_MOST_NAMED = 10

# how paths of Unix and of Windows begin, and their addresses
_PATH = re.compile(r"\s*(?:[/\\~]|\.{1,2}(?:[/\\]|\s*\Z)|[A-Za-z]:[/\\]|file:)", re.IGNORECASE)


def is_local(name: str) -> bool:
    """Tell whether the name of an embedding is a path of somebody's machine.

    Examples
    --------
    >>> [is_local(name) for name in ("/home/ann/model", "C:\\\\model", "~/model", "sentence-transformers/all-MiniLM")]
    [True, True, True, False]
    """
    return _PATH.match(name) is not None or "\\" in name


class EmbeddingCoding(DenseCoding):
    """Texts through an embedding and then through a `VectorCoding`: see `EmbeddingEncoder`.

    Parameters
    ----------
    embed, name, dimensions, bits
        See `EmbeddingEncoder`.

    Raises
    ------
    InvalidInput
        If `embed` can't be called, there is no name, or a number is out of range.
    """

    kind = "embedding"
    takes_texts = True

    def __init__(self, embed: Embed, name: str, dimensions: int, bits: int) -> None:
        if not callable(embed):
            raise InvalidInput(f"embed must be a function of a list of texts, not {shortened(embed)}.")
        if not isinstance(name, str) or not name:
            raise InvalidInput(f"An embedding's name must be a str that people find it by, not {shortened(name)}.")
        check_dimensions(dimensions)
        scale_of(bits)
        self.embed, self.name, self.bits = embed, str(name), int(bits)
        self.n_features_ = int(dimensions)
        names = [f"dimension {dimension}" for dimension in range(self.n_features_)]
        self.of_vectors = VectorCoding(names, self.bits, np.empty(0), np.empty(0))

    def vectors(self, inputs: Iterable[str]) -> NDArray[np.signedinteger]:
        """Encode texts: see `DenseCoding.vectors`."""
        texts = check_texts(inputs)
        return self.of_vectors.vectors(self.embedded(texts) if texts else [])

    def feature_names(self) -> list[str]:
        """Name every dimension by its number, such as "dimension 0"."""
        return self.of_vectors.feature_names()

    def spec(self) -> dict[str, Any]:
        """Describe the coding: the name of the embedding, its dimensions, and the bits of an integer."""
        return {
            "kind": self.kind,
            "version": SPEC_VERSION,
            "name": self.name,
            "dimensions": self.n_features_,
            "bits": self.bits,
        }

    def estimator(self) -> EmbeddingEncoder:
        """Return the fitted scikit-learn transformer that encodes as this does; imports scikit-learn."""
        from dcai.encoders.embedding import EmbeddingEncoder

        return EmbeddingEncoder.from_coding(self)

    @classmethod
    def from_spec(cls, spec: Mapping[str, object], embed: Embed | None = None) -> Self:
        """Make the coding that a spec describes, with the function that the spec names.

        Raises
        ------
        NoEmbedding
            If `embed` is missing.
        InvalidInput
            If the spec is of another kind or version, lacks a field, or holds values that no encoder could have.
        """
        cls._check_kind(spec)
        return cls._from_fields(spec, embed)

    @classmethod
    def _from_fields(cls, spec: Mapping[str, object], embed: Embed | None = None) -> Self:
        name, dimensions = spec_field(spec, "name", str), spec_field(spec, "dimensions", int)
        bits = spec_field(spec, "bits", int)
        if embed is None:
            raise NoEmbedding(
                f"This encoder needs the embedding {shortened(name)} ({dimensions} dimensions), a function that no "
                "spec holds; pass it as embed=…."
            )
        return cls(embed, name, dimensions, bits)

    def embedded(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return what the embedding gives for texts, shape (n, dimensions), or refuse it."""
        given = self.embed(list(texts))
        try:
            vectors = as_floats(given)
        except InvalidInput as error:
            raise InvalidInput(f"The embedding {shortened(self.name)} must give numbers: {error}") from error
        if vectors.shape != (len(texts), self.n_features_):
            raise InvalidInput(
                f"The embedding {shortened(self.name)} gave numbers of shape {vectors.shape} for {len(texts)} texts "
                f"and {self.n_features_} dimensions; it must give {(len(texts), self.n_features_)}."
            )
        faults = np.argwhere(~np.isfinite(vectors))
        if len(faults):
            text, dimension = faults[0]
            raise InvalidInput(
                f"The embedding {shortened(self.name)} gave {vectors[text, dimension]} in dimension {dimension} for "
                f"text {text}, {shortened(texts[text])}; it must give finite numbers: use another text."
            )
        zeros = np.flatnonzero(~vectors.any(axis=1))
        if zeros.size:
            raise NothingToEncode(
                f"The embedding {shortened(self.name)} finds nothing in {_listed(zeros.tolist(), texts)}: all "
                f"dimensions are zero; {'use another text' if zeros.size == 1 else 'leave these texts out'}."
            )
        return vectors


def _listed(positions: list[int], texts: Sequence[str]) -> str:
    if len(positions) == 1:
        return f"text {positions[0]}, {shortened(texts[positions[0]])}"
    named, more = positions[:_MOST_NAMED], len(positions) - _MOST_NAMED
    return f"texts {', '.join(map(str, named))}" + f" and {more} more" * (more > 0)
