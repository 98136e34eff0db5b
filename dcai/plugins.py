"""Which models, incentives and agents there are: ours, and those of other people's packages and modules.

A class makes itself known by being defined. Ours are found by their place in the package; an installed package names a
module of its own in its ``pyproject.toml``::

    [project.entry-points."dcai.plugins"]
    pledge = "pledge"

and `use` imports a module by its name, as ``dcai --plugin MODULE`` does.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sys
import warnings
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from dcai.errors import InvalidInput

if TYPE_CHECKING:
    from dcai.incentives.base import Incentive
    from dcai.models.base import Model
    from dcai.models.twins.twin import Twin

GROUP = "dcai.plugins"
"""The entry points by which an installed package names the module that defines its classes."""


class BrokenPlugin(UserWarning):
    """An installed package names a module that can't be imported."""


@cache
def load_installed() -> None:
    """Import the modules of all installed packages that name one; once.

    One that can't be imported is a `BrokenPlugin` warning: what is ours, and what others bring, works without it.
    """
    from importlib.metadata import entry_points  # it and the look through all packages take a tenth of a prediction

    for one in entry_points(group=GROUP):
        try:
            one.load()
        except (Exception, SystemExit) as error:
            named = one.dist.name if one.dist else one.name
            warnings.warn(
                f"The plugin {one.value!r} of the installed package {named!r} can't be imported: "
                f"{type(error).__name__}: {error}. Uninstall or repair it.",
                BrokenPlugin,
                stacklevel=2,
            )


def use(module: str) -> None:
    """Import a module that defines models, incentives or agents; it is also looked for in the current folder.

    Raises
    ------
    InvalidInput
        If it can't be imported.
    """
    if "" not in sys.path:  # a command doesn't have the current folder on its path, unlike `python -m`
        sys.path.append("")
    try:
        importlib.import_module(module)
    except (Exception, SystemExit) as error:
        missing = isinstance(error, ModuleNotFoundError) and error.name == module
        way_out = "Name a module that is installed or stands in the current folder." if missing else "Correct it first."
        raise InvalidInput(
            f"The plugin {module!r} can't be imported: {type(error).__name__}: {error}. {way_out}"
        ) from error


def models() -> dict[str, type[Model]]:
    """Return every model by the name of its class: those that name their `twin_type`."""
    from dcai.models.base import Model

    _load("dcai.models", True)
    return _declaring(Model, "twin_type")


def twins(*, installed: bool = True) -> dict[str, type[Twin]]:
    """Return every twin by the name of its class: those that name their `contracts`.

    Parameters
    ----------
    installed
        Whether to look for installed packages, which a contract of ours doesn't need.
    """
    from dcai.models.twins.twin import Twin

    _load("dcai.models.twins", installed)
    return _declaring(Twin, "contracts")


def incentives(*, installed: bool = True) -> dict[str, type[Incentive]]:
    """Return every incentive by the name of its class: those that name the suffix of their contracts.

    Parameters
    ----------
    installed
        As for `twins`.
    """
    from dcai.incentives.base import Incentive

    _load("dcai.incentives", installed)
    return _declaring(Incentive, "suffix")


def command_name(kind: type) -> str:
    """Return what a class is called on the command line: DepositRefundTake -> deposit-refund-take."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", kind.__name__).lower()


def room(kind: type, name: str) -> ModuleType | None:
    """Import the module of that name beside the one that defines a class, if there is one.

    An incentive's package holds its trainer, its simulation rules, its errors and its commands in modules of these
    names, which are imported when they are needed.
    """
    package = sys.modules[kind.__module__].__package__
    if not package:
        return None
    known = sys.modules.get(f"{package}.{name}")  # to look for it takes a hundred times as long
    if known is None and find_spec(f"{package}.{name}") is not None:
        known = importlib.import_module(f"{package}.{name}")
    return known


def subclasses(parent: type[Any]) -> Iterator[type[Any]]:
    """Yield every class below a class."""
    for kind in parent.__subclasses__():
        yield kind
        yield from subclasses(kind)


@cache
def _load(package: str, installed: bool) -> None:
    """Import a package of ours, and the modules of installed packages that name one; once."""
    parts = list(pkgutil.iter_modules(importlib.import_module(package).__path__))
    # an incentive is a package whose modules are imported when they are needed; what stands beside it is none
    for part in [part for part in parts if part.ispkg] if package == "dcai.incentives" else parts:
        importlib.import_module(f"{package}.{part.name}")
    if installed:
        load_installed()


def _declaring(parent: type[Any], attribute: str) -> dict[str, type[Any]]:
    # a class that inherits the attribute is a variant of the one that has it, not another one
    found = [kind for kind in subclasses(parent) if attribute in vars(kind) and not inspect.isabstract(kind)]
    # of two with one name ours counts, and else the one that was defined last, as in a cell that is run again
    return {kind.__name__: kind for kind in sorted(found, key=lambda kind: (kind.__name__, is_ours(kind)))}


def is_ours(kind: type) -> bool:
    """Tell whether a class stands in this package."""
    return kind.__module__.startswith("dcai.")
