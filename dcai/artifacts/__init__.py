"""The compiled contracts that ship with the package; `scripts/compile.py` makes them."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

from dcai.errors import InvalidInput

_added: dict[str, dict[str, Any]] = {}


def add(name: str, artifact: dict[str, Any]) -> None:
    """Make the artifact of somebody else's contract known: `abi` and `bytecode`.

    Raises
    ------
    InvalidInput
        If there is a contract of this name, or the artifact lacks something.
    """
    missing = {"abi", "bytecode"} - artifact.keys()
    if missing:
        raise InvalidInput(f"The artifact of {name} lacks {' and '.join(sorted(missing))}.")
    if name in _added or resources.files(__package__).joinpath(f"{name}.json").is_file():
        raise InvalidInput(f"There is a contract named {name} already; give yours another name.")
    _added[name] = artifact


def added() -> list[str]:
    """Return the names of somebody else's contracts."""
    return list(_added)


@cache
def load(name: str) -> dict[str, Any]:
    """Return the artifact of a contract: `abi`, `bytecode`, `deployed_bytecode`, `compiler`, `source`."""
    if name in _added:
        return _added[name]
    text = resources.files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    artifact: dict[str, Any] = json.loads(text)
    return artifact


@cache
def addresses() -> dict[str, str]:
    """Return where each of our contracts is on every chain, by name, without loading the contracts."""
    text = resources.files(__package__).joinpath("index.json").read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(text)
    return found
