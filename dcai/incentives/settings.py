"""What an incentive is set up with, stated once: as the fields of its dataclass, with help, unit and range.

Docstrings, command-line options and the keys of scenario files are made of them.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from datetime import timedelta
from textwrap import fill
from types import NoneType
from typing import Any, get_args, get_type_hints

from dcai.amounts import wei
from dcai.errors import InvalidInput
from dcai.untrusted import shortened

_WIDTH = 116
_POWERS = range(32, 257)


def about(
    help: str, *, unit: str | None = None, least: int | None = None, most: int | None = None
) -> dict[str, str | int | None]:
    """Return what is to be known of a setting, as the ``metadata`` of its field.

    Parameters
    ----------
    help
        What it means, in a sentence or two: for the docstring, the command line and web forms.
    unit
        What it counts: "wei", "seconds", "features", …; None for a setting without one.
    least, most
        The range of a whole number, which `check` holds it to.

    Examples
    --------
    >>> from dataclasses import dataclass, field
    >>> @dataclass(frozen=True)
    ... class Pledge:
    ...     pledge_wei: int = field(default=1_000, metadata=about("What a sample costs.", unit="wei", least=1))
    """
    return {"help": help, "unit": unit, "least": least, "most": most}


@dataclass(frozen=True)
class Setting:
    """One setting of an incentive.

    Attributes
    ----------
    name : str
    type : type
        `int`, `bool` or `timedelta`; the latter is given in seconds, as a timedelta, or as text. Of unit "wei", an int
        is given as text with a unit, too.
    optional : bool
        Whether it may be left open, as None.
    required : bool
        Whether there is no default.
    default : int, bool, str, timedelta or None
    help, unit, least, most
        As `about` was told.
    """

    name: str
    type: type
    optional: bool
    required: bool
    default: Any
    help: str
    unit: str | None
    least: int | None
    most: int | None

    @property
    def range(self) -> str:
        """The range with its unit, in words: "1 to 65,535 features"; empty without one."""
        numbers = ""
        if self.least is not None and self.most is not None:
            numbers = f"{self.least:,} to {_number(self.most)}"
        elif self.least is not None:
            numbers = f"{self.least:,} or more"
        elif self.most is not None:
            numbers = f"up to {_number(self.most)}"
        return " ".join(part for part in (numbers, self.unit) if numbers and part)


def settings_of(kind: type) -> tuple[Setting, ...]:
    """Return the settings of an incentive, in their order.

    Raises
    ------
    TypeError
        If it is not a dataclass, or a field has no help or another type than int, bool or `Duration`.
    """
    hints = get_type_hints(kind)
    found = []
    for field in fields(kind):
        types = set(get_args(hints[field.name])) or {hints[field.name]}
        optional = NoneType in types
        types -= {NoneType}
        plain = timedelta if timedelta in types else next(iter(types))
        told = field.metadata
        if plain not in (int, bool, timedelta) or "help" not in told:
            raise TypeError(f"The setting {field.name} of {kind.__name__} is an int, bool or Duration with about(…).")
        required = field.default is MISSING
        default = None if required else field.default
        found.append(Setting(field.name, plain, optional, required, default, **told))
    return tuple(found)


def check(terms: object) -> None:
    """Hold whole numbers to their ranges; amounts that are given as text become wei.

    Raises
    ------
    InvalidInput
        If one is out of its range, or not a whole number.
    """
    for one in settings_of(type(terms)):
        value = getattr(terms, one.name)
        if one.type is int and not (one.optional and value is None):
            object.__setattr__(terms, one.name, checked(one, value))


def checked(one: Setting, value: Any) -> int:
    """Return the value of a setting that is a whole number, or refuse it: see `check`."""
    if one.unit == "wei" and isinstance(value, str):
        value = wei(value, one.name)
    low = -(2**256) if one.least is None else one.least
    high = 2**256 if one.most is None else one.most
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        limits = f" from {low} to {high}" if one.most is not None else f" of {low} or more" if low >= 0 else ""
        raise InvalidInput(f"{one.name} must be a whole number{limits}, not {shortened(value)}.")
    return value


def parameters(kind: type) -> str:
    """Return the section of a docstring in NumPy style that describes the settings of an incentive."""
    lines = ["Parameters", "----------"]
    for one in settings_of(kind):
        name = "seconds, timedelta or text" if one.type is timedelta else one.type.__name__
        lines.append(f"{one.name} : {name}{', optional' if one.optional else ''}")
        ranged = f" {one.range[0].upper()}{one.range[1:]}." if one.type is int and one.range else ""
        lines.append(fill(one.help + ranged, _WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 4))
    return "\n".join(lines)


def _number(number: int) -> str:
    power = next((power for power in _POWERS if number == 2**power - 1), None)
    return f"{number:,}" if power is None else f"2^{power} - 1"
