"""Simulations with Gamified: points instead of money, and agents that farm them."""

from __future__ import annotations

from functools import cache

import pytest

from dcai.simulation import simulate
from tests.support.simulation import HONEST, played, scenario

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


def test_what_is_reported_of_points_is_what_the_log_gives():
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


def flip(*rules):
    return beside_honest("FlipReportUnflip", every="7 minutes", size=150, rules=rules)


def test_flip_report_unflip_takes_points_in_the_block_in_which_it_turns_the_model_and_turns_it_back():
    run = flip(("settle_after", 0))

    reports = run.actions("it", "report")
    attack = run.actions("it")[run.actions("it")["time"] == reports["time"].iloc[0]]
    functions = [function for function in dict.fromkeys(attack["function"]) if function != "validate"]
    assert functions == ["contribute", "report"]
    sent = attack[attack["function"] == "contribute"]
    assert sent["label"].iloc[0] != sent["label"].iloc[-1]
    assert reports["ok"].all()
    assert run.outcome("honest").earned["points"] < 100 < run.outcome("it").earned["points"]


def test_flip_report_unflip_takes_nothing_from_authors_who_defend_in_time():
    run, alone = flip(("settle_after", "1 hour")), beside_honest("Caller", size=150)

    assert len(run.actions("it", "report")) > 100
    assert run.actions("honest", "defend")["ok"].all()
    assert run.outcome("honest").earned["points"] > 0.9 * alone.outcome("honest").earned["points"]


def test_flip_report_unflip_gives_up_on_an_author_who_has_answered_twice():
    reports = flip(("settle_after", "1 hour")).actions("it", "report")

    assert reports.groupby("id").size().max() == 2


def test_flip_report_unflip_sees_nothing_to_take_where_a_report_earns_nothing():
    run = flip(("settle_after", 0), ("report_points", 0))

    assert set(run.outcome("it").done) == {"contribute", "validate"}


def test_nobody_reports_where_it_earns_nothing():
    run = beside_honest("LabelFlipper", every="10 minutes", rules=(("report_points", 0),))

    for name in ("honest", "it"):
        assert "report" not in run.outcome(name).done | run.outcome(name).refused


def test_flip_report_unflip_sends_samples_that_are_as_large_as_the_game_takes():
    run = beside_honest("FlipReportUnflip", every="7 minutes", rules=(("settle_after", 0), ("size_unit", 40)))

    assert run.result.stopped is None
    assert max(run.actions("it", "contribute")["size"]) == 2 * 40
    assert run.actions("it", "report")["ok"].any()


def test_whoever_lives_on_reports_first_gets_as_many_good_contributions_as_a_reporter_needs():
    for kind in ("Sniper", "FlipReportUnflip"):
        run = beside_honest(kind, every="7 minutes", size=150, rules=(("reporter_good", 5),))
        actions = run.actions("it")

        before = actions[actions["time"] < actions[actions["function"] == "report"]["time"].min()]
        assert (before["function"] == "validate").sum() >= 5


def test_the_sniper_takes_points_in_the_very_second():
    flipper = {"kind": "LabelFlipper", "name": "flipper", "every": "30 minutes"}
    sniper = {"kind": "Sniper", "name": "it", "every": "20 minutes"}
    run = played(scenario(HONEST, flipper, sniper, samples=250, **RULES))

    waits = run.actions("it", "report").groupby("id")["time"].agg(lambda times: times.max() - times.min())
    assert (waits == 3600).sum() > 1
    assert run.outcome("it").earned["points"] > 0


def test_the_sybil_ring_reports_its_own_wrong_data_once_for_points():
    run = beside_honest("SybilRing", members=3, size=200)

    made, reports = run.actions("it", "contribute"), run.actions("it", "report")
    wrong, good = set(made[made["address"] == 0]["id"]), made[made["address"] > 0]
    assert len(wrong) > 3
    assert (good.groupby("address").size() >= 3).all()
    assert len(reports[reports["id"].isin(wrong) & reports["address"].isin([1, 2])]) > 1
    assert run.outcome("it").refused == {}


def test_the_targeted_poisoner_mislabels_one_class_whatever_is_to_be_earned():
    made = beside_honest("TargetedPoisoner", target=1).by("it")

    assert len(made) > 3
    assert {entry.label for entry in made} == {0}


def test_an_author_defends_what_is_reported_just_before_it_could_not_be_any_more():
    rules = (("settle_after", "1 hour"), ("report_within", "2 hours"))
    late = [
        wait
        for run in (flip(*rules),)
        for number, wait in _waits_until_reported(run).items()
        if number in set(run.actions("honest", "defend")["id"])
    ]

    assert max(late) > 3600


def _waits_until_reported(run):
    """Return the seconds from the validation of each honest contribution until its report."""
    validated = run.actions("honest", "validate").groupby("id")["time"].min()
    return (run.actions("it", "report").groupby("id")["time"].min() - validated).dropna().to_dict()


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
