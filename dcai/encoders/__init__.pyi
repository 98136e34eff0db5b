from .base import Encoder
from .codings.coding import Coding, NothingToEncode
from .codings.embedding import Embed, NoEmbedding
from .codings.registry import encoder_from_spec
from .embedding import EmbeddingEncoder
from .hashing import HashingEncoder
from .packing import MAX_SPEC_BYTES, pack_spec, unpack_spec
from .tabular import TabularEncoder
from .text import TextEncoder
from .vector import QuantisationLoss, VectorEncoder

__all__ = [
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
    "pack_spec",
    "unpack_spec",
]
