"""Encoders: what turns a text or a table row into the features of a shared model, off chain."""

from dcai.encoders.base import MAX_FEATURES, Encoder, NothingToEncode
from dcai.encoders.packing import MAX_SPEC_BYTES, pack_spec, unpack_spec
from dcai.encoders.registry import encoder_from_spec
from dcai.encoders.tabular import TabularEncoder
from dcai.encoders.text import TextEncoder

__all__ = [
    "MAX_FEATURES",
    "MAX_SPEC_BYTES",
    "Encoder",
    "NothingToEncode",
    "TabularEncoder",
    "TextEncoder",
    "encoder_from_spec",
    "pack_spec",
    "unpack_spec",
]
