"""Which class reads which kind of spec."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from dcai.encoders.codings.coding import Coding, spec_field
from dcai.errors import InvalidInput
from dcai.untrusted import shortened

if TYPE_CHECKING:
    from dcai.encoders.codings.embedding import Embed

# A kind names its module, which is imported when a spec is of it.
_KINDS = {
    "embedding": "EmbeddingCoding",
    "hashing": "HashingCoding",
    "tabular": "TabularCoding",
    "text": "TextCoding",
    "vector": "VectorCoding",
}


def encoder_from_spec(spec: Mapping[str, object], *, embed: Embed | None = None) -> Coding:
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
    if kind not in _KINDS:
        raise InvalidInput(
            f"{shortened(kind)} is not a kind of encoder that dcai knows; it must be one of {sorted(_KINDS)}."
        )
    coding = getattr(import_module(f"dcai.encoders.codings.{kind}"), _KINDS[kind])
    made: Coding = coding.from_spec(spec, embed) if kind == "embedding" else coding.from_spec(spec)
    return made
