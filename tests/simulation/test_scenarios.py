"""Scenario files: the existing ones run, and errors name the wrong key."""

from __future__ import annotations

from pathlib import Path

import pytest

from dcai.datasets import DataUnavailable
from dcai.errors import InvalidInput
from dcai.simulation import load_scenario, simulate

SIMULATIONS = Path(__file__).resolve().parents[2] / "simulations"
FILES = sorted(SIMULATIONS.rglob("*.toml"))
FALLING_BACK = [file for file in FILES if file.parent.name != "attacks"]

GOOD = """
title = "Test"
[data]
name = "breast-cancer"
[incentive]
kind = "DepositRefundTake"
[[agents]]
kind = "Honest"
name = "good"
deposit = 50
"""


@pytest.fixture
def load(tmp_path):
    """Return a function that loads a scenario of this text."""

    def loaded(text, *settings):
        file = tmp_path / "scenario.toml"
        file.write_text(text)
        return load_scenario(file, settings)

    return loaded


@pytest.fixture
def nothing_at_hand(monkeypatch, tmp_path):
    """Hide all data sets but the built-in ones."""
    monkeypatch.setenv("DCAI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_there_is_a_scenario_for_each_experiment():
    names = {file.relative_to(SIMULATIONS).with_suffix("").as_posix() for file in FILES}

    assert {"imdb", "imdb-honest", "gamified", "attacks/base", "attacks/gamified"} <= names
    points = {name for name in names if name.startswith("attacks/gamified")}
    assert len(points) >= 10
    markets = {name for name in names if name.startswith("attacks/market")}
    assert {"market", "attacks/market", "attacks/market-withholder", "attacks/market-withholder-opening"} <= names
    assert len(markets) >= 10
    attacks = {name for name in names if name.startswith("attacks/")} - {*points, *markets, "attacks/base"}
    assert len(attacks) >= 18
    assert {f"{name}-undefended" for name in attacks if not name.endswith("-undefended")} <= attacks


@pytest.mark.usefixtures("nothing_at_hand", "anvil")
@pytest.mark.parametrize("file", FALLING_BACK, ids=lambda file: file.stem)
def test_every_scenario_runs_on_data_that_is_built_in(file):  # those of attacks have no other: see test_records
    scenario = load_scenario(file, ["data.samples=40", "data.initial=10"])
    result = simulate(scenario)

    assert result.problems == ()
    assert result.stopped is None
    assert result.contributed == 30


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("deposit = 50", "deposit = -50"), ["agents.0.deposit", "greater than or equal to 0", "-50"]),
        (("deposit = 50", "deposits = 50"), ["key agents.0.deposits is unknown", "kind, name, balance", "deposit_sd"]),
        (("[data]", "colour = 1\n[data]"), ["key colour is unknown", "title, data", "gas_price"]),
        (("[data]", "[data]\nseed = 1"), ["key data.seed is unknown", "name, samples, initial"]),
        (("[incentive]", "[incentive]\nwait = 1"), ["key incentive.wait is unknown", "kind, weight, minimum"]),
        (("[data]", "[data]\ninitial = 10.5"), ["data.initial", "part below 1 or a whole number", "10.5"]),
        (("[data]", "gas_price = -1\n[data]"), ["gas_price", "greater than or equal to 0", "-1"]),
        (("[data]", "unit = 0\n[data]"), ["unit", "greater than or equal to 1", "0"]),
        (("deposit = 50", "balance = 1e300"), ["agents.0.balance", "at most 1,000,000,000,000 units"]),
        (("deposit = 50", "balance = nan"), ["agents.0.balance", "must be a finite number", "nan"]),
        (("deposit = 50", "every = -60"), ["agents.0.every", "whole number of seconds", "-60"]),
        (('[data]\nname = "breast-cancer"', "data = 5"), ["data must be a table, not 5"]),
        (('title = "Test"', "title = 5"), ["title must be text, not 5"]),
        (("[[agents]]", "[agents]"), ["agents must be a list"]),
        (('kind = "Honest"', ""), ["key agents.0.kind is missing", "LabelFlipper"]),
        (('title = "Test"', 'title = "Test"\nfallback = 3'), ["fallback must be a table, not 3"]),
        (("deposit = 50", "[fallback]\ntitel = 1"), ["with its fallback: the key titel is unknown"]),
        (('title = "Test"', 'title = "Test"\nextends = "none.toml"'), ["none.toml, which can't be read: No such file"]),
        (('title = "Test"', 'title = "Test"\nextends = "scenario.toml"'), ["no file can extend itself"]),
        (('title = "Test"', 'title = "Test"\nextends = 3'), ["extends must be the name of a file, not 3"]),
        (("deposit = 50", 'deposit = "much"'), ["agents.0.deposit", "must be a number", "'much'"]),
        (("deposit = 50", "mistakes = -0.5"), ["agents.0.mistakes", "greater than or equal to 0", "-0.5"]),
        (("deposit = 50", 'every = "soon"'), ["agents.0.every", "'soon' is not a duration"]),
        (('kind = "Honest"', 'kind = "Saint"'), ["agents.0.kind", "Honest", "'Saint'"]),
        (('name = "good"', ""), ["key agents.0.name is missing"]),
        (("[data]", "[date]"), ["key data is missing"]),
        (('"breast-cancer"', '"tumours"'), ["no data set 'tumours'", "breast-cancer"]),
        (("[incentive]", "[incentive]\nweight = -1"), ["incentive.weight", "greater than or equal to 0", "-1"]),
        (("[incentive]", "[incentive]\nrefund_after = '10 days'"), ["times must be in order"]),
        (('kind = "DepositRefundTake"', 'kind = "Lottery"'), ["incentive.kind", "Gamified", "'Lottery'"]),
        (('kind = "DepositRefundTake"', ""), ["key incentive.kind is missing"]),
        (('"DepositRefundTake"', '"Gamified"\nbase = "ten"'), ["incentive.base", "must be a whole number", "'ten'"]),
        (
            ('kind = "DepositRefundTake"', 'kind = "Gamified"\nbase = 0'),
            ["base must be a whole number from 1 to"],
        ),
        (
            ('"DepositRefundTake"', '"PredictionMarket"\nstake = 7\nbounty = 1\nportion_size = 10'),
            ["stake_wei must be a multiple of the number of test samples, 90"],
        ),
        (
            ('kind = "Honest"\nname = "good"\ndeposit = 50', 'kind = "Provider"\nname = "it"'),
            ["a DepositRefundTake has no provider", "leave out 'it'"],
        ),
        (
            (
                'kind = "DepositRefundTake"\n[[agents]]\nkind = "Honest"\nname = "good"\ndeposit = 50',
                'kind = "PredictionMarket"\nstake = 90\nbounty = 1\nportion_size = 10\n'
                '[[agents]]\nkind = "Provider"\nname = "it"\n[[agents]]\nkind = "Withholder"\nname = "other"',
            ),
            ["a PredictionMarket has one provider at most", "leave out 'other'"],
        ),
        (("[incentive]", "[incentive]\nsize_unit = 0"), ["size_unit", "1 to 65535"]),
        (('title = "Test"', "title = Test"), ["is not TOML", "line 2"]),
        (('title = "Test"', 'title = "Test"\n[model]\nkind = "Oracle"'), ["model", "SparsePerceptron", "'Oracle'"]),
    ],
)
def test_what_is_wrong_in_a_file_is_reported_in_one_sentence(load, tmp_path, change, words):
    with pytest.raises(InvalidInput) as caught:
        load(GOOD.replace(*change))

    told = str(caught.value)
    assert told.startswith(str(tmp_path / "scenario.toml"))
    assert "\n" not in told
    for word in words:
        assert word in told


def test_two_agents_of_one_name_are_refused(load):
    with pytest.raises(InvalidInput, match="two are named 'good'"):
        load(GOOD + '[[agents]]\nkind = "Caller"\nname = "good"\n')


@pytest.mark.usefixtures("nothing_at_hand")
def test_data_that_is_missing_is_reported_unless_there_is_a_fallback(load):
    missing = GOOD.replace("breast-cancer", "imdb")

    with pytest.raises(DataUnavailable, match="imdb"):
        simulate(load(missing))
    assert load(missing + '[fallback]\ndata.name = "wine"\n').data.name == "wine"


def test_more_samples_than_there_are_is_refused(load):
    with pytest.raises(InvalidInput, match="breast-cancer has 398 training samples, not 1,000"):
        simulate(load(GOOD, "data.samples=1000"))


def test_settings_change_what_the_file_says(load):
    scenario = load(GOOD, "incentive.weight=1e13", "agents.0.deposit=7", "model.kind=NaiveBayes")

    assert scenario.incentive.weight == 10**13
    assert scenario.agents[0].deposit == 7
    assert scenario.model.kind == "NaiveBayes"


@pytest.mark.parametrize(
    ("text", "setting", "why"),
    [
        (GOOD, "data.vocabulary=1000", "breast-cancer holds rows of numbers"),
        (GOOD.replace("breast-cancer", "sms"), "data.bins=4", "sms holds texts"),
        (GOOD + '[model]\nkind = "NearestCentroid"', "data.bins=5", "a NearestCentroid takes the columns"),
        (GOOD, "agents.0.deposit_sd=5", "without a deposit"),
        (GOOD.replace('"Honest"', '"Caller"').replace("deposit = 50", ""), "agents.0.looks_every=60", "no claims"),
    ],
)
def test_what_has_no_effect_is_refused_by_name_in_a_file_and_as_a_setting(load, text, setting, why):
    key = setting.partition("=")[0]
    text = text.replace("deposit = 50", "") if "deposit" in key else text
    table = key.rpartition(".")[0]
    place = "[data]" if table == "data" else 'name = "good"'

    for told in (lambda: load(text, setting), lambda: load(text.replace(place, f"{place}\n{setting.split('.')[-1]}"))):
        with pytest.raises(InvalidInput, match=f"{key}.* has no effect: .*{why}"):
            told()


def test_what_the_files_data_or_model_makes_use_of_may_stand_there_when_others_are_set(load):
    text = GOOD.replace('"breast-cancer"', '"breast-cancer"\nbins = 5')

    assert load(text).data.bins == 5
    assert load(text, "model.kind=DensePerceptron").data.bins is None
    assert load(text, "data.name=sms", "data.vocabulary=50").data.vocabulary == 50
    with pytest.raises(InvalidInput, match=r"data\.bins has no effect"):
        load(text, "data.name=sms", "data.bins=5")


def test_a_file_that_extends_another_may_have_data_of_another_kind(load, tmp_path):
    (tmp_path / "base.toml").write_text(GOOD.replace('"breast-cancer"', '"breast-cancer"\nbins = 5'))

    assert load('extends = "base.toml"\ndata.name = "sms"').data.bins is None


@pytest.mark.usefixtures("nothing_at_hand")
def test_a_fallback_may_have_data_of_another_kind(load):
    text = GOOD.replace('"breast-cancer"', '"sms"\nvocabulary = 50') + '[fallback]\ndata.name = "wine"'

    assert (load(text).data.name, load(text).data.vocabulary) == ("wine", None)


@pytest.mark.parametrize(
    "setting", ["weight", "agents.5.deposit=1", "title.x=1", "agents.first.deposit=1", "agents.²=1"]
)
def test_a_setting_that_cannot_be_made_is_reported(load, setting):
    with pytest.raises(InvalidInput, match=r"is not a setting|can't be set"):
        load(GOOD, setting)


def test_a_file_starts_from_another(load, tmp_path):
    (tmp_path / "base.toml").write_text(GOOD)
    scenario = load('extends = "base.toml"\ntitle = "Other"\n[data]\nsamples = 50\n')

    assert (scenario.title, scenario.data.name, scenario.data.samples) == ("Other", "breast-cancer", 50)


def test_what_is_wrong_in_a_file_that_is_extended_is_reported_with_its_name(load, tmp_path):
    (tmp_path / "base.toml").write_text(GOOD + "depth = 5")

    with pytest.raises(InvalidInput, match=r"scenario.toml, which extends .*base.toml: the key agents.0.depth"):
        load('extends = "base.toml"')


MARKET = """
title = "Market"
[data]
name = "breast-cancer"
{samples}
[incentive]
kind = "PredictionMarket"
stake = 90
bounty = 1
portion_size = 10
{participate}
[[agents]]
kind = "Honest"
name = "good"
"""


@pytest.mark.parametrize(
    ("samples", "participate", "settings", "seconds"),
    [
        ("samples = 200", 'participate = "4 days"', ["data.samples=50"], 86_400),
        ("samples = 200", 'participate = "4 days"', ["data.samples=300"], 6 * 86_400),
        ("", 'participate = "398 hours"', ["data.samples=100"], 100 * 3600),
        ("samples = 200", "", ["data.samples=100"], 7 * 86_400 // 2),
        ("samples = 200", 'participate = "4 days"', ["data.samples=50", "incentive.participate=2 days"], 2 * 86_400),
        ("samples = 200", 'participate = "4 days"', ["data.initial=50"], 4 * 86_400),
    ],
)
def test_the_time_to_participate_goes_with_the_number_of_samples(load, samples, participate, settings, seconds):
    scenario = load(MARKET.format(samples=samples, participate=participate), *settings)

    assert scenario.incentive.participate == seconds


@pytest.mark.usefixtures("nothing_at_hand")
def test_the_time_of_a_fallback_goes_with_its_own_number_of_samples():
    assert load_scenario(SIMULATIONS / "market.toml", ["data.samples=199"]).incentive.participate == 36 * 3600


def test_waits_for_deposits_do_not_go_with_the_number_of_samples(load):
    assert load(GOOD, "data.samples=40").incentive == load(GOOD).incentive


def test_the_name_of_a_file_may_be_text(load, tmp_path):
    load(GOOD)

    assert load_scenario(str(tmp_path / "scenario.toml")).title == "Test"


def test_files_that_extend_each_other_are_reported(load, tmp_path):
    (tmp_path / "base.toml").write_text('extends = "scenario.toml"')

    with pytest.raises(InvalidInput, match=r"scenario.toml extends .*base.toml extends .*scenario.toml: no file can"):
        load('extends = "base.toml"')


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="the system has no such device")
def test_a_device_without_an_end_is_reported():
    with pytest.raises(InvalidInput, match=r"^/dev/zero can't be read: File too large\."):
        load_scenario("/dev/zero")


def test_a_file_that_is_not_there_is_reported(tmp_path):
    with pytest.raises(InvalidInput, match=r"none.toml can't be read: No such file"):
        load_scenario(tmp_path / "none.toml")
