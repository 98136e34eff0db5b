"""The settings of every incentive as options of a command."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from functools import wraps
from typing import Annotated, Any, Literal

import typer

from dcai.cli.failing import errors_as_one_sentence
from dcai.errors import InvalidInput
from dcai.incentives import DepositRefundTake, Gamified, Incentive, PredictionMarket

_SIZE = "How many features of a sample one price covers."
_SETTLE = "From a report of bad data until it is settled."

INCENTIVES: dict[str, tuple[type[Incentive[Any]], dict[str, str]]] = {
    "deposit-refund-take": (
        DepositRefundTake,
        {
            "refund_after": 'From a contribution until its refund: seconds, or text such as "36 hours".',
            "settle_after": _SETTLE,
            "creator_take_after": "From a contribution until you can take what is left of its deposit.",
            "take_after": "From a contribution until anybody can take what is left of its deposit.",
            "weight_wei": "A contribution costs this * 3600 / √(seconds since the last one).",
            "minimum_wei": "The least that a contribution costs.",
            "size_unit": _SIZE,
        },
    ),
    "gamified": (
        Gamified,
        {
            "validate_after": "From a contribution until its author can get its points.",
            "expire_after": "From a contribution until they can't any more.",
            "settle_after": _SETTLE,
            "report_within": "How long something validated can be reported, and something reported settled.",
            "base": "Points for a contribution.",
            "feature": "Points for each kind of features that somebody hasn't sent before.",
            "streak": "Points for each day in a row, once a day.",
            "streak_cap": "Up to so many days; as many earn a badge.",
            "milestone": "Contributions to bronze; ten times as many to silver, a hundred times to gold.",
            "milestone_bonus": "Points with bronze; ten times as many with silver, a hundred times with gold.",
            "all_labels": "Points for something of every class.",
            "reporter_good": "Validated contributions that a reporter needs.",
            "report_points": "Points for taking those of bad data.",
            "memory_slots": "Slots that remember what was validated, 256 samples each.",
            "size_unit": "The most features of a sample.",
        },
    ),
    "prediction-market": (
        PredictionMarket,
        {
            "stake_wei": "What each sample costs, a multiple of the number of test samples.",
            "portion_size": "How many samples each portion of the test set has.",
            "portions": "How many portions the test set has; one is opened at the beginning.",
            "open_within": "From the commitment until that portion must be open.",
            "participate": "From the opening until nobody contributes any more.",
            "reveal_within": "From then until the other portions must be revealed.",
            "evaluate_within": "How long nobody may go on with the evaluation.",
            "per_pass": "How many portions are evaluated at once; all where left out.",
            "draw_after": "Blocks from the commitment to the one that the draw is from.",
            "group_by_participant": "Whether somebody's consecutive contributions are scored together.",
            "most_samples": "How many samples are taken at most.",
            "size_unit": "The most features of a sample.",
        },
    ),
}
"""What `--incentive` takes: name -> its class, and what each of its settings is."""


def with_incentive(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of every incentive, and the one that they make as its argument `incentive`."""

    @wraps(command)
    def run(*, incentive: str, **given: Any) -> None:
        chosen = {name: given.pop(name) for name in _settings()}
        with errors_as_one_sentence():
            made = _made(incentive, {name: value for name, value in chosen.items() if value is not None})
        command(incentive=made, **given)

    which = Annotated[Literal[*INCENTIVES], typer.Option(help="What contributing costs and earns.")]  # type: ignore[valid-type]
    options: list[tuple[str, Any, str | None]] = [("incentive", which, "deposit-refund-take")]
    options += [(name, annotation, None) for name, annotation in _settings().items()]
    own = inspect.signature(command, eval_str=True).parameters.values()
    parameters = [one for one in own if one.name != "incentive"]
    parameters += [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, annotation, default in options
    ]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def _settings() -> dict[str, Any]:
    """Return the option of each setting; one that several incentives have is one option."""
    options: dict[str, Any] = {}
    for kind, told in INCENTIVES.values():
        for field in fields(kind):  # type: ignore[arg-type]
            options.setdefault(field.name, _option(field, told[field.name]))
    return options


def _option(field: Field[Any], told: str) -> Any:
    names = [name for name, (_, settings) in INCENTIVES.items() if field.name in settings]
    kind: Any = {"int": int, "int | None": int, "bool": bool}.get(str(field.type), str)
    default = "needed" if field.default is MISSING else field.default
    panel = f"With {' or '.join(names)}"
    option = typer.Option(
        help=told if default is None else f"{told} [{default}]", show_default=False, rich_help_panel=panel
    )
    return Annotated[kind | None, option]


def _made(name: str, given: dict[str, Any]) -> Incentive[Any]:
    kind, told = INCENTIVES[name]
    for setting in given.keys() - told.keys():
        raise InvalidInput(f"--{setting.replace('_', '-')} is no setting of {name}; leave it out.")
    for field in fields(kind):  # type: ignore[arg-type]
        if field.default is MISSING and field.name not in given:
            raise InvalidInput(f"A {name} needs --{field.name.replace('_', '-')}: {told[field.name]}")
    values = {
        key: int(value) if isinstance(value, str) and value.isdecimal() else value for key, value in given.items()
    }
    return kind(**values)
