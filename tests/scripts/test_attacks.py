"""docs/attacks.md covers every attack, compares the right runs, and claims no more than was found."""

from dataclasses import replace

import pytest

from dcai.simulation.scenario.scenario import load_scenario
from dcai.simulation.sweep.runs import cases
from dcai.simulation.sweep.statistics import Interval
from scripts.studies.attacks.attacks import DEPOSITS, MARKETS, POINTS, WITHHOLDERS
from scripts.studies.attacks.runs import ATTACKS, Runner, absent, accuracy, honest, money, name_of
from scripts.studies.attacks.tables import Verdict, keys_told, label

ALL = (*DEPOSITS, *POINTS, *MARKETS, *WITHHOLDERS)
BASES = {"base", "gamified", "market"}


def test_every_scenario_of_an_attack_is_on_the_page():
    files = {file.stem for file in ATTACKS.glob("*.toml") if not file.stem.endswith("-undefended")}

    assert files - BASES == {attack.scenario for attack in ALL}


@pytest.mark.parametrize("attack", ALL, ids=lambda attack: attack.scenario)
def test_every_setting_can_be_made_and_is_told(attack):
    for sets in attack.sets:
        assert cases(ATTACKS / f"{attack.scenario}.toml", sets.split(), 1)
    assert name_of(attack) != "Honest"
    assert keys_told([attack]).endswith(".")


def test_each_attack_is_made_on_points_that_is_made_on_deposits():
    assert set(map(name_of, POINTS)) == set(map(name_of, DEPOSITS))


def test_a_verdict_needs_the_whole_interval_on_one_side():
    found = {"a": Interval(-3, 2, 20), "b": Interval(-3, 4, 20), "c": Interval(3, 2, 20), "d": Interval(3, 3, 20)}

    verdict = Verdict.of(found)

    assert (verdict.below, verdict.open, verdict.above) == (("a",), ("b", "d"), ("c",))
    assert verdict.cells() == ["`a`", "`b`, `d`", "`c`"]
    assert Verdict.of(found, 0.5).above == ("c",)
    assert Verdict.of(found, 2).open == ("c", "d")


def test_settings_are_told_without_their_section():
    assert label("incentive.weight=0 incentive.minimum=1e13") == "`weight=0 minimum=1e13`"


def test_nobody_or_an_honest_one_stands_in_the_attacker_s_place():
    def attacker(name):
        return next(one for one in load_scenario(ATTACKS / f"{name}.toml").agents if one.name == "attacker")

    assert absent(attacker("flooder")) is None
    assert type(absent(attacker("market-withholder"))).__name__ == "Provider"
    reformed = honest(attacker("flooder"))
    assert (type(reformed).__name__, reformed.name, reformed.every) == ("Honest", "attacker", 120)


@pytest.mark.usefixtures("anvil")
def test_an_attack_is_compared_with_the_same_seeds_without_it(monkeypatch, tmp_path):
    monkeypatch.setattr("scripts.studies.attacks.runs.RUNS", tmp_path)
    duplicator = next(attack for attack in MARKETS if name_of(attack) == "Duplicator")

    attack = replace(duplicator, sets=("incentive.bounty=1", "incentive.bounty=10"))
    made = Runner(seeds=2, jobs=1).attack(attack, absent)

    assert [one.sets for one in made] == ["incentive.bounty=1", "incentive.bounty=10"]
    for one in made:
        assert [run.seed for run in one.attacked] == [run.seed for run in one.others] == [0, 1]
        assert {run.settings for run in (*one.attacked, *one.others)} == {(one.sets,)}
        assert all("attacker" not in run.summary["agents"] for run in one.others)
        # the model knows it already
        assert (one.more(accuracy).mean, one.more(accuracy).half) == (0, 0)
        assert one.mean(money("attacker", "gain_wei")).mean < 0
