"""A third party's package, tests/third_party: its contracts compiled, and the whole installed as a package."""

from __future__ import annotations

import copy
import importlib
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass

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


def of_faults(pledge, fault):
    """Return an incentive with a fault: a variant of the pledge under a name of its own."""
    terms, trainer, log = (importlib.import_module(f"pledge.{name}") for name in ("terms", "trainer", "log"))

    @dataclass(frozen=True)
    class Cheap(terms.Pledge):
        """A wei below what the contract asks."""

        suffix = "Cheap"

        def price(self, elapsed, sizes=(1,)):
            return self.pledge_wei * len(sizes) - 1

    @dataclass(frozen=True)
    class Forgetful(terms.Pledge):
        """Reads another time out of a trainer's code."""

        suffix = "Forgetful"

        @classmethod
        def from_packed(cls, word, size_unit):
            return cls(terms.Pledge.from_packed(word, size_unit).pledge_wei, 60, size_unit)

    @dataclass(frozen=True)
    class Leaking(terms.Pledge):
        suffix = "Leaking"

    @dataclass(frozen=True)
    class Forgetting(terms.Pledge):
        suffix = "Forgetting"

    @dataclass(frozen=True)
    class Deaf(terms.Pledge):
        """Doesn't hear what its contract tells."""

        suffix = "Deaf"

    class DeafHistory(log.PledgeHistory):
        def apply(self, event, times):
            pass

    kinds = {kind.__name__: kind for kind in (Cheap, Forgetful, Leaking, Forgetting, Deaf)}

    class FaultyTrainer(trainer.PledgeTrainer, incentive=kinds[fault]):
        history_type = DeafHistory if fault == "Deaf" else log.PledgeHistory

    return kinds[fault]
