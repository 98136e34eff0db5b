"""Amounts of money as people write them, in Python, on the command line and in scenario files: one rule, exactly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import dcai
from dcai.amounts import MOST_WEI, UNITS, wei
from dcai.chain import Call
from dcai.cli import app
from dcai.errors import InvalidInput
from dcai.simulation.scenario.scenario import load_scenario

SCENARIO = """
title = "Test"
unit = "0.001 ether"
gas_price = "0.1gwei"
[data]
name = "breast-cancer"
[incentive]
kind = "DepositRefundTake"
weight = "1 gwei"
minimum = 1e15
[[agents]]
kind = "Honest"
name = "good"
"""


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (0, 0),
        (7, 7),
        ("5 wei", 5),
        ("1gwei", 10**9),
        (" 1 Gwei ", 10**9),
        ("0.01 ether", 10**16),
        ("1.000000000000000001 ETH", 10**18 + 1),
        ("1e13 wei", 10**13),
        ("2.5e-9 ether", 2_500_000_000),
        ("00123456789.000000000000000001 ether", 123456789 * 10**18 + 1),
        (MOST_WEI, MOST_WEI),
        (f"{MOST_WEI} wei", MOST_WEI),
    ],
)
def test_an_amount_is_wei_or_text_with_a_unit(amount, expected):
    assert wei(amount) == expected


@given(st.integers(0, MOST_WEI), st.sampled_from(sorted(UNITS)))
def test_no_digit_of_an_amount_is_lost(amount, unit):
    whole, rest = divmod(amount, UNITS[unit])
    decimals = f".{rest:0{len(str(UNITS[unit])) - 1}d}" if UNITS[unit] > 1 else ""

    assert wei(f"{whole}{decimals} {unit}") == amount


@pytest.mark.parametrize(
    "wrong",
    [
        *(
            "",
            "ether",
            "-1",
            "-1 ether",
            "1 finney",
            "1,000 wei",
            "1 000 wei",
            "0x10",
            "1_000",
            "nan",
            "inf",
            "1e999",
            "7",
            "1e999 wei",
        ),
        *("0.5", "0.5 wei", "0.0000000001 gwei", "1e-19 ether", "\u0661 wei", "1 wei wei"),
        *(-1, 2**256, f"{2**256} wei", 1.0, 1e18, float("nan"), None, True, b"1", [1]),
        *("1" * 200_000, "1e" + "9" * 200_000, " " * 200_000, 10**5000),
    ],
    ids=lambda wrong: repr(wrong)[:20] if wrong != 10**5000 else "10**5000",
)
def test_what_is_not_an_amount_is_one_short_sentence(wrong):
    with pytest.raises(InvalidInput) as caught:
        wei(wrong, "The stake")

    sentence = str(caught.value)
    assert sentence.startswith("The stake is a whole number of wei from 0 to 2^256 - 1, or text with a unit")
    assert len(sentence) < 250


def test_python_takes_amounts_wherever_it_takes_wei(launch, people):
    trainer = launch(weight_wei="0 wei", minimum_wei="1 gwei")

    assert (trainer.incentive.weight_wei, trainer.incentive.minimum_wei) == (0, 10**9)
    assert trainer.contribute([1], "yes", sender=people[1], deposit_wei="2gwei").entry.deposit_wei == 2 * 10**9
    assert [
        one.entry.deposit_wei for one in trainer.contribute_many([[2]], ["yes"], deposit_wei="0.000000003 ether")
    ] == [3 * 10**9]
    assert trainer.prepare.contribute([1], "yes", deposit_wei="1 gwei").value == 10**9
    assert Call(people[0], value="0.5 ether").value == 5 * 10**17
    assert dcai.PredictionMarket(stake_wei="900 gwei", portion_size=100).stake_wei == 900 * 10**9


def test_a_scenario_takes_amounts_and_large_numbers_exactly(tmp_path):
    file = tmp_path / "scenario.toml"
    file.write_text(SCENARIO)

    scenario = load_scenario(file, ["incentive.minimum=1e19", "unit=1 gwei"])

    assert (scenario.unit, scenario.gas_price) == (10**9, 10**8)
    terms = load_scenario(file, ["incentive.weight=0.001 gwei"]).incentive.build()
    assert (terms.weight_wei, terms.minimum_wei) == (10**6, 10**15)
    assert load_scenario(file, ["unit=1e23"]).unit == 10**23
    with pytest.raises(InvalidInput, match=r"gas_price: An amount is a whole number of wei .* not 'a lot'\."):
        load_scenario(file, ["gas_price=a lot"])


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--weight-wei", "1 mwei", "An amount is a whole number of wei"),
        ("--weight-wei", "-1", "An amount is a whole number of wei"),
        ("--minimum-wei", "0", "minimum_wei must be a whole number from 1 to "),
        ("--minimum-wei", "0.1 wei", "An amount is a whole number of wei"),
        ("--size-unit", "many", "size_unit must be a whole number from 1 to 65535, not 'many'"),
        ("--size-unit", "9" * 5000, "size_unit must be a whole number from 1 to 65535, not "),
        ("--refund-after", "300 years", "'300 years' is not a duration"),
        ("--refund-after", "1" * 5000, "'1111"),
    ],
)
def test_an_option_that_is_wrong_is_named(tmp_path, option, value, words):
    done = CliRunner().invoke(app, ["deploy", str(tmp_path / "model.json"), option, value])

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(words)
    assert done.stderr.endswith(f" ({option}).\n")


def test_a_duration_that_is_wrong_is_told_the_units():
    with pytest.raises(InvalidInput, match="seconds, minutes, hours, days or weeks"):
        dcai.DepositRefundTake(refund_after="300 years")
