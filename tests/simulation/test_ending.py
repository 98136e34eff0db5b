"""What a signal ends, ends with all its processes, a sentence, and no empty folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from dcai.cli.failing import end_when_terminated
from dcai.simulation import run as running

ROOT = Path(__file__).resolve().parents[2]
# longer than any test: what ends, ends by the signal
LONG = ["--set", "data.samples=398", "--seeds", "500", "--jobs", "2"]

pytestmark = pytest.mark.usefixtures("anvil")


@pytest.fixture
def started(tmp_path):
    """Return a function that starts a command and waits until a file or folder like a pattern is there."""
    begun = []

    def start(*command, until=None):
        child = subprocess.Popen(
            [sys.executable, "-m", "dcai", *map(str, command)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"TMPDIR": str(tmp_path)},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        begun.append(child)
        if until is not None:
            soon(lambda: list(tmp_path.glob(until)), seconds=120)
        return child

    yield start
    for child in begun:
        child.kill()
        child.communicate()


def soon(condition, seconds=30):
    """Wait until a condition holds."""
    wanted = retry_if_result(lambda answer: not answer)
    return Retrying(retry=wanted, stop=stop_after_delay(seconds), wait=wait_fixed(0.1))(condition)


def below(parent):
    """Return the processes that a process has started, and those that they have."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
        except OSError:  # over in between
            continue
        found.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(folder.name))
    children = list(found.get(parent, ()))
    for child in children:
        children += found.get(child, ())
    return children


def is_alive(process):
    try:
        return (Path("/proc") / str(process) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_all_processes_of_a_sweep_end_with_it_however_it_ends(started, file, tmp_path, number):
    sweep = started("sweep", file, *LONG, "--out", tmp_path / "out", until="out/runs/*.json")
    processes = below(sweep.pid)

    sweep.send_signal(number)
    _, told = sweep.communicate(timeout=60)

    assert len(processes) >= 4  # two workers, and a node of each at least
    soon(lambda: not any(map(is_alive, processes)))
    if number != signal.SIGKILL:
        assert "kept in" in told
        assert "Traceback" not in told


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_the_data_is_read_leaves_a_sentence_and_no_empty_folder(
    run, file, tmp_path, monkeypatch, number, status
):
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    monkeypatch.setattr(running, "loaded", lambda *_: signal.raise_signal(number))
    try:
        end_when_terminated()
        answer = run("simulate", file, "--out", tmp_path / "deep" / "out")
    finally:
        signal.signal(signal.SIGTERM, before)

    assert answer.exit_code == status
    assert answer.stderr.endswith("Interrupted.\n" if number == signal.SIGINT else "Terminated.\n")
    assert not (tmp_path / "deep").exists()


def test_a_signal_while_the_command_is_imported_leaves_a_sentence(run, file, tmp_path, monkeypatch):
    def interrupted(name):
        raise KeyboardInterrupt

    monkeypatch.setattr("dcai.cli.lazy.importlib.import_module", interrupted)

    answer = run("simulate", file, "--out", tmp_path / "out")

    assert (answer.exit_code, answer.stderr) == (130, "Interrupted.\n")


def test_what_is_refused_leaves_no_empty_folder_and_one_that_was_there_stays(run, file, tmp_path):
    (tmp_path / "there").mkdir()
    for command, name in (("simulate", "simulated"), ("sweep", "swept"), ("simulate", "there")):
        answer = run(command, file, "--set", "data.samples=1000", "--out", tmp_path / name / "")
        assert answer.exit_code != 0, command

    assert not (tmp_path / "simulated").exists()
    assert not (tmp_path / "swept").exists() or any((tmp_path / "swept" / "runs").iterdir())
    assert (tmp_path / "there").is_dir()
