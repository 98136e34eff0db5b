"""An incentive's settings are stated once, and described alike wherever they appear."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field, fields

import pytest

from dcai import plugins
from dcai.errors import InvalidInput
from dcai.incentives import DepositRefundTake, PredictionMarket
from dcai.incentives.rules import Rules
from dcai.incentives.settings import about, check, parameters, settings_of
from dcai.simulation.scenario.incentive import section_of

INCENTIVES = [DepositRefundTake, *(one for one in plugins.incentives().values() if one is not DepositRefundTake)]
OURS = [one for one in INCENTIVES if one.__module__.startswith("dcai.")]
each_incentive = pytest.mark.parametrize("incentive", OURS, ids=lambda one: one.__name__)


@each_incentive
def test_the_docstring_describes_every_setting_in_its_own_words(incentive):
    assert parameters(incentive) in inspect.getdoc(incentive)


@each_incentive
def test_every_number_has_a_unit_and_a_range_and_every_text_is_a_sentence(incentive):
    for one in settings_of(incentive):
        assert one.help.endswith("."), one.name
        assert one.unit or one.type is bool, one.name
        assert one.least is not None or one.optional or one.type is not int, one.name


@each_incentive
def test_a_scenario_has_every_setting_with_the_default_that_it_has_in_python(incentive):
    more = Rules.of(incentive).settings
    beside = {one.name for one in fields(more)} if more else set()
    needed = {one.name.removesuffix("_wei"): 100 for one in settings_of(incentive) if one.required}
    section = section_of(incentive)

    built = (
        section(kind=incentive.__name__, **{"stake": 900, "portion_size": 100} | dict.fromkeys(beside, 1)).build()
        if (needed)
        else section(kind=incentive.__name__).build()
    )

    assert section.model_fields.keys() == {
        "kind",
        *(one.name.removesuffix("_wei") for one in settings_of(incentive)),
        *beside,
    }
    expected = incentive(stake_wei=900, portion_size=100) if needed else incentive()
    assert built.packed() == expected.packed()
    assert built.size_unit == expected.size_unit


@pytest.mark.parametrize("value", [0, 65_536, -1, 1.0, True, "7", None], ids=repr)
def test_a_number_out_of_its_range_is_reported_with_the_range(value):
    with pytest.raises(InvalidInput, match=r"most_samples must be a whole number from 1 to 65535, not "):
        PredictionMarket(stake_wei=900, portion_size=100, most_samples=value)


def test_a_range_may_have_one_end():
    @dataclass(frozen=True)
    class Terms:
        count: int = field(metadata=about("How many.", least=3))
        other: int | None = field(default=None, metadata=about("How many others."))

        def __post_init__(self):
            check(self)

    assert (Terms(3).count, Terms(2**300 // 2**60, 5).other) == (3, 5)
    with pytest.raises(InvalidInput, match=r"count must be a whole number of 3 or more, not 2\."):
        Terms(2)


def test_a_setting_without_help_or_of_another_type_is_a_mistake_of_its_author():
    @dataclass(frozen=True)
    class Silent:
        count: int = 3

    @dataclass(frozen=True)
    class Odd:
        share: float = field(default=0.5, metadata=about("A part."))

    for kind in (Silent, Odd):
        with pytest.raises(TypeError, match=f"of {kind.__name__} is an int, bool or Duration with about"):
            settings_of(kind)
