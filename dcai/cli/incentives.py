"""The settings of every incentive as options of a command."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

import typer

from dcai import plugins
from dcai.cli.options import replaced
from dcai.cli.units import naming, seconds, wei
from dcai.errors import InvalidInput
from dcai.incentives import Incentive
from dcai.incentives.settings import Setting, checked, settings_of

_HELP = (
    'What contributing costs and earns. Each has settings of its own; a duration is text like "36 hours", or seconds; '
    'an amount is text like "0.01 ether" or "1 gwei", or wei.'
)

_DEFAULT = "deposit-refund-take"

# longer ones are out of every range, and Python doesn't read them
_WHOLE = re.compile("-?[0-9]{1,100}")


def with_incentive(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of every incentive, and the one that they make as its argument `incentive`."""
    known = {plugins.command_name(kind): kind for kind in plugins.incentives().values()}
    options = _options(known)

    def make(incentive: str, **given: object) -> Incentive:
        if incentive not in known:
            raise InvalidInput(f"There is no incentive {incentive!r}: choose one of {', '.join(known)}.")
        return _made(known[incentive], {name: value for name, value in given.items() if value is not None})

    which = Annotated[str, typer.Option(metavar="|".join(known), help=_HELP)]
    return replaced(
        command,
        "incentive",
        {"incentive": (which, _DEFAULT), **{name: (option, None) for name, option in options.items()}},
        make,
    )


def _options(known: dict[str, type[Incentive]]) -> dict[str, Any]:
    """Return the option of each setting; one that several incentives have is one option."""
    having: dict[str, dict[str, Setting]] = {}
    for name, kind in known.items():
        for one in settings_of(kind):
            having.setdefault(one.name, {})[name] = one
    return {name: _option(settings) for name, settings in having.items()}


def _option(settings: dict[str, Setting]) -> Any:
    """Return an option that has these meanings, each with an incentive."""
    told = {name: _told(one) for name, one in settings.items()}
    first = next(iter(settings.values()))
    option = typer.Option(
        metavar="DURATION" if first.type is timedelta else first.unit.upper() if first.unit else None,
        help=" ".join([f"{name}: {text}" for name, text in told.items()])
        if len(set(told.values())) > 1
        else _told(first),
        show_default=False,
        rich_help_panel=f"With {' or '.join(settings)}",
    )
    # durations and amounts are text with a unit; whatever else is wrong is this module's to report, in one sentence
    return Annotated[(bool if first.type is bool else str) | None, option]


def _told(one: Setting) -> str:
    default = "required" if one.required else one.default
    return one.help if default is None else f"{one.help} [{default}]"


def _made(kind: type[Incentive], given: dict[str, Any]) -> Incentive:
    name = plugins.command_name(kind)
    settings = {one.name: one for one in settings_of(kind)}
    for setting in given.keys() - settings.keys():
        raise InvalidInput(f"{_flag(setting)} is not a setting of {name}; leave it out.")
    for one in settings.values():
        if one.required and one.name not in given:
            raise InvalidInput(f"A {name} needs {_flag(one.name)}: {one.help}")
    values = {key: _value(settings[key], value) for key, value in given.items()}
    try:
        return kind(**values)
    except InvalidInput as error:  # about several of them together
        names = re.compile(rf"\b({'|'.join(settings)})\b")
        raise InvalidInput(names.sub(lambda name: _flag(name[1]), str(error))) from error


def _value(one: Setting, given: Any) -> Any:
    """Return the value of a setting that is given as an option, whose name is in the error if it can't be."""
    with naming(_flag(one.name)):
        if one.type is timedelta:
            return seconds(given)
        if one.type is int:
            return checked(one, wei(given) if one.unit == "wei" else int(given) if _WHOLE.fullmatch(given) else given)
        return given


def _flag(setting: str) -> str:
    return f"--{setting.replace('_', '-')}"
