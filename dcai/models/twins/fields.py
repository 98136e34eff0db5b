"""The fields of a model file, which may come from anybody."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dcai.errors import InvalidInput
from dcai.untrusted import shortened


def field(data: object, name: str, *kinds: type) -> Any:
    """Return one field.

    Raises
    ------
    InvalidInput
        If `data` is not an object, has no such field, or the field is of another type.
    """
    if not isinstance(data, Mapping):
        raise InvalidInput(f"A model file is a JSON object, not {shortened(data)}: save() writes one.")
    if name not in data:
        raise InvalidInput(f"The model file has no {name!r}: it is cut off or not a model file; save the model again.")
    if type(data[name]) not in kinds:
        wanted = " or ".join(kind.__name__ for kind in kinds)
        raise InvalidInput(f"{name!r} in the model file must be of type {wanted}, not {shortened(data[name])}.")
    return data[name]


def integers(
    state: object, name: str, shape: tuple[int, ...], lowest: int, highest: int, *, null: int | None = None
) -> NDArray[np.int64]:
    """Return one array of a model's state.

    Parameters
    ----------
    state : dict
    name : str
        Of the array.
    shape : tuple of int
        One or two dimensions.
    lowest, highest : int
        Both allowed.
    null : int, optional
        What null stands for, where it may be there.

    Raises
    ------
    InvalidInput
        If it is missing, not nested lists of that shape, or an element is not an integer or out of range.
    """
    rows = field(state, name, list)
    whole = len(rows) == shape[0]
    if len(shape) == 2:
        whole = whole and all(isinstance(row, list) and len(row) == shape[1] for row in rows)
    if not whole:
        size = " lists of ".join(f"{length:,}" for length in shape)
        raise InvalidInput(f"{name!r} in the model file must be a list of {size} integers; save the model again.")
    values = list(rows if len(shape) == 1 else chain.from_iterable(rows))
    for position, value in enumerate(values):
        if value is None and null is not None:
            values[position] = null
        elif type(value) is not int or not lowest <= value <= highest:
            place = "".join(f"[{index}]" for index in np.unravel_index(position, shape))
            raise InvalidInput(
                f"{name}{place} in the model file is {shortened(value)}, and must be an integer from {lowest:,} to "
                f"{highest:,}; save the model again."
            )
    return np.array(values, dtype=np.int64).reshape(shape)
