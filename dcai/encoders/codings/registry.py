"""Which class reads which kind of spec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dcai.encoders.codings.coding import Coding, spec_field
from dcai.encoders.codings.embedding import Embed, EmbeddingCoding
from dcai.encoders.codings.hashing import HashingCoding
from dcai.encoders.codings.tabular import TabularCoding
from dcai.encoders.codings.text import TextCoding
from dcai.encoders.codings.vector import VectorCoding
from dcai.errors import InvalidInput
from dcai.untrusted import shortened

CODINGS: dict[str, type[Coding]] = {
    coding.kind: coding for coding in (TextCoding, HashingCoding, TabularCoding, VectorCoding, EmbeddingCoding)
}


def encoder_from_spec(spec: Mapping[str, Any], *, embed: Embed | None = None) -> Coding:
    """Make what encodes as the fitted encoder did whose `spec()` this is, whatever its kind.

    It encodes one input exactly as that encoder, without importing scikit-learn; its `estimator()` is the scikit-learn
    transformer, whose `transform` gives exactly what that of the encoder gave.

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
    if kind not in CODINGS:
        raise InvalidInput(
            f"{shortened(kind)} is not a kind of encoder that dcai knows; it must be one of {sorted(CODINGS)}."
        )
    if kind == EmbeddingCoding.kind:
        return EmbeddingCoding.from_spec(spec, embed)
    return CODINGS[kind].from_spec(spec)
