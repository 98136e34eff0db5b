"""Models as files: JSON, with the encoder that goes with them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from dcai import files, plugins, untrusted
from dcai.encoders import Embed, encoder_from_spec
from dcai.encoders.base import Encoder
from dcai.errors import InvalidInput
from dcai.models.base import Model, estimator_of
from dcai.models.twins.encoding import check_encoder
from dcai.models.twins.fields import field
from dcai.untrusted import shortened

FORMAT = "dcai-model"
VERSION = 1


def save(path: str | os.PathLike[str], model: Model, encoder: Encoder | None = None) -> None:
    """Write a fitted model to a file; one that is there is replaced in one step, or stays as it was.

    It keeps its mode, and links stay links. A pipe or a character device such as /dev/stdout is written into.

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
    if not hasattr(type(model), "twin"):
        raise InvalidInput(f"{model!r} is not a model of dcai; save the model and its encoder, not a pipeline of both.")
    check_encoder(model.twin, None if encoder is None else encoder.coding)
    spec = None if encoder is None else encoder.spec()
    text = json.dumps({"format": FORMAT, "version": VERSION, **to_dict(model), "encoder": spec}, allow_nan=False)
    path = Path(path)
    try:
        files.write(path, text)
    except FileNotFoundError:
        raise InvalidInput(f"There is no folder {path.parent} to write {path.name} to; make it first.") from None
    except OSError as error:
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
        If there is no such file or it can't be read, it is not of this format and version, a field is missing or of
        another type, a number is out of range, the numbers contradict each other, or the encoder isn't of the model's
        features.
    """
    data = _read(Path(path))
    model = from_dict(data)
    spec = field(data, "encoder", dict, type(None))
    encoder = None if spec is None else encoder_from_spec(spec, embed=embed).estimator()
    if not hasattr(type(model), "twin"):
        raise InvalidInput(f"{model!r} is not a model of dcai; save the model and its encoder, not a pipeline of both.")
    check_encoder(model.twin, None if encoder is None else encoder.coding)
    return model, encoder


def _read(path: Path) -> dict[str, object]:
    try:
        text = files.read(path)
    except FileNotFoundError:
        raise InvalidInput(f"There is no file {path}; `dcai fit` makes one.") from None
    except OSError as error:
        raise InvalidInput(f"{path} can't be read: {error.strerror}.") from error
    try:
        data = untrusted.parse(text)
    except ValueError as error:
        raise InvalidInput(f"{str(path)!r} is not a model file, since it is not JSON: {error}.") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise InvalidInput(f"{str(path)!r} is not a model file: it has no format {FORMAT!r}, which save() writes.")
    version = field(data, "version", int)
    if version != VERSION:
        raise InvalidInput(
            f"{str(path)!r} was made by another release of dcai: it has version {shortened(version)}, and this release "
            f"reads version {VERSION}."
        )
    return data


def to_dict(model: Model) -> dict[str, object]:
    """Return a fitted model as JSON-able values, from which `from_dict` makes its equal.

    Labels are kept as they are: names, numbers or truth values.
    """
    twin = model.twin
    return {"model": type(model).__name__, "classes": model.classes_.tolist(), **twin.dump()}


def from_dict(data: Any) -> Model:
    """Return the fitted model, of whatever class it is, of the values that `to_dict` gave.

    Raises
    ------
    InvalidInput
        If there is no such class, a field is missing or of another type, or a number is out of range.
    """
    kinds = plugins.models()
    name = field(data, "model", str)
    if name not in kinds:
        raise InvalidInput(
            f"{shortened(name)} is not a model that can be read here; it must be one of {', '.join(sorted(kinds))}."
        )
    labels = field(data, "classes", list)
    types = {type(label) for label in labels}
    if len(types) != 1 or not types <= {str, int, float, bool}:
        raise InvalidInput(
            "A model has two classes or more, whose labels in the model file are all names or all numbers, not "
            f"{shortened(labels)}."
        )
    return estimator_of(kinds[name].twin_type.from_file([str(label) for label in labels], data), labels)
