"""Every object that users receive has a class in `dcai`, for their annotations."""

import ast
import inspect
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_type_hints

import pytest

import dcai
from dcai import chain as dcai_chain
from dcai import encoders, incentives, models, plugins
from dcai.accounts import Account

# names that modules import for types alone
NAMES = {name: getattr(dcai, name) for name in dcai.__all__} | {"Account": Account}

# the packages whose names are in a stub, and are imported when they are used
LISTED = [dcai, dcai_chain, encoders, incentives, models]

TRAINERS = [dcai.Trainer.of(incentive) for incentive in plugins.incentives().values()]


def classes_in(hint: Any) -> set[type]:
    """Return our classes among those of a type."""
    found = set().union(*map(classes_in, get_args(hint)))
    ours = isinstance(hint, type) and hint.__module__.startswith("dcai.")
    return found | {hint} if ours else found


@pytest.mark.parametrize(
    "kind", [*TRAINERS, *(one.contribution_type for one in TRAINERS)], ids=lambda one: one.__name__
)
def test_a_trainer_or_contribution_and_what_its_methods_return_can_be_imported_from_dcai(kind: type) -> None:
    methods = [method for name, method in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")]
    returned = {one for method in methods for one in classes_in(get_type_hints(method, localns=NAMES).get("return"))}

    assert [one.__name__ for one in (kind, *returned) if getattr(dcai, one.__name__, None) is not one] == []


@pytest.mark.parametrize("package", LISTED, ids=lambda one: one.__name__)
def test_every_name_that_a_package_lists_can_be_imported_and_is_the_one_that_type_checkers_read(
    package: ModuleType,
) -> None:
    assert package.__file__ is not None
    stub = ast.parse(Path(package.__file__).with_suffix(".pyi").read_text())
    (listed,) = (node.value for node in stub.body if isinstance(node, ast.Assign))

    assert sorted(ast.literal_eval(listed)) == sorted(package.__all__)
    for name in package.__all__:
        assert getattr(package, name) is not None
    assert set(package.__all__) <= set(dir(package))


@pytest.mark.parametrize("package", LISTED, ids=lambda one: one.__name__)
def test_a_name_that_there_is_not_is_an_attribute_error(package: ModuleType) -> None:
    with pytest.raises(AttributeError, match="nothing_such"):
        _ = package.nothing_such
