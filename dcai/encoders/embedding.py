"""Texts as vectors that a function of the user's gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

from dcai.encoders.base import DenseEncoder
from dcai.encoders.checks import check_texts
from dcai.encoders.codings.embedding import Embed, EmbeddingCoding, is_local
from dcai.encoders.vector import VectorEncoder
from dcai.errors import InvalidInput
from dcai.untrusted import shortened


class EmbeddingEncoder(DenseEncoder):
    """Texts through an embedding and then through a `VectorEncoder`: unit norm, small signed integers.

    Any function from texts to vectors will do: scikit-learn's HashingVectorizer followed by its TruncatedSVD, as in the
    example, or a model that `sentence_transformer` loads, for which ``pip install 'dcai[embeddings]'`` brings the
    library.

    The spec holds only the name of the function: people who load the encoder bring the same function. Name it so that
    they find it, with its version; a path of this machine is refused, since it would be published.

    `encode` gives the row that `transform` gives where the function gives a text the same vector whatever texts stand
    beside it; neural networks that work in batches do so but for the last bits of a float, which may change an integer
    by one.

    Parameters
    ----------
    embed : callable, list of str to array-like of float
        Takes n texts, n ≥ 1, and returns finite numbers of shape (n, dimensions).
    name : str
        What people know the embedding by, such as "sentence-transformers/all-MiniLM-L6-v2".
    dimensions : int
        1 to 4,096.
    bits : int
        8 or 16, the size of an integer, as of `VectorEncoder`: the models of this package take 8.

    Attributes
    ----------
    n_features_ : int
        The number of dimensions.
    loss_ : QuantisationLoss
        What rounding did to the vectors of the texts that `fit` got; not in the spec.

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
    >>> copy = encoder_from_spec(encoder.spec(), embed=svd.transform).estimator()
    >>> bool((copy.transform(texts) == encoder.transform(texts)).all())
    True
    """

    coding_type = EmbeddingCoding

    def __init__(self, embed: Embed, name: str, dimensions: int, bits: int = 8) -> None:
        self.embed = embed
        self.name = name
        self.dimensions = dimensions
        self.bits = bits

    @classmethod
    def sentence_transformer(cls, model_name: str, bits: int = 8, *, name: str | None = None) -> Self:
        """Make an encoder, yet to be fitted, of a model of the sentence-transformers library.

        The model is loaded, and downloaded where it isn't there yet, by that library: name only models you trust.
        Where the encoder comes from a spec, the function is ``EmbeddingEncoder.sentence_transformer(name).embed``.

        Parameters
        ----------
        model_name : str
            As the library knows it, or a folder of this machine.
        bits : int
            8 or 16.
        name : str, optional
            What people know the model by; by default as the library does. A folder needs one.

        Raises
        ------
        InvalidInput
            If sentence-transformers is not installed, or a folder has no name besides.
        """
        if name is None and (is_local(str(model_name)) or Path(model_name).exists()):
            raise InvalidInput(
                f"{shortened(str(model_name))} is a folder of this machine, and the encoder's name is published: give "
                "name=…, by which people find the model."
            )
        try:
            from sentence_transformers import SentenceTransformer  # type: ignore[import-not-found, unused-ignore]
        except ImportError as error:
            raise InvalidInput(
                f"The model {shortened(model_name)} needs sentence-transformers, which can't be imported ({error}): "
                "pip install 'dcai[embeddings]'."
            ) from error
        model = SentenceTransformer(model_name)
        return cls(model.encode, name or model_name, model.get_embedding_dimension(), bits)

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
            If a parameter is out of range, the name is a path, the texts are not an iterable of str or there are none,
            or `embed` returns anything but `dimensions` finite numbers per text, not all of them zero.
        """
        coding = EmbeddingCoding(self.embed, self.name, self.dimensions, self.bits)
        if is_local(coding.name):
            raise InvalidInput(
                f"The name of an embedding is published, and {shortened(coding.name)} is a path of a machine; use a "
                "name by which people find the embedding."
            )
        texts = check_texts(inputs)
        if not texts:
            raise InvalidInput("The loss of the embedding is measured on texts, and there are none; give at least one.")
        self.loss_ = VectorEncoder(self.bits).fit(coding.embedded(texts)).loss_
        return self._take(coding)

    @classmethod
    def from_spec(cls, spec: Mapping[str, object], embed: Embed | None = None) -> Self:
        """Make the fitted encoder that a spec describes, with the function that the spec names.

        Raises
        ------
        NoEmbedding
            If `embed` is missing.
        InvalidInput
            If the spec is of another kind or version, lacks a field, or holds values that no encoder could have.
        """
        return cls.from_coding(EmbeddingCoding.from_spec(spec, embed))

    @classmethod
    def from_coding(cls, coding: EmbeddingCoding) -> Self:
        """Make the fitted encoder around a coding."""
        return cls(coding.embed, coding.name, coding.n_features_, coding.bits)._take(coding)
