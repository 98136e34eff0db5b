"""The compiled contracts that ship with the package; `scripts/compile.py` makes them."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any


@cache
def load(name: str) -> dict[str, Any]:
    """Return the artifact of a contract: `abi`, `bytecode`, `deployed_bytecode`, `compiler`, `source`."""
    text = resources.files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    artifact: dict[str, Any] = json.loads(text)
    return artifact
