"""Simulations with Gamified: points instead of money, and who farms them."""

from __future__ import annotations

from functools import cache

import pytest

from dcai.simulation import simulate
from tests.simulation import HONEST, played, scenario

pytestmark = pytest.mark.usefixtures("anvil")

RULES = {
    "kind": "Gamified",
    "validate_after": "1 hour",
    "expire_after": "1 day",
    "settle_after": "1 hour",
    "report_within": "7 hours",
    "reporter_good": 3,
}


@cache
def beside_honest(kind, *, size=100, rules=(), honest=(), **fields):
    one = {"kind": kind, "name": "it", "every": "20 minutes", **fields}
    return played(scenario({**HONEST, **dict(honest)}, one, samples=size, **{**RULES, **dict(rules)}))


def test_contributions_cost_gas_only_and_earn_points_and_badges():
    run = beside_honest("Caller")

    honest = run.outcome("honest")
    assert (run.result.stopped, run.result.problems) == (None, ())
    assert honest.deposited_wei == honest.received_wei == honest.open_wei == 0
    assert honest.gain_wei == -honest.fee_wei < 0
    assert honest.earned["points"] > 10 * honest.earned["validated"] > 100
    assert {"first contribution", "bronze", "all-rounder"} <= set(honest.earned["badges"])


def test_what_is_told_of_points_is_what_the_log_gives():
    run = beside_honest("LabelFlipper")

    counted = [entry for entry in run.by("honest") if entry.stage in ("validated", "reported")]
    asked = [entry for entry in run.by("honest") if entry.stage != "pending"]
    assert 0 < len(counted) < len(asked)
    assert run.outcome("honest").done["validate"] == len(asked)
    assert run.outcome("honest").earned["validated"] == len(counted)


def test_nothing_is_validated_before_its_time():
    run = beside_honest("Caller")

    made, validated = run.actions("honest", "contribute"), run.actions("honest", "validate")
    times = dict(zip(made["id"], made["time"], strict=True))
    waits = [time - times[number] for number, time in zip(validated["id"], validated["time"], strict=True)]
    assert 3600 <= min(waits) < 3600 + 600


def test_the_duplicator_earns_once_with_one_sample():
    run = beside_honest("Duplicator", every="5 minutes")

    it = run.outcome("it")
    assert it.done["contribute"] > 20
    assert it.done["validate"] > 20
    assert it.earned["validated"] < 5
    assert it.earned["points"] < run.outcome("honest").earned["points"] / 4


def test_the_copycat_earns_next_to_nothing():
    run = beside_honest("Copycat")

    it = run.outcome("it")
    assert it.done["validate"] > 10
    assert it.earned["points"] < run.outcome("honest").earned["points"] / 4


def test_a_bad_label_that_was_validated_is_reported_and_its_points_are_taken():
    run = beside_honest("LabelFlipper", every="10 minutes")

    reports = run.actions("honest", "report")
    bad = {entry.id for entry in run.by("it") if entry.stage == "finished" and entry.points}
    assert bad
    assert bad <= set(reports["id"])
    for number in bad:
        announced, settled = reports[(reports["id"] == number) & reports["ok"]]["time"].tolist()[-2:]
        assert settled - announced >= 3600
    assert "guardian" in run.outcome("honest").earned["badges"]


def test_authors_defend_what_was_reported_and_the_model_agrees_with_again():
    run = beside_honest("LabelFlipper", every="10 minutes")

    defended, reported = run.actions("honest", "defend"), run.actions("it", "report")
    assert len(defended) > 0
    assert set(defended["id"]) <= set(reported["id"])
    assert defended["ok"].all()


def test_nobody_reports_without_good_data_of_their_own():
    run = beside_honest("LabelFlipper", every="10 minutes", rules=(("reporter_good", 255),))

    assert "report" not in run.outcome("honest").done | run.outcome("honest").refused


def test_the_same_seed_gives_the_same_game():
    given = scenario(HONEST, {"kind": "Random", "name": "it"}, **RULES)

    assert simulate(given).digest == simulate(given).digest


def test_slots_of_finished_contributions_are_used_again():
    run = beside_honest("Duplicator", every="5 minutes")

    assert len({entry.slot for entry in run.entries}) < len(run.entries)


def test_the_summary_tells_points():
    result = beside_honest("Caller").result

    told = result.summary()["agents"]["honest"]
    assert told["earned"] == result.outcomes[0].earned
