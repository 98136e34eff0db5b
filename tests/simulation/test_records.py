"""What a run leaves behind says what it was: the same scenario again is the same run, and other code or data isn't."""

from __future__ import annotations

import gzip
import json
import os
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import dcai
from dcai import datasets
from dcai.cli import app
from dcai.datasets import DataUnavailable
from dcai.errors import InvalidInput
from dcai.simulation import load_scenario, scenario_of, simulate
from dcai.simulation.agents import Honest
from dcai.simulation.data import encode, encoder_for
from dcai.simulation.sweep.runs import cases, sweep

pytestmark = pytest.mark.usefixtures("anvil")

SIMULATIONS = Path(__file__).resolve().parents[2] / "simulations"
# data sets are read once if they come one after the other
FILES = sorted(SIMULATIONS.rglob("*.toml"), key=lambda file: (load_scenario(file).data.name, file))
SHORT = ["data.samples=75", "data.initial=50"]
SMALL = """
title = "Small"
[data]
name = "breast-cancer"
samples = 24
initial = 10
[incentive]
kind = "DepositRefundTake"
refund_after = "1 hour"
[[agents]]
kind = "Honest"
name = "good"
"""
TEXTS = [f"a good day {at:02}" for at in range(40)]
AGENT = """
from dcai.simulation import Agent, Contribute
from {helper} import share


class {name}(Agent):
    def act(self, rng, view):
        sample = view.sample()
        if sample is not None:
            price = view.price(view.size_of(sample.data))
            yield Contribute(sample.data, sample.label, price * share() + {more}, row=sample.row)
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    return path


@pytest.fixture
def run():
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


def has_its_data(file):
    data = load_scenario(file, SHORT).data
    return not data.instead_of and datasets.find(data.name) is not None


@pytest.mark.parametrize("file", [*filter(has_its_data, FILES)], ids=lambda file: file.stem)
def test_every_scenario_runs_on_its_real_data_and_its_record_gives_the_same_run(file):
    scenario = load_scenario(file, SHORT)
    first = simulate(scenario, seed=9)
    again = simulate(scenario_of(json.loads(json.dumps(first.summary()))["scenario"], "the record"))

    assert (first.stopped, first.problems) == (None, ())
    never_opened = any(getattr(agent, "withholds", None) == "opening" for agent in scenario.agents)
    assert first.contributed == (0 if never_opened else first.samples)
    assert first.samples + first.skipped.get("TooLarge", 0) == 25
    assert again.seed == 9
    assert again.digest == first.digest


def test_the_seed_of_the_command_is_recorded_and_the_record_is_run_again_as_it_is(run, file, tmp_path):
    first = run("simulate", file, "--seed", 3, "--json", "--out", tmp_path / "out")
    again = run("simulate", tmp_path / "out" / "result.json", "--json")

    told, same = json.loads(first.stdout), json.loads(again.stdout)
    assert told["scenario"]["seed"] == told["seed"] == 3
    assert same["digest"] == told["digest"]
    assert same["scenario"] == told["scenario"]
    assert f"The same run as that of {tmp_path / 'out' / 'result.json'}" in again.stderr


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"digest": "00"}, "The run differs from that of {file}: nothing in the record explains it. Its digest is "),
        ({"digest": 5, "versions": None}, "The run differs from that of {file}: rules (1, and was None); contract"),
        ({"data_sha256": "00"}, "too, though these differ: data (data_sha256 is "),
    ],
)
def test_a_run_of_a_record_says_in_what_it_differs(run, file, tmp_path, change, words):
    run("simulate", file, "--out", tmp_path)
    record = tmp_path / "result.json"
    told = json.loads(record.read_text())
    record.write_text(json.dumps(told | change))

    answer = run("simulate", record)

    assert words.format(file=record) in answer.stderr
    assert told["digest"] in answer.stderr


def test_a_record_with_other_settings_or_other_data_is_reported_as_another_run(run, messages, tmp_path):
    messages(TEXTS, [0, 1] * 20)
    (tmp_path / "messages.json").write_text(json.dumps(messages.scenario().described()))
    run("simulate", tmp_path / "messages.json", "--out", tmp_path)

    set_ = run("simulate", tmp_path / "result.json", "--set", "agents.0.every=700", "--seed", 1)
    messages([*TEXTS[1:], "good night"], [1, 0] * 20)
    changed = run("simulate", tmp_path / "result.json")

    differs = f"The run differs from that of {tmp_path / 'result.json'}: "
    assert f"{differs}scenario (agents, seed)." in set_.stderr
    assert f"{differs}data (data_sha256 is " in changed.stderr


@pytest.mark.parametrize("text", ["[1]", "{", '{"digest": 5}', '{"scenario": 3, "digest": 5}'])
def test_json_that_holds_no_scenario_is_refused_in_a_sentence(tmp_path, text):
    (tmp_path / "result.json").write_text(text)

    with pytest.raises(InvalidInput, match=r"result.json (is not JSON|holds no scenario)"):
        load_scenario(tmp_path / "result.json")


def test_a_result_says_on_what_it_depends(file):
    result = simulate(load_scenario(str(file)))

    versions = result.summary()["versions"]
    assert versions["dcai"] == dcai.__version__
    assert versions["python"] == ".".join(map(str, sys.version_info[:3]))
    assert versions["node"].startswith("anvil/")
    assert (versions["hardfork"], versions["contract"]) == ("prague", "SparsePerceptronDRT")
    assert isinstance(versions["rules"], int)
    assert re.fullmatch(r"0x[0-9a-fA-F]{40}", versions["implementation"])
    assert re.fullmatch("[0-9a-f]{64}", result.summary()["data_sha256"])


def test_other_data_of_the_same_name_has_another_fingerprint(messages):
    messages(TEXTS, [0, 1] * 20)
    first = simulate(messages.scenario()).fingerprint
    messages([*TEXTS[1:], "good night"], [0, 1] * 20)

    assert simulate(messages.scenario()).fingerprint != first


# Samples that no trainer takes


@pytest.fixture
def messages(tmp_path, monkeypatch):
    """Return a function that writes text messages as the set `sms`."""
    monkeypatch.setenv("DCAI_DATA_DIR", str(tmp_path))

    def write(texts, labels):
        rows = pd.DataFrame({"label": ["spam" if label else "ham" for label in labels], "text": texts})
        with gzip.open(tmp_path / "sms_spam.csv.gz", "wt", encoding="utf-8") as out:
            rows.to_csv(out, index=False)

    write.scenario = lambda *agents, **incentive: scenario_of(
        {
            "title": "Messages",
            "data": {"name": "sms", "initial": 2, "vocabulary": 300},
            "incentive": {"kind": "DepositRefundTake", **incentive},
            "agents": [*agents] or [{"kind": "Honest", "name": "good", "eagerness": 1}],
        },
        "test",
    )
    return write


KINDS = (
    "Honest",
    "LabelFlipper",
    "Random",
    "TargetedPoisoner",
    "Duplicator",
    "Copycat",
    "Flooder",
    "FlipReportUnflip",
    "Sniper",
    "SybilRing",
    "Caller",
)
POINTS = {"kind": "Gamified", "size_unit": 12, "validate_after": "1 hour", "settle_after": 0}
MARKET = {
    "kind": "PredictionMarket",
    "size_unit": 12,
    "stake": 4,
    "bounty": 3,
    "portions": 2,
    "portion_size": 2,
    "participate": "1 day",
}


@pytest.mark.parametrize("incentive", [POINTS, MARKET], ids=lambda one: one["kind"])
def test_agents_of_every_kind_skip_samples_that_are_too_large(messages, incentive):
    rng = np.random.default_rng(0)
    sizes = [40 if at % 4 == 0 else 8 for at in range(80)]
    messages([" ".join(f"w{w}" for w in rng.choice(99, size, replace=False)) for size in sizes], [0, 1] * 40)
    honest = {"kind": "Honest", "name": "good", "eagerness": 1}
    others = [{"kind": kind, "name": kind, "every": "25 minutes"} for kind in KINDS]

    result = simulate(messages.scenario(honest, *others, **incentive))

    assert (result.stopped, result.problems) == (None, ())
    assert result.skipped["TooLarge"] > 5
    assert result.contributed == result.samples
    sent = result.actions[result.actions["function"] == "contribute"]
    assert sent["size"].max() <= 2 * 12
    assert "TooLarge" not in set(sent["reason"])


def test_where_no_sample_is_small_enough_the_run_is_refused_and_where_one_class_has_none_it_goes_on(messages):
    long = [" ".join(f"w{word}" for word in range(at, at + 20)) for at in range(40)]
    messages(long, [0, 1] * 20)
    with pytest.raises(InvalidInput, match="takes none of the samples: 30 too large"):
        simulate(messages.scenario(**POINTS))

    messages([text if at % 2 else f"w{at} w{at + 1}" for at, text in enumerate(long)], [0, 1] * 20)
    flooder = {"kind": "Flooder", "name": "it", "label": 0, "every": "5 minutes"}
    found = simulate(messages.scenario({"kind": "Honest", "name": "good", "eagerness": 1}, flooder, **POINTS))

    assert (found.stopped, found.problems) == (None, ())
    assert "it" not in set(found.actions["agent"])


def test_messages_without_a_known_word_are_skipped_counted_and_reported(messages, run, tmp_path):
    messages([*TEXTS, *("." * count for count in range(1, 9))], [0, 1] * 24)
    record = tmp_path / "messages.json"
    record.write_text(json.dumps(messages.scenario().described()))

    answer = run("simulate", record, "--out", tmp_path / "out")

    told = json.loads((tmp_path / "out" / "result.json").read_text())
    assert told["stopped"] is None
    assert told["skipped"]["NoKnownWord"] >= 1
    words = f"{told['skipped']['NoKnownWord']} more skipped: {told['skipped']['NoKnownWord']} no known word"
    assert words in " ".join(answer.stdout.split())
    assert words in (tmp_path / "out" / "report.html").read_text()


def test_rows_that_have_no_encoding_are_skipped_and_counted():
    dataset = datasets.load("iris")
    inputs = np.array(dataset.train_inputs)
    inputs[[3, 5]] = 0
    broken = dataset.__class__(**{**dataset.__dict__, "train_inputs": inputs})

    data = encode(broken, encoder_for(broken, dcai.DensePerceptron, 1, 1))

    assert data.skipped == {"Unencodable": 2}
    assert len(data.rows) == len(data.labels) == len(inputs) - 2
    assert not {3, 5} & set(data.origin.tolist())


# Data that takes the place of other data


@pytest.fixture
def nothing_at_hand(monkeypatch, tmp_path):
    monkeypatch.setenv("DCAI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@pytest.mark.usefixtures("nothing_at_hand")
def test_a_fallback_is_named_on_the_console_in_the_record_and_in_every_title(run, tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr("matplotlib.figure.Figure.suptitle", lambda figure, title, **_: drawn.append(title))
    file = SIMULATIONS / "gamified.toml"

    answer = run("simulate", file, "--samples", 20, "--set", "data.initial=10", "--out", tmp_path / "out")
    many = run("sweep", file, "--samples", 20, "--set", "data.initial=10", "--seeds", 1, "--out", tmp_path / "many")

    words = "(breast-cancer in place of imdb)"
    assert (answer.exit_code, many.exit_code) == (0, 0)
    for one in (answer, many):
        assert "breast-cancer takes the place of imdb" in one.stderr
        assert words in " ".join(one.stdout.split())
    told = json.loads((tmp_path / "out" / "result.json").read_text())
    assert told["scenario"]["data"]["instead_of"] == "imdb"
    assert words in told["title"]
    assert (tmp_path / "out" / "report.html").read_text().count(words) >= 2
    assert len(drawn) == 2
    assert all(words in title for title in drawn)


@pytest.mark.usefixtures("nothing_at_hand")
def test_data_that_is_set_is_not_replaced():
    chosen = load_scenario(SIMULATIONS / "imdb.toml", ["data.name=wine", "data.samples=60"])

    assert (chosen.data.name, chosen.data.instead_of) == ("wine", None)
    with pytest.raises(DataUnavailable):
        simulate(load_scenario(SIMULATIONS / "imdb.toml", ["data.name=sms"]))


def test_data_that_is_there_takes_nothings_place(file):
    assert load_scenario(file).data.instead_of is None
    assert simulate(load_scenario(file)).title == "Small"


# Sweeps


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """Return a function that writes a module with an agent, and imports it anew."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def write(name, *, share=1, more=0):
        (tmp_path / f"{name}_help.py").write_text(f"def share():\n    return {share}\n")
        (tmp_path / f"{name}_agents.py").write_text(AGENT.format(name=name, more=more, helper=f"{name}_help"))
        for module in (f"{name}_help", f"{name}_agents"):
            sys.modules.pop(module, None)
        __import__(f"{name}_agents")
        path = tmp_path / f"{name}.toml"
        path.write_text(SMALL.replace('"Honest"', f'"{name}"'))
        return path

    return write


@pytest.mark.parametrize("change", [{"more": 5}, {"share": 2}], ids=["the agent", "a module that it imports"])
def test_a_sweep_makes_runs_again_when_the_code_of_an_agent_has_changed(plugin, tmp_path, change):
    name = f"Changing{''.join(change)}"
    former = sweep(cases(plugin(name), (), 1), tmp_path / "runs")
    same = sweep(cases(plugin(name), (), 1), tmp_path / "runs")
    assert len(list((tmp_path / "runs").iterdir())) == 1

    changed = sweep(cases(plugin(name, **change), (), 1), tmp_path / "runs")

    assert same == former
    digests = [one[0].summary["digest"] for one in (former, changed)]
    assert digests[0] != digests[1]
    assert len(list((tmp_path / "runs").iterdir())) == 2


def test_an_agent_of_a_notebook_has_no_file_and_its_code_counts_all_the_same(file):
    def key(least):
        cell = f"""
class Noted(Honest):
    def act(self, rng, view):
        if view.accuracy > {least}:
            yield from super().act(rng, view)
"""
        exec(cell, {"Honest": Honest, "__name__": "a_cell"})
        return cases(file, ["agents.0.kind=Noted"], 1)[0].key

    assert key(0.5) == key(0.5) != key(0.6)


def test_runs_of_other_data_another_version_or_other_contracts_are_others(messages, monkeypatch, tmp_path):
    messages(TEXTS, [0, 1] * 20)
    (tmp_path / "messages.json").write_text(json.dumps(messages.scenario().described()))

    def key():
        return cases(tmp_path / "messages.json", (), 1)[0].key

    first = key()
    assert key() == first
    with monkeypatch.context() as patch:
        patch.setattr(dcai, "__version__", "99", raising=False)
        assert key() != first
    with monkeypatch.context() as patch:
        patch.setattr("dcai.simulation.sweep.code.address_of", lambda contract: "0x" + "11" * 20)
        assert key() != first
    messages(TEXTS, [0, 1] * 19 + [1, 1])
    os.utime(tmp_path / "sms_spam.csv.gz", (1, 1))
    assert key() != first


def test_settings_that_come_to_the_same_share_a_run_and_keep_their_names(file, tmp_path):
    todo = cases(file, ["agents.0.every=600,10 minutes"], 1)

    runs = sweep(todo, tmp_path / "runs")

    assert [run.settings for run in runs] == [("agents.0.every=600",), ("agents.0.every=10 minutes",)]
    assert len(list((tmp_path / "runs").iterdir())) == 1
