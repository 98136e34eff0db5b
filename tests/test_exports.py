"""What a user is handed has a name in `dcai`, for annotations of their own."""

import inspect
from typing import Any, get_args, get_type_hints

import pytest

import dcai
from dcai.accounts import Account
from dcai.encoders import Encoder
from dcai.incentives import INCENTIVES

# names that modules import for types alone
NAMES = {name: getattr(dcai, name) for name in dcai.__all__} | {"Account": Account, "Encoder": Encoder}

TRAINERS = [dcai.Trainer.of(incentive) for incentive in INCENTIVES]


def classes_in(hint: Any) -> set[type]:
    """Return ours among the classes that a type is made of."""
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
