"""A third party's package, tests/third_party: its contracts compiled, and the whole installed as a package."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import sys

import pytest
import solcx

from dcai import artifacts
from scripts.compile import ROOT, CompileError, find_solc

FOLDER = ROOT / "tests/third_party"
FAULTS = ROOT / "tests/support/contracts/PledgeFaults.sol"


def compiled():
    """Return the artifact of each contract, those with faults too; without a compiler, skip the test.

    Our own sources are those that ship with the package.
    """
    try:
        solc = find_solc()
    except CompileError as error:
        pytest.skip(str(error))
    sources = [path.relative_to(ROOT).as_posix() for path in (*sorted(FOLDER.rglob("*.sol")), FAULTS)]
    request = copy.deepcopy(artifacts.load("standard_input"))
    request["sources"] |= {source: {"content": (ROOT / source).read_text()} for source in sources}
    wanted = {"*": ["abi", "evm.bytecode.object"]}
    request["settings"]["outputSelection"] = dict.fromkeys(sources, wanted)
    output = solcx.compile_standard(request, solc_binary=solc)["contracts"]
    return {
        name: {"abi": one["abi"], "bytecode": "0x" + one["evm"]["bytecode"]["object"]}
        for source in sources
        for name, one in output[source].items()
        if one["evm"]["bytecode"]["object"]
    }


def write(contracts, folder):
    """Write artifacts to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, artifact in contracts.items():
        (folder / f"{name}.json").write_text(json.dumps(artifact))


def installed(contracts, folder):
    """Install the package, with its contracts, as pip does; return where it is."""
    source, target = folder / "source", folder / "site"
    shutil.copytree(FOLDER, source, ignore=shutil.ignore_patterns("__pycache__"))
    write(contracts, source / "pledge/artifacts")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--target", target, source], check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return target
