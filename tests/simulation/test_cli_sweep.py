"""`dcai sweep`: its files, its output and its failures."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dcai.simulation import simulate
from dcai.simulation.sweep.runs import cases, sweep

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.usefixtures("anvil")


def test_a_single_seed_has_no_interval_in_the_json(run, file, tmp_path):
    answer = run("sweep", file, "--seeds", 1, "--out", tmp_path / "sweep", "--json")

    (one,) = json.loads(answer.stdout, parse_constant=pytest.fail)
    assert one["accuracy"]["final"]["half"] is None
    assert one["accuracy"]["final"]["count"] == 1


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
    file.write_text(file.read_text() + others)

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


def test_a_sweep_has_written_its_summary_when_its_picture_fails(run, file, tmp_path, monkeypatch):
    def fail(*_):
        raise ValueError("no backend")

    monkeypatch.setattr("dcai.simulation.report.multiples.draw_multiples", fail)

    answer = run("sweep", file, "--seeds", 1, "--out", tmp_path / "out")

    assert answer.exit_code == 1
    assert "sweep.png can't be drawn: ValueError: no backend." in answer.stderr
    assert json.loads((tmp_path / "out" / "summary.json").read_text())
