"""Models as files: JSON, with the encoder that goes with them."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from dcai import untrusted as foreign_json
from dcai.encoders import Encoder, encoder_from_spec
from dcai.encoders.base import shortened
from dcai.encoders.embedding import Embed
from dcai.errors import InvalidInput
from dcai.models.base import Model
from dcai.models.fields import field

FORMAT = "dcai-model"
VERSION = 1


def save(path: str | os.PathLike[str], model: Model, encoder: Encoder | None = None) -> None:
    """Write a fitted model to a file; one that is there is replaced in one step, or stays as it was.

    Parameters
    ----------
    path : path
    model : Model
    encoder : Encoder, optional
        The fitted encoder that gives the model's features.

    Raises
    ------
    InvalidInput
        If the encoder isn't of the model's features, or the file can't be written.
    """
    check_encoder(model, encoder)
    spec = None if encoder is None else encoder.spec()
    text = json.dumps({"format": FORMAT, "version": VERSION, **model.to_dict(), "encoder": spec}, allow_nan=False)
    path = Path(path)
    try:
        with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as folder:
            part = Path(folder) / path.name
            part.write_text(text, encoding="utf-8")
            os.replace(part, path)
    except FileNotFoundError:
        raise InvalidInput(f"There is no folder {path.parent} to write {path.name} to; make it first.") from None
    except OSError as error:  # it names the temporary file
        raise InvalidInput(f"{path} can't be written: {error.strerror}.") from error


def load(path: str | os.PathLike[str], embed: Embed | None = None) -> tuple[Model, Encoder | None]:
    """Read what `save` wrote, or refuse it: the file may come from anybody.

    Parameters
    ----------
    path : path
    embed : callable, optional
        The embedding that an `EmbeddingEncoder` was made with, which no file can hold.

    Returns
    -------
    tuple of Model and Encoder or None

    Raises
    ------
    InvalidInput
        If there is no such file or it can't be read, it is none of this format and version, a field is missing or of
        another type, a number is out of range, the numbers contradict each other, or the encoder isn't of the model's
        features.
    """
    data = _read(Path(path))
    model: Model = Model.from_dict(data)
    spec = field(data, "encoder", dict, type(None))
    encoder = None if spec is None else encoder_from_spec(spec, embed=embed)
    check_encoder(model, encoder)
    return model, encoder


def _read(path: Path) -> Any:
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        raise InvalidInput(f"There is no file {path}; `dcai fit` makes one.") from None
    except OSError as error:
        raise InvalidInput(f"{path} can't be read: {error.strerror}.") from error
    try:
        data = foreign_json.parse(text)
    except ValueError as error:
        raise InvalidInput(f"{str(path)!r} is no model file, since it is no JSON: {error}.") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise InvalidInput(f"{str(path)!r} is no model file: it has no format {FORMAT!r}, which save() writes.")
    version = field(data, "version", int)
    if version != VERSION:
        raise InvalidInput(
            f"{str(path)!r} was made by another release of dcai: it has version {shortened(version)}, and this release "
            f"reads version {VERSION}."
        )
    return data


def check_encoder(model: Model, encoder: Encoder | None) -> None:
    """Refuse an encoder that doesn't give the samples of a model."""
    if encoder is None:
        return
    if encoder.dense != model.dense:
        kinds = {True: "dense", False: "sparse"}
        raise InvalidInput(
            f"A {type(model).__name__} is {kinds[model.dense]}, and {type(encoder).__name__} gives "
            f"{kinds[encoder.dense]} samples; give the encoder that the model was fitted with."
        )
    if getattr(encoder, "bits", 8) != 8:
        raise InvalidInput("The model takes samples of 8 bits, and the encoder gives 16; make it with bits=8.")
    if encoder.n_features_ != model.n_features_in_:
        raise InvalidInput(
            f"The model has {model.n_features_in_} features, and the encoder {encoder.n_features_}; give the encoder "
            "that the model was fitted with."
        )
