"""Which code a run depends on, as a hash: runs of other code must not be taken for those of this one."""

from __future__ import annotations

import hashlib
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions, version
from inspect import unwrap
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import dcai
from dcai import artifacts, plugins
from dcai.incentives.rules import Rules
from dcai.simulation.scenario.scenario import Scenario
from dcai.simulation.versions import RULES
from dcai.trainer.products import address_of

_INSTALLED = tuple(sysconfig.get_paths()[key] for key in ("stdlib", "platstdlib", "purelib", "platlib"))


def code_of(scenario: Scenario) -> str:
    """Return a SHA-256 over the code that plays a scenario.

    Of agents, model, incentive and its simulation rules: the source of their modules, that of the modules of other
    people that these import, and the versions of installed packages. Beside them the version of dcai, that of the
    simulator's rules, and the code of the contracts.
    """
    model, incentive = plugins.models()[scenario.model.kind], scenario.incentive.incentive
    kinds = {type(agent) for agent in scenario.agents} | {model, model.twin_type, incentive, Rules.of(incentive)}
    contracts = [name for one in model.contracts if artifacts.exists(name := one + incentive.suffix)]
    found = [repr((dcai.__version__, RULES, [address_of(contract) for contract in contracts])).encode()]
    modules: dict[str, bytes] = {}
    for kind in sorted(kinds, key=lambda kind: (kind.__module__, kind.__qualname__)):
        for base in kind.__mro__:
            _follow(sys.modules.get(base.__module__), modules)
            if not _is_installed(base.__module__):
                found.append(repr(list(_loaded(base))).encode())  # a file may have changed since it was imported
    told = (*found, *(name.encode() + source for name, source in sorted(modules.items())))
    return hashlib.sha256(b"".join(len(one).to_bytes(8, "big") + one for one in told)).hexdigest()


def _follow(module: ModuleType | None, modules: dict[str, bytes]) -> None:
    """Add the source of a module, or the version of its package, and follow what it imports of neither's."""
    if module is None or module.__name__ in modules:
        return
    name, file = module.__name__, getattr(module, "__file__", None)
    if name.startswith("dcai.simulation.agents."):
        modules[name] = Path(str(file)).read_bytes()
        return
    if _is_installed(name):
        package = name.partition(".")[0]
        modules[package] = _version(package)
        return
    modules[name] = Path(file).read_bytes() if file and Path(file).is_file() else b""
    for value in list(vars(module).values()):
        _follow(value if isinstance(value, ModuleType) else sys.modules.get(_home(value)), modules)


def _is_installed(name: str) -> bool:
    """Whether a version says which code a module has: Python's own, installed packages and dcai."""
    package, file = name.partition(".")[0], getattr(sys.modules.get(name), "__file__", None)
    if name == "__main__" or package == "dcai":
        return package == "dcai"
    return package in sys.stdlib_module_names if file is None else str(file).startswith(_INSTALLED)


def _home(value: object) -> str:
    name = getattr(value, "__module__", None)
    return name if isinstance(name, str) else ""


def _loaded(kind: type) -> Iterator[object]:
    """Yield the code of a class' functions, and its plain attributes."""
    for name, value in sorted(vars(kind).items()):
        function: Any = getattr(value, "__func__", getattr(value, "fget", value))
        if isinstance(function, FunctionType):
            yield name, list(_pieces(unwrap(function).__code__))
        elif isinstance(value, bool | int | float | str):
            yield name, value


def _pieces(code: CodeType) -> Iterator[object]:
    yield code.co_code, code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield list(_pieces(constant))
        else:  # sets have another order in each process
            yield sorted(map(repr, constant)) if isinstance(constant, frozenset) else repr(constant)


@cache
def _version(package: str) -> bytes:
    return " ".join(f"{one} {version(one)}" for one in sorted(set(_distributions().get(package, [])))).encode()


@cache
def _distributions() -> Mapping[str, list[str]]:
    return packages_distributions()
