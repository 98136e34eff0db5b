"""Files are written whole or not at all, where they are: through links, with their mode, into pipes and devices."""

from __future__ import annotations

import errno
import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

import dcai
from dcai import files
from dcai.cli import app
from dcai.errors import InvalidInput
from dcai.incentives import HiddenTestSet

TEST_SET = HiddenTestSet((bytes(32) + b"\0\0\2\0\1",))


def save_model(path):
    dcai.save(path, dcai.NaiveBayes(classes=("a", "b")).fit([[1, 0], [0, 1]], [0, 1]))


WRITERS = {
    "any content": lambda path: files.write(path, "new"),
    "a model": save_model,
    "a hidden test set": TEST_SET.save,
}
each_writer = pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS.keys())


@pytest.fixture(autouse=True)
def nothing_is_left(tmp_path):
    """Check that no part of a file is left."""
    yield
    assert not [one for one in tmp_path.rglob("*") if "part" in one.name]


@each_writer
def test_a_link_stays_a_link(tmp_path, write):
    file, link, longer = (tmp_path / name for name in ("real/file", "link", "longer"))
    file.parent.mkdir()
    file.write_text("old")
    link.symlink_to("real/file")
    longer.symlink_to(link)

    write(longer)

    assert (link.is_symlink(), longer.is_symlink()) == (True, True)
    assert file.read_text() != "old"
    file.unlink()
    write(link)  # a link to nothing makes what it names
    assert file.is_file()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755, 0o4711])
def test_a_mode_stays(tmp_path, mode):
    file = tmp_path / "file"
    file.write_text("old")
    file.chmod(mode)

    save_model(file)

    assert stat.S_IMODE(file.stat().st_mode) == mode
    TEST_SET.save(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_new_file_has_the_mode_that_the_user_wants(tmp_path):
    before = os.umask(0o027)
    try:
        files.write(tmp_path / "file", "new")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640


@each_writer
def test_a_file_with_two_names_keeps_both(tmp_path, write):
    file, other = tmp_path / "file", tmp_path / "other"
    file.write_text("old " * 10_000)
    other.hardlink_to(file)

    write(file)

    assert file.samefile(other)
    assert "old" not in other.read_text()


@each_writer
def test_a_pipe_is_written_into(tmp_path, write):
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()

    write(pipe)

    reader.join()
    assert pipe.is_fifo()
    assert read[0]


@each_writer
def test_a_device_stays_and_a_full_one_is_an_error(tmp_path, write):
    full = tmp_path / "full"
    full.symlink_to("/dev/full")
    write("/dev/null")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)

    with pytest.raises((InvalidInput, OSError), match="No space left on device"):
        write(full)

    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)
    assert full.is_symlink()


@each_writer
def test_a_folder_a_socket_a_loop_and_a_read_only_file_are_refused(tmp_path, write):
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    read_only = tmp_path / "read-only"
    read_only.write_text("old")
    read_only.chmod(0o444)
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(str(tmp_path / "socket"))
        for name in ("folder", "socket", "loop", "read-only", "none/file", "read-only/file"):
            with pytest.raises((InvalidInput, OSError)):
                write(tmp_path / name)

    assert read_only.read_text() == "old"
    assert stat.S_ISSOCK((tmp_path / "socket").stat().st_mode)


@each_writer
def test_a_write_that_fails_leaves_what_was_there(tmp_path, write, monkeypatch):
    file = tmp_path / "file"
    file.write_text("old")

    def fail(*_):
        raise OSError(errno.ENOSPC, "disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises((InvalidInput, OSError), match="disk full"):
        write(file)

    assert file.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_what_is_collected_is_not_written_if_its_making_fails(tmp_path):
    file = tmp_path / "file"
    file.write_text("old")

    with pytest.raises(TypeError), files.written(file) as collected:
        collected.writelines([b"half", None])

    assert file.read_text() == "old"


# Commands


def test_a_model_goes_to_standard_output_alone(tmp_path):
    file = tmp_path / "model.json"
    command = [sys.executable, "-m", "dcai", "fit", "iris", "-o", "/dev/stdout"]

    piped = subprocess.run(command, capture_output=True, check=True)

    assert b"Written to /dev/stdout" in piped.stderr
    file.write_bytes(piped.stdout)
    dcai.load(file)


def test_standard_output_that_is_a_file_keeps_what_was_printed_before_and_gets_what_is_printed_after(tmp_path):
    code = "from dcai import files; print('before'); files.write('/dev/stdout', 'content'); print('after')"
    file = tmp_path / "output"

    with file.open("wb") as redirected:
        subprocess.run([sys.executable, "-c", code], stdout=redirected, check=True)

    assert file.read_text() == "before\ncontentafter\n"


@pytest.mark.parametrize("name", ["read-only", "socket", "loop"])
def test_what_cannot_be_written_is_reported_before_anything_is_computed(tmp_path, name):
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "read-only").touch(0o444)
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(str(tmp_path / "socket"))
        done = CliRunner().invoke(app, ["fit", "no-such-data", "-o", str(tmp_path / name)])

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{tmp_path / name} can't be written: ")
    assert done.stderr.count("\n") == 1


def test_the_files_of_a_run_are_written_through_links(tmp_path):
    scenario = tmp_path / "scenario.toml"
    scenario.write_text(
        'title = "Test"\n[data]\nname = "breast-cancer"\nsamples = 60\n[incentive]\nkind = "DepositRefundTake"\n'
        '[[agents]]\nkind = "Honest"\nname = "good"\n'
    )
    names = ("actions.parquet", "course.parquet", "result.json", "report.html", "report.png")
    (tmp_path / "out").mkdir()
    for name in (*names, "plot.svg"):
        (tmp_path / f"real-{name}").touch(0o600)
        (tmp_path / "out" / name).symlink_to(f"../real-{name}")

    done = CliRunner().invoke(
        app, ["simulate", str(scenario), "--out", str(tmp_path / "out"), "--plot", str(tmp_path / "out/plot.svg")]
    )

    assert done.exit_code == 0, done.stderr
    for name in (*names, "plot.svg"):
        assert (tmp_path / "out" / name).is_symlink()
        assert (tmp_path / f"real-{name}").stat().st_size > 0
        assert stat.S_IMODE((tmp_path / f"real-{name}").stat().st_mode) == 0o600


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="the system has no such device")
def test_what_has_no_end_is_not_read_to_the_end():
    with pytest.raises(OSError, match="File too large"):
        files.read("/dev/zero")
    with pytest.raises(InvalidInput, match=r"^/dev/zero can't be read: File too large"):
        dcai.load("/dev/zero")
    with pytest.raises(InvalidInput, match=r"^The test set /dev/zero can't be read: File too large"):
        HiddenTestSet.load("/dev/zero")
