"""`dcai simulate` and `dcai sweep`: their files, their output and their failures."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from dcai import datasets
from dcai.cli import app
from dcai.simulation import load_scenario, simulate
from dcai.simulation.sweep.runs import cases, sweep

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.usefixtures("anvil")

SCENARIO = """
title = "Small"
[data]
name = "breast-cancer"
samples = 40
initial = 10
[incentive]
kind = "DepositRefundTake"
weight = 2e14
refund_after = "1 hour"
settle_after = "1 hour"
creator_take_after = "8 hours"
take_after = "9 hours"
[[agents]]
kind = "Honest"
name = "good"
[[agents]]
kind = "LabelFlipper"
name = "bad"
every = "1 hour"
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(SCENARIO)
    return path


@pytest.fixture
def run():
    """Return a function that runs the command line."""
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_simulate_tells_what_became_of_everybody(run, file):
    answer = run("simulate", file)

    assert answer.exit_code == 0
    assert "30 of 30 samples of breast-cancer" in answer.stdout
    assert "word for word" in answer.stdout
    assert re.search(r"Actions.*contribute.*\n good +\d+.*\n bad +\d+", answer.stdout, flags=re.DOTALL)


def test_out_holds_every_action_exactly_and_a_report_that_needs_nothing_else(run, file, tmp_path):
    out = tmp_path / "out"

    answer = run("simulate", file, "--out", out, "--seed", 3, "--json")

    assert answer.exit_code == 0
    told = json.loads(answer.stdout)
    assert told == json.loads((out / "result.json").read_text())
    assert told["seed"] == 3
    actions, course = pd.read_parquet(out / "actions.parquet"), pd.read_parquet(out / "course.parquet")
    expected = simulate(load_scenario(file), seed=3)
    assert told["digest"] == expected.digest
    assert [int(wei) for wei in actions["sent_wei"]] == expected.actions["sent_wei"].tolist()
    assert actions["function"].tolist() == expected.actions["function"].tolist()
    assert [int(wei) for wei in course["balance_wei.bad"]] == expected.course["balance_wei.bad"].tolist()
    report = (out / "report.html").read_text()
    assert "Plotly.newPlot" in report
    assert not re.search(r"<(script|link)[^>]+(src|href)=", report)
    assert (out / "report.png").read_bytes().startswith(b"\x89PNG")


def test_actions_have_the_row_and_true_label_of_their_sample_and_floats_beside_exact_wei(run, file, tmp_path):
    run("simulate", file, "--out", tmp_path / "out")

    actions, course = (pd.read_parquet(tmp_path / "out" / f"{name}.parquet") for name in ("actions", "course"))
    data = datasets.load("breast-cancer")
    sent = actions[actions["function"] == "contribute"]
    assert sent["truth"].tolist() == data.train_labels[sent["row"]].tolist()
    assert (sent["label"] == sent["truth"])[sent["agent"] == "good"].all()
    assert (sent["label"] != sent["truth"])[sent["agent"] == "bad"].all()
    assert sent["row"].is_unique
    assert (actions[actions["function"] != "contribute"][["row", "truth"]] == -1).all(axis=None)
    for frame, exact, units in ((actions, "sent_wei", "sent"), (course, "balance_wei.bad", "balance.bad")):
        assert frame[units].dtype == "float64"
        assert frame[units].tolist() == [int(wei) / 10**15 for wei in frame[exact]]


def test_points_stand_in_the_course_and_in_the_pictures(run, file, tmp_path, monkeypatch):
    labels = []
    monkeypatch.setattr("matplotlib.axes.Axes.set_ylabel", lambda axes, label, **_: labels.append(label))
    points = SCENARIO[: SCENARIO.index("[incentive]")] + '[incentive]\nkind = "Gamified"\nvalidate_after = "1 hour"\n'
    file.write_text(points + SCENARIO[SCENARIO.index("[[agents]]") :])

    run("simulate", file, "--out", tmp_path / "out")

    course = pd.read_parquet(tmp_path / "out" / "course.parquet")
    told = json.loads((tmp_path / "out" / "result.json").read_text())
    assert course["points.good"].iloc[0] == 0
    assert course["points.good"].is_monotonic_increasing
    assert course["points.good"].iloc[-1] == told["agents"]["good"]["earned"]["points"] > 0
    assert "points" in labels
    assert ">Points<" in (tmp_path / "out" / "report.html").read_text().replace('"text":"Points"', ">Points<")


def test_the_end_is_told_with_the_last_tenth_and_the_owner_alone_with_several_passes(run, file):
    answer = run("simulate", file, "--json")
    words = " ".join(run("simulate", file).stdout.split())

    told = json.loads(answer.stdout)["accuracy"]
    late = told["late"]
    assert late["lowest"] <= late["mean"] <= late["highest"]
    assert late["lowest"] <= told["final"] <= late["highest"]
    assert len(told["passes"]) == 5
    assert told["passes"][0] == told["baseline"]
    assert f"over the last tenth of the samples {late['mean']:.1%} on average" in words
    assert f"{told['baseline']:.1%} in one pass, {told['passes'][-1]:.1%} in 5 passes." in words


def test_the_report_marks_what_begins_or_ends_in_the_middle(run, file, tmp_path):
    run("simulate", file, "--out", tmp_path / "late", "--set", "agents.1.first=2 hours")
    run("simulate", file, "--out", tmp_path / "at once", "--set", "agents.1.first=1 second")

    late, at_once = ((tmp_path / name / "report.html").read_text() for name in ("late", "at once"))

    assert '"text":"bad begins"' in late
    assert '"text":"bad begins"' not in at_once
    assert '"text":"last sample contributed"' in late


def test_samples_and_settings_shorten_and_change_a_run(run, file, tmp_path):
    picture = tmp_path / "course.png"

    answer = run("simulate", file, "--samples", 20, "--set", "agents.1.balance=0", "--json", "--plot", picture)

    told = json.loads(answer.stdout)
    assert told["contributed"] == 10
    assert told["agents"]["bad"]["start_wei"] == 0
    assert picture.is_file()


def test_a_run_that_stops_early_says_why_and_writes_what_it_has(run, file, tmp_path):
    out = tmp_path / "out"

    answer = run("simulate", file, "--set", "agents.0.balance=0", "--set", "agents.1.balance=0", "--out", out)

    assert answer.exit_code == 1
    assert "The run ended early. No sample was contributed for" in answer.stderr
    assert "Traceback" not in answer.output
    assert json.loads((out / "result.json").read_text())["contributed"] == 0
    assert (out / "report.html").is_file()


@pytest.mark.parametrize("command", ["simulate", "sweep"])
def test_a_folder_that_cannot_be_written_to_is_reported_before_the_run(run, file, command):
    answer = run(command, file, "--out", file / "below")

    assert answer.exit_code == 2
    assert f"{file / 'below'} can't be made a folder to write to: Not a directory" in answer.stderr


@pytest.mark.parametrize(
    ("name", "words"),
    [("course.bmp", ".png, .svg or .pdf"), (".", "name a file"), ("none/course.png", "There is no folder")],
)
def test_a_picture_that_cannot_be_written_is_reported_before_the_run(run, file, tmp_path, name, words):
    (tmp_path / "folder.png").mkdir()

    answer = run("simulate", file, "--plot", tmp_path / name if name != "." else tmp_path / "folder.png")

    assert answer.exit_code == 2
    assert words in answer.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no full disk")
def test_a_full_disk_is_reported_when_the_result_was(run, file, tmp_path):
    (tmp_path / "result.json").symlink_to("/dev/full")

    answer = run("simulate", file, "--out", tmp_path, "--json")

    assert answer.exit_code == 1
    assert answer.stderr.endswith(f"{tmp_path} can't be written: No space left on device.\n")
    assert json.loads(answer.stdout)["contributed"] == 30


@pytest.mark.usefixtures("nowhere")
def test_without_anvil_a_run_is_on_py_evm_and_says_that_this_is_slow(run, file):
    answer = run("simulate", file, "--samples", 14, "--json")

    assert answer.exit_code == 0
    assert "anvil isn't installed: this runs on py-evm" in answer.stderr
    assert json.loads(answer.stdout)["audit_problems"] == []


def test_both_backends_find_the_same(run, file):
    answers = [run("simulate", file, "--samples", 16, "--backend", name, "--json") for name in ("anvil", "py-evm")]

    anvil, py_evm = (json.loads(answer.stdout) for answer in answers)
    nodes = [told["versions"].pop("node").split("/")[0] for told in (anvil, py_evm)]
    assert nodes == ["anvil", "py-evm"]
    assert anvil.pop("trainer") != py_evm.pop("trainer")
    assert anvil == py_evm


def test_a_backend_that_is_unknown_is_refused(run, file):
    answer = run("simulate", file, "--backend", "geth")

    assert answer.exit_code == 2
    assert "There is no backend 'geth'" in answer.stderr


def test_a_fork_is_not_made_on_py_evm(run, file):
    answer = run("simulate", file, "--backend", "py-evm", "--fork", "http://127.0.0.1:1", "0x" + "11" * 20)

    assert answer.exit_code == 2
    assert "A trainer is forked on anvil, not on py-evm" in answer.stderr


def test_a_single_seed_has_no_interval_in_the_json(run, file, tmp_path):
    answer = run("sweep", file, "--seeds", 1, "--out", tmp_path / "sweep", "--json")

    (one,) = json.loads(answer.stdout, parse_constant=pytest.fail)
    assert one["accuracy"]["final"]["half"] is None
    assert one["accuracy"]["final"]["count"] == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("simulate", "--backend", "geth"),
        ("simulate", "--samples", 1000),
        ("simulate", "--fork", "http://127.0.0.1:1", "0x" + "11" * 20),
        ("sweep", "--backend", "spark", "127.0.0.1:1"),
        ("sweep", "--backend", "dask", "127.0.0.1:1"),
        ("demo", "--backend", "geth"),
    ],
    ids=lambda arguments: " ".join(map(str, arguments[:3])),
)
def test_what_is_refused_is_refused_without_a_progress_bar(run, file, tmp_path, arguments):
    command, *options = arguments
    given = [] if command == "demo" else [file]
    more = ["--out", tmp_path / "sweep"] if command == "sweep" else []

    answer = run(command, *given, *options, *more)

    assert answer.exit_code in (1, 2)
    assert answer.stderr.count("\n") == 1
    assert "━" not in answer.output


def test_bad_input_is_one_sentence(run, file):
    answer = run("simulate", file, "--set", "incentive.wait=1")

    assert answer.exit_code == 2
    assert answer.stderr.count("\n") == 1
    assert "the key incentive.wait is unknown" in answer.stderr


def test_sweep_tells_means_with_intervals_for_every_setting(run, file, tmp_path):
    out = tmp_path / "sweep"

    answer = run("sweep", file, "--set", "incentive.weight=1e13,2e14", "--seeds", 3, "--out", out, "--json")

    assert answer.exit_code == 0
    told = json.loads(answer.stdout)
    assert [one["settings"] for one in told] == [["incentive.weight=1e13"], ["incentive.weight=2e14"]]
    assert told[0]["accuracy"]["final"]["count"] == 3
    assert told[0]["agents"]["bad"]["change"]["half"] > 0
    assert len(list((out / "runs").glob("*.json"))) == 6
    assert (out / "sweep.png").is_file()


def test_sweep_tells_medians_the_values_and_the_differences_seed_by_seed(run, file, tmp_path):
    out = tmp_path / "sweep"

    answer = run("sweep", file, "--set", "incentive.weight=1e13,2e14", "--seeds", 3, "--out", out)

    first, second = json.loads((out / "summary.json").read_text(), parse_constant=pytest.fail)
    one, other = (told["agents"]["bad"]["change"] for told in (first, second))
    assert first["more_than_first"] is None
    more = second["more_than_first"]["agents"]["bad"]["change"]
    assert more["values"] == pytest.approx([b - a for a, b in zip(one["values"], other["values"], strict=True)])
    assert sorted(other["values"])[1] == other["median"]
    assert f"{other['median']:,.1f}" in answer.stdout
    assert f"{more['mean']:+,.1f} ± {more['half']:,.1f}" in " ".join(answer.stdout.split())


def test_the_axis_of_a_sweeps_picture_goes_to_the_end_of_the_longest_run(run, file, tmp_path, monkeypatch):
    ends = []
    monkeypatch.setattr("matplotlib.axes.Axes.fill_between", lambda axes, days, *_, **__: ends.append(days[-1]))

    run("sweep", file, "--set", "agents.0.every=600,1200", "--seeds", 2, "--out", tmp_path / "sweep")

    times = [json.loads(path.read_text())["course"]["time"][-1] for path in (tmp_path / "sweep" / "runs").iterdir()]
    assert len(set(times)) > 1
    assert set(ends) == {max(times) / 86_400}


def test_tables_of_many_agents_fit_a_narrow_terminal(run, file, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    others = "".join(f'[[agents]]\nkind = "LabelFlipper"\nname = "somebody {number}"\n' for number in range(5))
    file.write_text(SCENARIO + others)

    one = run("simulate", file)
    many = run("sweep", file, "--seeds", 2, "--set", "incentive.weight=1e13,2e14", "--out", tmp_path / "sweep")

    for told in (one.stdout, many.stdout):
        assert max(map(len, told.splitlines())) <= 80
        assert "…" not in told
        for agent in ("good", "bad", *(f"somebody {number}" for number in range(5))):
            assert re.search(rf"\b{agent} +-?[\d.,]+", told)
    assert many.stdout.count("incentive.weight=1e13") == 2
    assert many.stdout.count("somebody 4") == 2


def test_runs_of_a_sweep_that_ended_early_are_reported_once_for_a_setting(run, file, tmp_path):
    nothing = ("--set", "agents.0.balance=0,1000", "--set", "agents.1.balance=0")

    answer = run("sweep", file, *nothing, "--seeds", 2, "--out", tmp_path / "sweep")

    assert "agents.0.balance=0, agents.1.balance=0: 2 of 2 runs ended early, that of seed 0 since: No" in answer.stderr
    assert answer.stderr.count("ended early") == 1


def test_a_sweep_continues_where_it_was(file, tmp_path):
    todo = cases(file, ["agents.1.every=1 hour,2 hours"], 2)
    seen = []

    def kill(done, total):
        seen.append(done)
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(todo, tmp_path / "runs", progress=kill)
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "runs").glob("*.json")}
    runs = sweep(todo, tmp_path / "runs", progress=lambda done, total: seen.append(done))

    assert len(stamps) == 2
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
    assert seen == [0, 1, 2, 2, 3, 4]
    assert [run.name for run in runs] == [str(case) for case in todo]


def test_two_processes_find_what_one_does(file, tmp_path):
    todo = cases(file, (), 2)

    one, two = (sweep(todo, tmp_path / str(jobs), jobs=jobs) for jobs in (1, 2))

    assert [run.summary["digest"] for run in one] == [run.summary["digest"] for run in two]


def test_failed_runs_are_kept_with_their_traceback_and_named_in_the_end(run, file, tmp_path, monkeypatch):
    def unlucky(scenario, *, seed):
        if seed == 1:
            raise ZeroDivisionError("bad luck")
        return simulate(scenario, seed=seed)

    monkeypatch.setattr("dcai.simulation.sweep.runs.simulate", unlucky)

    answer = run("sweep", file, "--seeds", 3, "--out", tmp_path / "sweep")

    assert answer.exit_code == 1
    assert "1 of 3 runs failed" in answer.stderr
    assert "seed 1: ZeroDivisionError: bad luck" in answer.stderr
    kept = [json.loads(path.read_text()) for path in (tmp_path / "sweep" / "runs").glob("*.json")]
    assert ["Traceback" in (one["failure"] or "") for one in kept].count(True) == 1


# What the machine has no say in


def test_a_finished_run_survives_a_notebooks_backend_a_missing_home_and_a_reader_who_has_gone(file, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    hostile = {
        "HOME": "/dev/null/none",
        "LC_ALL": "C",
        "MPLBACKEND": "module://not_installed.backend",
        "TZ": "nonsense",
    }
    reader, writer = os.pipe()
    os.close(reader)

    command = [sys.executable, "-m", "dcai", "simulate", file, "--out", out, "--plot", out / "own.svg"]
    told = subprocess.run(
        command, env=os.environ | hostile, stdout=writer, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False
    )

    os.close(writer)
    assert "Traceback" not in told.stderr
    assert {one.name for one in out.iterdir()} == {
        "actions.parquet",
        "course.parquet",
        "own.svg",
        "report.html",
        "report.png",
        "result.json",
    }


def test_a_picture_that_cannot_be_drawn_takes_nothing_along(run, file, tmp_path, monkeypatch):
    def fail(*_):
        raise RuntimeError("no fonts")

    monkeypatch.setattr("dcai.simulation.report.picture.draw", fail)
    out = tmp_path / "out"

    answer = run("simulate", file, "--out", out, "--plot", tmp_path / "own.png")

    assert answer.exit_code == 1
    assert "30 of 30 samples" in answer.stdout
    assert answer.stderr.endswith(f"{out} can't be drawn: RuntimeError: no fonts.\n")
    assert {"actions.parquet", "course.parquet", "result.json", "report.html"} <= {one.name for one in out.iterdir()}


def test_a_sweep_has_written_its_summary_when_its_picture_fails(run, file, tmp_path, monkeypatch):
    def fail(*_):
        raise ValueError("no backend")

    monkeypatch.setattr("dcai.simulation.report.multiples.draw_multiples", fail)

    answer = run("sweep", file, "--seeds", 1, "--out", tmp_path / "out")

    assert answer.exit_code == 1
    assert "sweep.png can't be drawn: ValueError: no backend." in answer.stderr
    assert json.loads((tmp_path / "out" / "summary.json").read_text())
