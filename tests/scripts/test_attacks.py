"""docs/attacks.md covers every attack, compares the right runs, and claims no more than was found."""

from dataclasses import replace

import pytest

from dcai.simulation.scenario.scenario import load_scenario
from dcai.simulation.sweep.runs import cases
from dcai.simulation.sweep.statistics import Interval
from scripts.studies.attacks.attacks import ATTACKS, DEPOSITS, MARKETS, POINTS, WITHHOLDERS, meanings
from scripts.studies.attacks.measure import verdict
from scripts.studies.attacks.runs import Runner, absent, accuracy, honest, money

ALL = (*DEPOSITS, *POINTS, *MARKETS, *WITHHOLDERS)
BASES = {"base", "gamified", "market"}


def test_every_scenario_of_an_attack_is_on_the_page():
    files = {file.stem for file in ATTACKS.glob("*.toml") if not file.stem.endswith("-undefended")}

    assert files - BASES == {attack.scenario for attack in ALL}


@pytest.mark.parametrize("attack", ALL, ids=lambda attack: attack.scenario)
def test_every_setting_can_be_made_and_is_explained(attack):
    for sets in attack.sets:
        assert cases(attack.file, sets.split(), 1)
    assert attack.name != "Honest"
    assert all(meanings([attack]).values())


def test_each_attack_is_made_on_points_that_is_made_on_deposits():
    assert {attack.name for attack in POINTS} == {attack.name for attack in DEPOSITS}


def test_a_verdict_needs_the_whole_interval_on_one_side():
    found = {"a": Interval(-3, 2, 20), "b": Interval(-3, 4, 20), "c": Interval(3, 2, 20), "d": Interval(3, 3, 20)}

    assert verdict(found) == {"below": ["a"], "open": ["b", "d"], "above": ["c"]}
    assert verdict(found, 0.5)["above"] == ["c"]
    assert verdict(found, 2)["open"] == ["c", "d"]


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
    duplicator = next(attack for attack in MARKETS if attack.name == "Duplicator")

    sets = tuple(f"incentive.bounty={bounty} data.samples=40 incentive.portion_size=4" for bounty in (1, 10))
    made = Runner(seeds=2, jobs=1).attack(replace(duplicator, sets=sets), absent)

    assert tuple(one.sets for one in made) == sets
    for one in made:
        assert [run.seed for run in one.attacked] == [run.seed for run in one.others] == [0, 1]
        assert {run.settings for run in (*one.attacked, *one.others)} == {tuple(one.sets.split())}
        assert all("attacker" not in run.summary["agents"] for run in one.others)
        # the model knows it already
        assert (one.more(accuracy).mean, one.more(accuracy).half) == (0, 0)
        assert one.mean(money("attacker", "gain_wei")).mean < 0
