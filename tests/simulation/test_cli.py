"""`dcai simulate`: its files, its output and its failures."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from dcai import datasets
from dcai.simulation import load_scenario, simulate

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.usefixtures("anvil")


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
    text = file.read_text()
    points = text[: text.index("[incentive]")] + '[incentive]\nkind = "Gamified"\nvalidate_after = "1 hour"\n'
    file.write_text(points + text[text.index("[[agents]]") :])

    run("simulate", file, "--out", tmp_path / "out")

    course = pd.read_parquet(tmp_path / "out" / "course.parquet")
    told = json.loads((tmp_path / "out" / "result.json").read_text())
    assert course["points.good"].iloc[0] == 0
    assert course["points.good"].is_monotonic_increasing
    assert course["points.good"].iloc[-1] == told["agents"]["good"]["earned"]["points"] > 0
    assert "points" in labels
    assert '"text":"Points"' in (tmp_path / "out" / "report.html").read_text()


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


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("simulate", "{file}", "--out", ""), "--out must name a file or folder (. is the working folder), not ''."),
        (("simulate", "{file}", "--plot", ""), "--plot must name a file or folder (. is the working folder), not ''."),
        (("simulate", ""), "FILE must name a file or folder (. is the working folder), not ''."),
        (("simulate", "{file}", "--seed", "-1"), "--seed must be 0 or more, not '-1'."),
        (("simulate", "{file}", "--seed", "1e400"), "--seed must be a whole number, not '1e400'."),
        (("simulate", "{file}", "--samples", "1"), "--samples must be 2 or more, not '1'."),
        (("sweep", "{file}", "--out", ""), "--out must name a file or folder (. is the working folder), not ''."),
        (("sweep", "{file}", "--jobs", "0"), "--jobs must be 1 or more, not '0'."),
        (("sweep", "{file}", "--seeds", "nan"), "--seeds must be a whole number, not 'nan'."),
        (("sweep", "{file}", "--backend", "dask", "127.0.0.1:1", "--jobs", "2"), "A cluster says how many processes "),
        (
            ("simulate", "{file}", "--set", "seed=1", "--seed", "2"),
            "seed is set twice, seed=1 and seed=2; leave one out.",
        ),
        (("simulate", "{file}", "--set", "data.samples=20", "--samples", "30"), "data.samples is set twice, "),
        (("sweep", "{file}", "--set", "data.samples=20,30", "--samples", "30"), "data.samples is set twice, "),
        (("sweep", "{file}", "--set", "unit=1", "--set", "unit=2,3"), "unit is set twice, unit=1 and unit=2; leave "),
        (("demo", "--plot", ""), "--plot must name a file or folder (. is the working folder), not ''."),
        (("demo", "--samples", "\x1b[2J"), "--samples must be a whole number, not '\\x1b[2J'."),
    ],
)
def test_a_value_that_an_option_cannot_have_is_one_sentence_with_both(
    run, file, tmp_path, monkeypatch, arguments, sentence
):
    monkeypatch.chdir(tmp_path)

    answer = run(*(one.format(file=file) for one in arguments))

    assert answer.exit_code == 2
    assert answer.stderr.startswith(sentence)
    assert answer.stderr.count("\n") == 1
    assert [one.name for one in tmp_path.iterdir()] == ["small.toml"]
