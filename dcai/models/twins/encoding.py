"""Whether an encoder gives the samples of a twin."""

from __future__ import annotations

from dcai.encoders import Coding
from dcai.errors import InvalidInput
from dcai.models.twins.twin import Twin


def check_encoder(twin: Twin, encoder: Coding | None) -> None:
    """Refuse an encoder that doesn't give the samples of a model."""
    if encoder is None:
        return
    if encoder.dense != twin.dense:
        kinds = {True: "dense", False: "sparse"}
        raise InvalidInput(
            f"A {twin.contracts[0]} is {kinds[twin.dense]}, and a {encoder.kind} encoder gives "
            f"{kinds[encoder.dense]} samples; give the encoder that the model was fitted with."
        )
    if getattr(encoder, "bits", 8) != 8:
        raise InvalidInput("The model takes samples of 8 bits, and the encoder gives 16; make it with bits=8.")
    if encoder.n_features_ != twin.n_features:
        raise InvalidInput(
            f"The model has {twin.n_features} features, and the encoder {encoder.n_features_}; give the encoder "
            "that the model was fitted with."
        )
