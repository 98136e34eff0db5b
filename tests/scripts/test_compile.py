"""The files in dcai/artifacts/ come from the sources in contracts/; `make lint` compiles them all again."""

import json
import shutil

import pytest
from solcx import compile_standard

from dcai import artifacts
from scripts.compile import ARTIFACTS, STANDARD_INPUT, differences, find_solc, standard_input

SMALL = "TrainerFactory"


def test_the_artifacts_were_compiled_from_todays_sources_and_settings():
    assert json.loads((ARTIFACTS / STANDARD_INPUT).read_bytes()) == standard_input()


@pytest.mark.skipif(shutil.which("node") is None, reason="compiling needs Node, which is not installed")
def test_a_committed_artifact_is_byte_for_byte_what_its_source_compiles_to():
    committed = artifacts.load(SMALL)
    wanted = {committed["source"]: {SMALL: ["abi", "evm.bytecode.object"]}}
    settings = {**standard_input()["settings"], "outputSelection": wanted}

    output = compile_standard({**standard_input(), "settings": settings}, solc_binary=find_solc())

    compiled = output["contracts"][committed["source"]][SMALL]
    assert ("0x" + compiled["evm"]["bytecode"]["object"], compiled["abi"]) == (committed["bytecode"], committed["abi"])


def test_a_missing_a_stale_and_a_changed_artifact_are_each_named():
    built = {"Added.json": b"1", "Changed.json": b"1", "Same.json": b"1"}
    present = {"Changed.json": b"2", "Removed.json": b"1", "Same.json": b"1"}

    named = [line.split(":")[0] for line in differences(built, present)]

    assert named == ["Added.json", "Removed.json", "Changed.json"]
