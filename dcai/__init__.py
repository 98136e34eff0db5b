"""Shared machine-learning models that live in smart contracts."""

from typing import Any

import lazy_loader

# the names are those of __init__.pyi, which editors and type checkers read
_export, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version  # takes as long as all else here

        return version("dcai")
    return _export(name)
