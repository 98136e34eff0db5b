"""The table of a scenario that says which incentive there is, made of the incentive's own settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, create_model

from dcai.durations import seconds
from dcai.incentives.base import Incentive
from dcai.incentives.rules import Rules
from dcai.incentives.settings import Setting, settings_of
from dcai.simulation.scenario.sections import Section, Wei, whole

_MONEY = "_wei"

Whole = Annotated[int, BeforeValidator(whole)]
Wait = Annotated[int, BeforeValidator(seconds), Field(ge=0)]


class IncentiveSection(Section):
    """An incentive and its terms, under the names that they have in Python; all money is in wei.

    Attributes
    ----------
    kind : str
        The name of the incentive's class.
    """

    incentive: ClassVar[type[Incentive]]

    kind: str

    def build(self) -> Incentive:
        """Return the incentive.

        Raises
        ------
        InvalidInput
            If a term is out of its range, or terms contradict each other.
        """
        return self.incentive(**{one.name: getattr(self, _key(one)) for one in settings_of(self.incentive)})

    def __reduce__(self) -> tuple[object, ...]:
        # the class is made where it is needed, and so can't be found by its name
        return _rebuilt, (self.incentive, self.model_dump())


@cache
def section_of(incentive: type[Incentive]) -> type[IncentiveSection]:
    """Return the table of an incentive: its settings, and what its simulation rules want beside them.

    Money is named without "_wei".

    Raises
    ------
    InvalidInput
        If the incentive has no rules, and so can't be simulated.
    """
    more = Rules.of(incentive).settings
    fields: dict[str, Any] = {_key(one): _field(one) for one in settings_of(incentive)}
    if more is not None:
        fields |= {_key(one): _ranged(one) for one in settings_of(more)}
    section = create_model(incentive.__name__, __base__=IncentiveSection, __module__=__name__, **fields)
    section.incentive = incentive
    return section


def section_for(incentive: Incentive, beside: IncentiveSection) -> IncentiveSection:
    """Return the table that states the terms of a deployed incentive, whatever they are.

    Parameters
    ----------
    incentive
    beside
        Another table, which says what the incentive's simulation rules want beside its terms.
    """
    section = section_of(type(incentive))
    more = {key: getattr(beside, key) for key in section.model_fields if hasattr(beside, key)}
    terms = {_key(one): getattr(incentive, one.name) for one in settings_of(type(incentive))}
    waits = {_key(one) for one in settings_of(type(incentive)) if one.type is timedelta}
    told = {key: seconds(value) if key in waits and value is not None else value for key, value in terms.items()}
    return section.model_construct(**{**more, **told, "kind": type(incentive).__name__})


def _rebuilt(incentive: type[Incentive], values: Mapping[str, object]) -> IncentiveSection:
    return section_of(incentive).model_validate(values)


def _key(one: Setting) -> str:
    return one.name.removesuffix(_MONEY)


def _field(one: Setting) -> tuple[Any, Any]:
    """Return type and default; the range is the incentive's to check, in the words that it has in Python."""
    default = one.default
    if one.type is timedelta:
        kind: Any = Wait
        default = None if default is None else seconds(default)
    elif one.type is int:
        kind = Wei if one.name.endswith(_MONEY) else Whole
    else:
        kind = one.type
    return (kind | None if one.optional else kind), (... if one.required else default)


def _ranged(one: Setting) -> tuple[Any, Any]:
    kind, default = _field(one)
    return Annotated[kind, Field(ge=one.least, le=one.most)], default
