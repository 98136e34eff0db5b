"""Encoders: what turns a text, a table row or a vector into the features of a shared model, off chain.

The encoders are scikit-learn's transformers and import it when they are first asked for; `encoder_from_spec` makes what
encodes by a published spec without it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dcai.encoders.codings.coding import Coding, NoEmbedding, NothingToEncode
from dcai.encoders.codings.registry import encoder_from_spec
from dcai.encoders.packing import MAX_SPEC_BYTES, pack_spec, unpack_spec
from dcai.samples import MAX_DIMENSIONS, MAX_FEATURES, norm_bounds

if TYPE_CHECKING:
    from dcai.encoders.base import Encoder
    from dcai.encoders.codings.embedding import Embed
    from dcai.encoders.embedding import EmbeddingEncoder
    from dcai.encoders.hashing import HashingEncoder
    from dcai.encoders.tabular import TabularEncoder
    from dcai.encoders.text import TextEncoder
    from dcai.encoders.vector import QuantisationLoss, VectorEncoder

__all__ = [
    "MAX_DIMENSIONS",
    "MAX_FEATURES",
    "MAX_SPEC_BYTES",
    "Coding",
    "Embed",
    "EmbeddingEncoder",
    "Encoder",
    "HashingEncoder",
    "NoEmbedding",
    "NothingToEncode",
    "QuantisationLoss",
    "TabularEncoder",
    "TextEncoder",
    "VectorEncoder",
    "encoder_from_spec",
    "norm_bounds",
    "pack_spec",
    "unpack_spec",
]

_LAZY = {
    "Embed": "codings.embedding",
    "EmbeddingEncoder": "embedding",
    "Encoder": "base",
    "HashingEncoder": "hashing",
    "QuantisationLoss": "vector",
    "TabularEncoder": "tabular",
    "TextEncoder": "text",
    "VectorEncoder": "vector",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
