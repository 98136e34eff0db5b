"""The demonstration: an attacker runs out of money, and the model recovers."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from dcai import datasets, demo
from dcai.cli import app
from dcai.errors import InvalidInput
from dcai.simulation import simulate


@pytest.fixture
def run():
    """Return a function that runs the command line."""
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.mark.usefixtures("anvil")
def test_the_attacker_runs_out_of_money_and_the_model_hardly_notices():
    result = simulate(demo.scenario(datasets.load("breast-cancer")))

    honest, hostile = result.outcomes
    assert (result.contributed, result.open, result.stopped, result.problems) == (366, 0, None, ())
    assert hostile.end_wei < 0.1 * hostile.start_wei
    assert honest.end_wei > 1.5 * honest.start_wei
    assert result.course["accuracy"].min() > result.initial - 0.05
    assert result.final > result.initial
    assert result.baseline - result.final < 0.03


@pytest.mark.usefixtures("anvil")
def test_the_attacker_of_a_plain_perceptron_runs_out_of_money_and_it_recovers():
    result = simulate(demo.scenario(datasets.load("breast-cancer"), model=demo.PLAIN))

    honest, hostile = result.outcomes
    assert (result.contributed, result.open, result.stopped, result.problems) == (366, 0, None, ())
    assert result.course["balance_wei.hostile"].min() < 0.01 * hostile.start_wei
    assert hostile.end_wei < 0.1 * hostile.start_wei
    assert honest.end_wei > 1.5 * honest.start_wei
    assert result.course["accuracy"].min() < 0.6
    assert result.final > max(0.9, result.initial)
    assert result.baseline - result.final < 0.03


def test_the_command_tells_the_story_on_py_evm_and_draws_it(run, tmp_path):
    picture = tmp_path / "demo.png"

    answer = run("demo", "--samples", 30, "--backend", "py-evm", "--plot", picture)

    assert answer.exit_code == 0
    for words in (
        "Accuracy on 171 hidden samples; 28 to contribute",
        "half way",
        "contributions",
        "a plain perceptron",
        "word for word",
    ):
        assert words in " ".join(answer.stdout.split())
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.usefixtures("anvil")
def test_json_holds_what_the_table_shows(run):
    answer = run("demo", "--samples", 60, "--json")

    found = json.loads(answer.stdout)
    assert found.keys() == {
        *("data", "backend", "trainer", "accuracy", "balances_wei", "gas", "counts"),
        *("owed_wei", "contract_balance_wei", "audit_problems"),
    }
    assert found["backend"] == "anvil"
    assert sum(counts["contributions"] for counts in found["counts"].values()) == 55
    assert (found["owed_wei"], found["contract_balance_wei"], found["audit_problems"]) == (0, 0, [])


@pytest.mark.parametrize(
    ("name", "samples", "words"),
    [
        ("iris", None, "takes data of two classes; iris has 3"),
        ("breast-cancer", 24, "needs 25 samples or more"),
        ("breast-cancer", 399, "has 398 training samples, not 399"),
    ],
)
def test_data_that_the_demonstration_cannot_use_is_refused(name, samples, words):
    with pytest.raises(InvalidInput, match=words):
        demo.scenario(datasets.load(name), samples)


def test_large_data_has_the_terms_of_the_talk():
    digits = datasets.load("digits")
    two = datasets.Dataset(**{**vars(digits), "name": "breast-cancer", "labels": ("no", "yes")})

    given = demo.scenario(two)

    assert (given.incentive.refund_after, given.agents[0].balance) == (86_400, 10_000)
