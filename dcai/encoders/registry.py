"""Which class reads which kind of spec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dcai.encoders.base import Encoder, shortened, spec_field
from dcai.encoders.embedding import Embed, EmbeddingEncoder
from dcai.encoders.hashing import HashingEncoder
from dcai.encoders.tabular import TabularEncoder
from dcai.encoders.text import TextEncoder
from dcai.encoders.vector import VectorEncoder
from dcai.errors import InvalidInput

ENCODERS: dict[str, type[Encoder]] = {
    encoder.kind: encoder for encoder in (TextEncoder, HashingEncoder, TabularEncoder, VectorEncoder, EmbeddingEncoder)
}


def encoder_from_spec(spec: Mapping[str, Any], *, embed: Embed | None = None) -> Encoder:
    """Make the fitted encoder that a spec describes, whatever its kind.

    Its `transform` gives exactly what that of the encoder gave whose `spec()` this is.

    Parameters
    ----------
    spec : dict
    embed : callable, optional
        The embedding that an `EmbeddingEncoder` was made with, which no spec can hold. Other kinds don't need it.

    Raises
    ------
    InvalidInput
        If the kind or the version is unknown, a field is missing or wrong, there are more than 65,535 features, or
        `embed` is missing where the encoder needs it.
    """
    kind = spec_field(spec, "kind", str)
    if kind not in ENCODERS:
        raise InvalidInput(
            f"{shortened(kind)} is no kind of encoder that dcai knows: it must be one of {sorted(ENCODERS)}"
        )
    if kind == EmbeddingEncoder.kind:
        return EmbeddingEncoder.from_spec(spec, embed)
    return ENCODERS[kind].from_spec(spec)
