"""Which class reads which kind of spec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dcai.encoders.base import Encoder, shortened, spec_field
from dcai.encoders.tabular import TabularEncoder
from dcai.encoders.text import TextEncoder
from dcai.errors import InvalidInput

ENCODERS: dict[str, type[Encoder]] = {encoder.kind: encoder for encoder in (TextEncoder, TabularEncoder)}


def encoder_from_spec(spec: Mapping[str, Any]) -> Encoder:
    """Make the fitted encoder that a spec describes, whatever its kind.

    Its `transform` gives exactly what that of the encoder gave whose `spec()` this is.

    Raises
    ------
    InvalidInput
        If the kind or the version is unknown, a field is missing or wrong, or there are more than 65,535 features.
    """
    kind = spec_field(spec, "kind", str)
    if kind not in ENCODERS:
        raise InvalidInput(
            f"{shortened(kind)} is no kind of encoder that dcai knows: it must be one of {sorted(ENCODERS)}"
        )
    return ENCODERS[kind].from_spec(spec)
