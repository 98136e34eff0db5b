"""No value of a scenario's field is taken that a run can't do with: each is refused at once, in a sentence."""

from __future__ import annotations

import json
import math
from copy import deepcopy

import pytest

from dcai import plugins
from dcai.errors import InvalidInput
from dcai.incentives.rules import Rules
from dcai.simulation import scenario_of, simulate
from dcai.simulation.agents import kinds
from dcai.simulation.scenario.incentive import section_of
from dcai.simulation.scenario.scenario import Scenario
from dcai.simulation.scenario.sections import Data, ModelSection, Start

ABSURD = [
    *(math.nan, math.inf, -math.inf, 1e300, -1e300, 5e-324, 0.5, -1, -(10**300), 10**300, 2**64, 10**27, 0, 1, 2.0),
    *(
        True,
        False,
        "",
        " ",
        "\n",
        "\x1b[2J",
        "x" * 10_000,
        "1e300 days",
        "1 parsec",
        "1e99 ether",
        [],
        [1],
        {},
        {"a": 1},
    ),
]
START = {"chain_id": 1, "block": 1, "block_hash": "0x00", "trainer": "0x" + "11" * 20}
MARKET = {"stake": 90, "bounty": 1, "portion_size": 10}


def scenario(incentive="DepositRefundTake", agent="Honest"):
    provides = Rules.of(plugins.incentives()[incentive]).has_provider
    return {
        "title": "Absurd",
        "data": {"name": "breast-cancer", "samples": 14, "initial": 10},
        "model": {"kind": "SparsePerceptron"},
        "incentive": {"kind": incentive} | (MARKET if provides else {}),
        "agents": [{"kind": agent, "name": "it"}],
        "fork": None,
    }


def tables():
    """Yield a scenario, the table of it whose fields are tried, and the fields."""
    own = ("data", "model", "incentive", "agents", "fork")
    yield pytest.param(scenario(), (), [name for name in Scenario.model_fields if name not in own], id="scenario")
    yield pytest.param(scenario(), (), own, id="tables")
    yield pytest.param(scenario(), ("data",), list(Data.model_fields), id="data")
    yield pytest.param(scenario(), ("model",), list(ModelSection.model_fields), id="model")
    yield pytest.param({**scenario(), "fork": START}, ("fork",), list(Start.model_fields), id="fork")
    for name, kind in plugins.incentives().items():
        yield pytest.param(scenario(name), ("incentive",), list(section_of(kind).model_fields), id=name)
    for name, agent in kinds().items():
        incentive = "PredictionMarket" if agent.provides else "DepositRefundTake"
        yield pytest.param(scenario(incentive, name), ("agents", 0), list(agent.model_fields), id=name)


@pytest.mark.parametrize(("table", "place", "fields"), [*tables()])
def test_every_absurd_value_is_refused_in_a_sentence_that_names_the_key_or_can_be_recorded(table, place, fields):
    for field in fields:
        for value in ABSURD:
            changed = deepcopy(table)
            inner = changed
            for key in place:
                inner = inner[key]
            inner[field] = value
            try:
                made = scenario_of(changed, "file")
            except InvalidInput as refused:
                told = str(refused)
                assert told.startswith("file: "), told
                assert told.count("\n") == 0, told
                assert len(told) < 600, told
                assert told.isprintable(), told
                assert field in told, told
            else:
                again = json.loads(json.dumps(made.described(), allow_nan=False))
                assert scenario_of(again, "file").described() == made.described(), f"{field} = {value!r}"


@pytest.mark.usefixtures("anvil")
@pytest.mark.parametrize(
    ("agent", "fields", "words"),
    [
        ("Flooder", {"label": 2}, r"agents\.0\.label must be 0 to 1, one of the data's classes, not 2"),
        ("TargetedPoisoner", {"target": 9}, r"agents\.0\.target must be 0 to 1, one of the data's classes, not 9"),
        ("TargetedPoisoner", {"feature": 5_000}, r"agents\.0\.feature must be 0 to 119, one of the data's, not 5,000"),
    ],
)
def test_a_class_or_feature_that_the_data_does_not_have_is_refused_before_the_run(agent, fields, words):
    table = scenario(agent=agent)
    table["agents"][0] |= fields

    with pytest.raises(InvalidInput, match=words):
        simulate(scenario_of(table, "file"))
