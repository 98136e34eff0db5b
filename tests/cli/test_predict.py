"""`dcai predict`: answers, explanations and failures."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

import dcai
from dcai.cli import app
from tests.support.node import PEOPLE


@pytest.fixture(autouse=True)
def chain(node_chain):
    return node_chain


def test_rows_are_given_as_json_and_the_class_is_that_of_the_file(deployed, run, iris):
    model, encoder = dcai.load(iris)
    address = deployed(iris)
    for row in ([5.1, 3.5, 1.4, 0.2], [6, 3, 5, 2]):
        told = json.loads(run("predict", address, json.dumps(row), "--json").stdout)
        scores = model.twin.scores_of(model.twin.pack(encoder.encode(row)))
        assert told == {
            "class": model.classes[scores.index(max(scores))],
            "scores": dict(zip(model.classes, scores, strict=True)),
        }


def test_an_explanation_in_json_adds_up_to_the_scores(deployed, run, iris):
    told = json.loads(run("predict", deployed(iris), "[5.1, 3.5, 1.4, 0.2]", "--explain", "--json").stdout)
    assert [one["name"] for one in told["features"]] == [
        "sepal length (cm)",
        "sepal width (cm)",
        "petal length (cm)",
        "petal width (cm)",
    ]
    for name, score in told["scores"].items():
        assert told["base"][name] + sum(one["contributions"][name] for one in told["features"]) == score


def cells(table):
    """Return the rows of a printed table, without the header."""
    lines = [line.strip("│").split("│") for line in table.splitlines() if line.startswith("│")]
    return {name.strip(): [number.strip().replace(",", "") for number in numbers] for name, *numbers in lines}


@pytest.mark.parametrize("columns", ["200", "40"])
def test_an_explanation_shows_each_word_the_most_telling_first_and_adds_up(deployed, run, spam, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    result = run("predict", deployed(spam), "Are we free? Free!", "--explain")
    assert result.stdout.startswith("spam\n") or result.stdout.startswith("ham\n")
    rows = cells(result.stdout)
    assert set(rows) == {"are", "we", "free", "base", "total"}
    assert list(rows)[-2:] == ["base", "total"]
    numbers = {name: list(map(int, row)) for name, row in rows.items()}
    influence = [abs(row[1] - row[0]) for row in list(numbers.values())[:-2]]
    assert influence == sorted(influence, reverse=True)
    for label in (0, 1):
        assert sum(row[label] for name, row in numbers.items() if name != "total") == numbers["total"][label]


def test_a_class_without_a_sample_has_no_scores(run, deployed, tmp_path):
    path = tmp_path / "young.json"
    assert CliRunner().invoke(app, ["fit", "iris", "--initial", "1", "-o", str(path)]).exit_code == 0
    address = deployed(path)
    told = json.loads(run("predict", address, "[5, 3, 1, 0]", "--explain", "--json").stdout)
    assert [told["scores"][name] is None for name in ("setosa", "versicolor", "virginica")].count(True) == 2
    assert told["scores"][told["class"]] is not None
    rows = cells(run("predict", address, "[5, 3, 1, 0]", "--explain").stdout)
    assert all(row.count("-") == 2 for row in rows.values())


def test_without_an_encoder_features_are_given_and_named_by_their_numbers(run, deployed, spam, tmp_path):
    path = tmp_path / "bare.json"
    dcai.save(path, dcai.load(spam)[0])
    address = deployed(path)
    assert set(cells(run("predict", address, "[0, 2]", "--explain").stdout)) == {
        "feature 0",
        "feature 2",
        "base",
        "total",
    }
    result = run("predict", address, "hello")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "'hello' is not a JSON list such as [1, 2]; this model takes a list of features, since it has no encoder.\n"
    )


def test_what_would_steer_a_terminal_is_not_printed(run, chain, deployed, tmp_path):
    path = tmp_path / "odd.json"
    model = dcai.NaiveBayes(classes=("\x1b[31mred", "[bold]blue")).fit([[1, 0], [0, 1]], [0, 1])
    dcai.save(path, model)
    result = run("predict", deployed(path), "[0]", "--explain")
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout
    assert "\N{REPLACEMENT CHARACTER}[31mred\n" in result.stdout
    assert "[bold]blue" in result.stdout


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("setosa", "'setosa' is not a JSON list such as [1, 2]; this model takes a number for each column.\n"),
        ("3", "'3' is not a JSON list such as [1, 2]; "),
        ("[1, 2, 3]", "The input has 3 values and this encoder 4 columns, "),
        ("[1, 2, 3, NaN]", "The input, column 3 ('petal width (cm)') holds nan; "),
        ('[1, 2, 3, "x"]', "The input, column 3 holds 'x', which float64 can't hold"),
    ],
)
def test_a_row_that_is_none_is_one_sentence(deployed, run, iris, given, sentence):
    result = run("predict", deployed(iris), given)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(sentence)
    assert result.stderr.count("\n") == 1


def test_a_text_without_a_known_word_is_one_sentence(deployed, run, spam):
    result = run("predict", deployed(spam), "zebra")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Nothing in 'zebra' is among the 11 features that this model knows")


@pytest.mark.parametrize(
    ("address", "code", "words"),
    [("0x12", 2, "'0x12' is not an address"), (PEOPLE[0], 1, f"There is no contract at {PEOPLE[0]} on ")],
)
def test_an_address_without_a_trainer_is_one_sentence(run, address, code, words):
    result = run("predict", address, "hello")
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr.startswith(words)
