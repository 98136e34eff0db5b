"""Compiled contracts: those that ship with the package, made by `scripts/compile.py`, and other people's."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from dcai.errors import InvalidInput

_NOT_CONTRACTS = ("index", "standard_input")
"""Their addresses, and what all of ours are compiled from."""

_files: dict[str, Traversable] = {}


def add(folder: Traversable) -> None:
    """Make a folder of artifacts known: a file ``NAME.json`` for each contract, with its `abi` and `bytecode`.

    A package with contracts of its own does so where its classes are defined::

        artifacts.add(importlib.resources.files(__name__) / "artifacts")

    Raises
    ------
    InvalidInput
        If there is no such folder, a file isn't an artifact, or there is another contract of the same name.
    """
    if not folder.is_dir():
        raise InvalidInput(f"There is no folder {folder} with compiled contracts.")
    found = {file.name.removesuffix(".json"): file for file in folder.iterdir() if file.name.endswith(".json")}
    for name, file in found.items():
        if str(_all().get(name, file)) != str(file):
            raise InvalidInput(f"There is a contract named {name} already; give the one in {folder} another name.")
        _check(name, file)
    _files.update(found)
    _all.cache_clear()


def names() -> list[str]:
    """Return the names of all contracts, ours first."""
    return [name for name in _all() if name not in _NOT_CONTRACTS]


def exists(name: str) -> bool:
    """Whether there is a compiled contract of that name."""
    return name in _all()


@cache
def load(name: str) -> dict[str, Any]:
    """Return the artifact of a contract: `abi`, `bytecode`; of ours also `compiler`, `deployed_bytecode`, `source`."""
    artifact: dict[str, Any] = json.loads(_all()[name].read_text(encoding="utf-8"))
    return artifact


@cache
def _all() -> dict[str, Traversable]:
    folder = resources.files(__package__)
    ours = sorted(file.name for file in folder.iterdir() if file.name.endswith(".json"))
    return {name.removesuffix(".json"): folder / name for name in ours} | _files


def _check(name: str, file: Traversable) -> None:
    try:
        artifact = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InvalidInput(f"{file} is not the artifact of a contract, since it is not JSON: {error}.") from None
    missing = {"abi", "bytecode"} - (artifact.keys() if isinstance(artifact, dict) else set())
    if missing:
        raise InvalidInput(f"The artifact of {name} lacks {' and '.join(sorted(missing))}: compile the contract again.")


@cache
def addresses() -> dict[str, str]:
    """Return where each of our contracts is on every chain, by name, without loading the contracts."""
    text = resources.files(__package__).joinpath("index.json").read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(text)
    return found
