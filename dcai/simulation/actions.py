"""What an agent can do."""

from __future__ import annotations

from typing import Any, NamedTuple, get_type_hints

from dcai.incentives.rules import Claim

__all__ = ["Action", "Ask", "Claim", "Contribute", "misfit"]

# Columns of the record hold labels of two bytes; no model has more than 255 classes.
_MOST = {"label": 2**15 - 1, "deposit_wei": 2**256 - 1}


class Contribute(NamedTuple):
    """Contribute a sample.

    Attributes
    ----------
    sample : bytes
        As it is sent to the contract.
    label : int
    deposit_wei : int
        What is sent with it.
    address : str, optional
        Which of the agent's addresses sends; the first if left out.
    row : int, optional
        Where the sample is the next one of the agents' data, its row: it is used up, and a refused one is tried again.
    """

    sample: bytes
    label: int
    deposit_wei: int
    address: str | None = None
    row: int | None = None


class Ask(NamedTuple):
    """Ask the contract about a sample, by a view call: free.

    Attributes
    ----------
    sample : bytes
    label : int
        The true one, so that right answers can be counted.
    """

    sample: bytes
    label: int


Action = Contribute | Claim | Ask


def misfit(action: Action) -> str:
    """Return what no transaction can hold of an action that an agent made up; empty where all is well."""
    for name, kind in _TYPES[type(action)].items():
        value = getattr(action, name)
        if not isinstance(value, kind):
            return f"{name} must be {getattr(kind, '__name__', kind)}, not {type(value).__name__}"
        if name in _MOST and not 0 <= value <= _MOST[name]:
            return f"{name} must be 0 to {_MOST[name]:,}"
    return ""


_TYPES: dict[type[Action], dict[str, Any]] = {kind: get_type_hints(kind) for kind in (Contribute, Claim, Ask)}
