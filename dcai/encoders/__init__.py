"""Encoders: what turns a text, a table row or a vector into the features of a shared model, off chain."""

from dcai.encoders.base import MAX_FEATURES, Encoder, NothingToEncode
from dcai.encoders.embedding import Embed, EmbeddingEncoder
from dcai.encoders.hashing import HashingEncoder
from dcai.encoders.packing import MAX_SPEC_BYTES, pack_spec, unpack_spec
from dcai.encoders.registry import encoder_from_spec
from dcai.encoders.tabular import TabularEncoder
from dcai.encoders.text import TextEncoder
from dcai.encoders.vector import MAX_DIMENSIONS, QuantisationLoss, VectorEncoder, norm_bounds

__all__ = [
    "MAX_DIMENSIONS",
    "MAX_FEATURES",
    "MAX_SPEC_BYTES",
    "Embed",
    "EmbeddingEncoder",
    "Encoder",
    "HashingEncoder",
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
