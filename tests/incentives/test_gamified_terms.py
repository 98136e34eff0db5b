"""What a trainer with Gamified is set up with: checked here, and read where it stands on the chain."""

from __future__ import annotations

import re
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dcai
from dcai import artifacts
from dcai.errors import (
    InvalidInput,
)

TRAINER = "SparsePerceptronGamified"


@st.composite
def rules(draw):
    """Draw any allowed settings."""
    word, byte = st.integers(0, 2**16 - 1), st.integers(0, 255)
    validate_after, expire_after = sorted(draw(st.sets(st.integers(1, 2**32 - 1), min_size=2, max_size=2)))
    base = draw(st.integers(1, 2**16 - 1))
    return dcai.Gamified(
        validate_after=validate_after,
        expire_after=expire_after,
        settle_after=draw(st.integers(0, 2**32 - 1)),
        report_within=draw(st.integers(1, 2**32 - 1)),
        base=base,
        feature=draw(byte),
        streak=draw(byte),
        streak_cap=draw(st.integers(1, 255)),
        milestone=draw(st.integers(1, 2**16 - 1)),
        milestone_bonus=draw(word),
        all_labels=draw(word),
        reporter_good=draw(st.integers(1, 255)),
        report_points=draw(st.integers(0, base)),
        memory_slots=draw(st.integers(1, 2**16 - 1)),
        size_unit=draw(st.integers(1, 2**16 - 1)),
    )


@given(rules())
def test_what_stands_in_a_trainers_code_is_read_back(incentive):
    assert dcai.Gamified.from_packed(incentive.packed(), incentive.size_unit) == incentive
    assert len(incentive.packed()) == 32


def test_the_contract_reads_every_setting_where_it_stands(chain, perceptron):
    names = [item["name"] for item in _rules_of_the_interface()]
    for which in range(len(names)):
        changed = {"report_points": 0, _snake(names[which]): 3}
        if changed.get("expire_after"):
            changed = {"validate_after": 1, "expire_after": 3}
        incentive = dcai.Gamified(**changed)
        trainer = dcai.deploy(chain, perceptron([1]), incentive, salt=which)

        told = dict(zip(names, chain.read(TRAINER, trainer.address, "rules"), strict=True))

        times = dict(
            zip(("validate_after", "expire_after", "settle_after", "report_within"), incentive.times(), strict=True)
        )
        expected = {**asdict(incentive), **times}
        assert {_snake(name): number for name, number in told.items()} == {
            name: value for name, value in expected.items() if name != "size_unit"
        }


def _rules_of_the_interface():
    (function,) = (item for item in artifacts.load("IGamified")["abi"] if item.get("name") == "rules")
    return function["outputs"][0]["components"]


def _snake(name):
    return re.sub(r"([A-Z])", r"_\1", name).lower()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"base": 0}, ["base", "from 1 to 65535", "0"]),
        ({"base": 2**16}, ["base", "65536"]),
        ({"feature": 256}, ["feature", "from 0 to 255"]),
        ({"streak_cap": 0}, ["streak_cap", "from 1"]),
        ({"milestone": 0}, ["milestone", "from 1"]),
        ({"reporter_good": 0}, ["reporter_good", "from 1"]),
        ({"memory_slots": 0}, ["memory_slots", "from 1"]),
        ({"size_unit": True}, ["size_unit", "True"]),
        ({"report_points": 11}, ["at most base, 10", "11"]),
        ({"validate_after": 0}, ["validate_after", "in order", "0"]),
        ({"validate_after": "30 days"}, ["in order", "2592000"]),
        ({"expire_after": 2**32}, ["in order", str(2**32)]),
        ({"report_within": 0}, ["report_within", "at least 1 second"]),
        ({"settle_after": 2**32}, ["settle_after", str(2**32)]),
    ],
    ids=str,
)
def test_a_setting_out_of_its_range_is_refused_with_the_range(wrong, words):
    with pytest.raises(InvalidInput) as caught:
        dcai.Gamified(**wrong)

    for word in words:
        assert word in str(caught.value)
