"""The files in dcai/artifacts/ are what the sources in contracts/ compile to."""

import shutil

import pytest

from scripts.compile import build, committed, differences


@pytest.mark.skipif(shutil.which("node") is None, reason="compiling needs Node, which is not installed")
def test_the_committed_artifacts_are_byte_for_byte_what_the_sources_compile_to():
    assert differences(build(), committed()) == []


def test_a_missing_a_stale_and_a_changed_artifact_are_each_named():
    built = {"Added.json": b"1", "Changed.json": b"1", "Same.json": b"1"}
    present = {"Changed.json": b"2", "Removed.json": b"1", "Same.json": b"1"}

    named = [line.split(":")[0] for line in differences(built, present)]

    assert named == ["Added.json", "Removed.json", "Changed.json"]
