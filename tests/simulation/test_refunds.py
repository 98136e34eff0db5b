"""A run says what came back to honest contributors of each class."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from dcai.cli import app
from dcai.simulation.refunds import ClassRefunds, refunds

SCENARIO = """
title = "Small"
[data]
name = "breast-cancer"
samples = 40
initial = 10
[incentive]
kind = "{kind}"
[[agents]]
kind = "Honest"
name = "good"
[[agents]]
kind = "LabelFlipper"
name = "bad"
"""


def actions(*rows):
    columns = ["function", "id", "label", "truth", "ok"]
    return pd.DataFrame([dict(zip(columns, row, strict=True)) for row in rows], columns=columns)


def test_what_came_back_is_counted_by_the_true_class():
    done = actions(
        ("contribute", 1, 0, 0, True),
        ("contribute", 2, 0, 0, True),
        ("contribute", 3, 1, 0, True),
        ("contribute", 4, 1, 1, True),
        ("contribute", 0, 1, 1, False),
        ("contribute", 5, 1, -1, True),
        ("refund", 1, -1, -1, True),
        ("refund", 2, -1, -1, False),
        ("refund", 3, -1, -1, True),
        ("take", 4, -1, -1, True),
    )

    made = list(refunds(done, ("no", "yes", "maybe"), "refund"))

    assert made == [ClassRefunds("no", 2, 1, 1, 1), ClassRefunds("yes", 1, 0, 0, 0), ClassRefunds("maybe", 0, 0, 0, 0)]
    assert [one.rate for one in made] == [0.5, 0, None]
    assert made[0].row() == ("no", "2", "1 (50%)", "1", "1 (100%)")
    assert list(refunds(done, ("no", "yes"), None)) == []


@pytest.mark.usefixtures("anvil")
@pytest.mark.parametrize(("kind", "function"), [("DepositRefundTake", "refund"), ("Gamified", "validate")])
def test_result_table_and_report_have_the_refunds_of_each_class(tmp_path, kind, function):
    file, out = tmp_path / "small.toml", tmp_path / "out"
    file.write_text(SCENARIO.format(kind=kind))

    ran = CliRunner().invoke(app, ["simulate", str(file), "--out", str(out)], env={"COLUMNS": "150"})

    told = json.loads((out / "result.json").read_text())
    done = pd.read_parquet(out / "actions.parquet").query("ok")
    assert ran.exit_code == 0, ran.stderr
    assert sum(one["right"] + one["wrong"] for one in told["refunds"].values()) == told["contributed"]
    back = sum(one["refunded"] + one["wrong_refunded"] for one in told["refunds"].values())
    assert back == (done["function"] == function).sum() > 0
    assert list(told["refunds"]) == ["malignant", "benign"]
    for text in (ran.stdout, (out / "report.html").read_text()):
        assert "Came back to honest and to wrong labels" in text
