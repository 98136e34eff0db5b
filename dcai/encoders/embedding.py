"""Texts as vectors that a function of the user's gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted

from dcai.encoders.base import SPEC_VERSION, Encoder, NothingToEncode, shortened, spec_field
from dcai.encoders.checks import check_texts
from dcai.encoders.tables import as_floats
from dcai.encoders.vector import VectorEncoder, check_dimensions, scale_of
from dcai.errors import InvalidInput

Embed = Callable[[list[str]], ArrayLike]
"""An embedding: n texts to finite numbers of shape (n, dimensions)."""


_MOST_NAMED = 10


class NoEmbedding(InvalidInput):
    """A spec names an embedding, and nobody gave the function."""


class EmbeddingEncoder(Encoder):
    """Texts through an embedding and then through a `VectorEncoder`: unit norm, small signed integers.

    Any function from texts to vectors will do: scikit-learn's HashingVectorizer followed by its TruncatedSVD, as in the
    example, or a model that `sentence_transformer` loads, for which ``pip install 'dcai[embeddings]'`` brings the
    library.

    The function is no part of the spec, only its name is: who loads the encoder brings the same function. Name it so
    that people find it, with its version. `encode` gives the row that `transform` gives where the function gives a
    text the same vector whatever texts stand beside it; neural networks that work in batches do so but for the last
    bits of a float, which may change an integer by one.

    Parameters
    ----------
    embed : callable, list of str to array-like of float
        Takes n texts, n ≥ 1, and returns finite numbers of shape (n, dimensions).
    name : str
        What people know the embedding by.
    dimensions : int
        1 to 4,096.
    bits : int
        8 or 16, the size of an integer, as of `VectorEncoder`: the models of this package take 8.

    Attributes
    ----------
    n_features_ : int
        The number of dimensions.
    loss_ : QuantisationLoss
        What rounding did to the vectors of the texts that `fit` got; no part of the spec.

    Examples
    --------
    >>> from sklearn.decomposition import TruncatedSVD
    >>> from sklearn.feature_extraction.text import HashingVectorizer
    >>> from sklearn.pipeline import make_pipeline
    >>> texts = ["a fine film", "fine acting, fine music", "dull and long", "a dull film", "so long and so dull"]
    >>> svd = make_pipeline(HashingVectorizer(), TruncatedSVD(n_components=3, random_state=0)).fit(texts)
    >>> encoder = EmbeddingEncoder(svd.transform, "SVD of five reviews", dimensions=3).fit(texts)
    >>> rows = encoder.transform(["fine music", "such fine acting", "dull, so dull"])
    >>> rows.shape, rows.dtype
    ((3, 3), dtype('int8'))
    >>> cosines = (rows.astype(int) @ rows.astype(int).T / 127**2).round(1)
    >>> bool(cosines[0, 1] > 0.9 > 0.1 > cosines[0, 2])
    True

    The spec has the name, and asks for the function:

    >>> from dcai.encoders import encoder_from_spec
    >>> encoder.spec()["name"]
    'SVD of five reviews'
    >>> copy = encoder_from_spec(encoder.spec(), embed=svd.transform)
    >>> bool((copy.transform(texts) == encoder.transform(texts)).all())
    True
    """

    kind = "embedding"
    dense = True

    def __init__(self, embed: Embed, name: str, dimensions: int, bits: int = 8) -> None:
        self.embed = embed
        self.name = name
        self.dimensions = dimensions
        self.bits = bits

    @classmethod
    def sentence_transformer(cls, model_name: str, bits: int = 8) -> Self:
        """Make an encoder, yet to be fitted, of a model of the sentence-transformers library.

        The model is loaded, and downloaded where it isn't there yet, by that library: name only models you trust.
        Where the encoder comes from a spec, the function is ``EmbeddingEncoder.sentence_transformer(name).embed``.

        Parameters
        ----------
        model_name : str
            As the library knows it; becomes the name of the encoder.
        bits : int
            8 or 16.

        Raises
        ------
        InvalidInput
            If sentence-transformers is not installed.
        """
        try:
            from sentence_transformers import SentenceTransformer  # type: ignore[import-not-found, unused-ignore]
        except ImportError as error:
            raise InvalidInput(
                f"the model {shortened(model_name)} needs sentence-transformers, which can't be imported ({error}): "
                "pip install 'dcai[embeddings]'"
            ) from error
        model = SentenceTransformer(model_name)
        return cls(model.encode, model_name, model.get_embedding_dimension(), bits)

    def fit(self, inputs: Iterable[str], y: object = None) -> Self:
        """Check the parameters and measure the loss; nothing else is learnt, so that a few hundred texts are enough.

        Parameters
        ----------
        inputs : iterable of str
            At least one text; all are embedded.
        y : object
            Ignored, it is there for scikit-learn's pipelines.

        Raises
        ------
        InvalidInput
            If a parameter is out of range, the texts are no iterable of str or none, or `embed` returns anything but
            `dimensions` finite numbers a text, not all of them zero.
        """
        self._check_parameters()
        texts = check_texts(inputs)
        if not texts:
            raise InvalidInput("there is no text to measure the loss of the embedding on: give at least one")
        vectors = VectorEncoder(self.bits).fit(self._embedded(texts), feature_names=_names(self.dimensions))
        self.loss_ = vectors.loss_
        return self._set_vectors(vectors)

    def transform(self, inputs: Iterable[str]) -> NDArray[np.signedinteger]:
        """Encode texts.

        Parameters
        ----------
        inputs : iterable of str, n texts

        Returns
        -------
        numpy.ndarray of int8 or int16, shape (n, dimensions)
            The sum of squares of every row is within `norm_bounds`.

        Raises
        ------
        NothingToEncode
            If the vector of a text is zero, as TruncatedSVD gives it to a text without a word. The sentence has the
            positions of the first ten.
        InvalidInput
            If the texts are one str, one of them is no str, or `embed` returns anything but `dimensions` finite numbers
            a text.
        """
        check_is_fitted(self, "n_features_")
        texts = check_texts(inputs)
        return self._vectors.transform(self._embedded(texts) if texts else [])

    def feature_names(self) -> list[str]:
        """Name every dimension by its number, such as "dimension 0"."""
        check_is_fitted(self, "n_features_")
        return self._vectors.feature_names()

    def spec(self) -> dict[str, Any]:
        """Describe the fitted encoder: the name of the embedding, its dimensions, and the bits of an integer."""
        check_is_fitted(self, "n_features_")
        return {
            "kind": self.kind,
            "version": SPEC_VERSION,
            "name": str(self.name),
            "dimensions": int(self.dimensions),
            "bits": int(self.bits),
        }

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any], embed: Embed | None = None) -> Self:
        """Make the fitted encoder that a spec describes, with the function that the spec names.

        Raises
        ------
        NoEmbedding
            If `embed` is missing.
        InvalidInput
            If the spec is of another kind or version, lacks a field, or holds values that no
            encoder could have.
        """
        cls._check_kind(spec)
        return cls._from_fields(spec, embed)

    @classmethod
    def _from_fields(cls, spec: Mapping[str, Any], embed: Embed | None = None) -> Self:
        name, dimensions = spec_field(spec, "name", str), spec_field(spec, "dimensions", int)
        bits = spec_field(spec, "bits", int)
        if embed is None:
            raise NoEmbedding(
                f"this encoder needs the embedding {shortened(name)} ({dimensions} dimensions), a function that no "
                "spec holds: pass it as embed=…"
            )
        encoder = cls(embed, name, dimensions, bits)
        encoder._check_parameters()
        fields = {"bits": bits, "dimensions": dimensions, "columns": _names(dimensions), "mean": [], "std": []}
        vectors = VectorEncoder.from_spec({"kind": VectorEncoder.kind, "version": SPEC_VERSION, **fields})
        return encoder._set_vectors(vectors)

    def _check_parameters(self) -> None:
        if not callable(self.embed):
            raise InvalidInput(f"embed must be a function of a list of texts, not {shortened(self.embed)}")
        if not isinstance(self.name, str) or not self.name:
            raise InvalidInput(f"an embedding's name must be a str that people find it by, not {shortened(self.name)}")
        check_dimensions(self.dimensions)
        scale_of(self.bits)

    def _set_vectors(self, vectors: VectorEncoder) -> Self:
        self._vectors = vectors
        self.n_features_ = vectors.n_features_
        return self

    def _embedded(self, texts: Sequence[str]) -> NDArray[np.float64]:
        given = self.embed(list(texts))
        try:
            vectors = as_floats(given)
        except InvalidInput as error:
            raise InvalidInput(f"the embedding {shortened(self.name)} must give numbers: {error}") from error
        if vectors.shape != (len(texts), self.dimensions):
            raise InvalidInput(
                f"the embedding {shortened(self.name)} gave numbers of shape {vectors.shape} for {len(texts)} texts "
                f"and {self.dimensions} dimensions: it must give {(len(texts), self.dimensions)}"
            )
        faults = np.argwhere(~np.isfinite(vectors))
        if len(faults):
            text, dimension = faults[0]
            raise InvalidInput(
                f"the embedding {shortened(self.name)} gave {vectors[text, dimension]} in dimension {dimension} for "
                f"text {text}, {shortened(texts[text])}: it must give finite numbers; use another text"
            )
        zeros = np.flatnonzero(~vectors.any(axis=1))
        if zeros.size:
            raise NothingToEncode(
                f"the embedding {shortened(self.name)} finds nothing in {_told(zeros.tolist(), texts)}: all dimensions "
                f"are zero; {'use another text' if zeros.size == 1 else 'leave these texts out'}"
            )
        return vectors


def _told(positions: list[int], texts: Sequence[str]) -> str:
    if len(positions) == 1:
        return f"text {positions[0]}, {shortened(texts[positions[0]])}"
    named, more = positions[:_MOST_NAMED], len(positions) - _MOST_NAMED
    return f"texts {', '.join(map(str, named))}" + f" and {more} more" * (more > 0)


def _names(dimensions: int) -> list[str]:
    return [f"dimension {dimension}" for dimension in range(dimensions)]
