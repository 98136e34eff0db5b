"""Compile contracts/ into dcai/artifacts/: `python scripts/compile.py`; with `--check`, only compare.

The standard-JSON input holds every source, ours and the imported ones, so that a block explorer can verify the
artifacts, and anyone can compile them again, without this repository. The bytecode carries no metadata hash: the bytes
are the same on every machine.
"""

from __future__ import annotations

import argparse
import json
import os
import posixpath
import re
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

import solcx
from solcx.exceptions import SolcError, SolcNotInstalled, UnexpectedVersionError

from dcai.accounts.environment import secrets_withheld
from dcai.chain.create2 import PROXY, SALT, created_address

ROOT = Path(__file__).resolve().parent.parent
ARTIFACTS = ROOT / "dcai" / "artifacts"
STANDARD_INPUT = "standard_input.json"
INDEX = "index.json"
"""Where each contract is on every chain, so that nobody has to load them all to find one."""

SOLC_VERSION: str = json.loads((ROOT / "package.json").read_text())["devDependencies"]["solc"]
OPTIMIZER_RUNS = 20_000
EVM_VERSION = "cancun"
MAX_DEPLOYED_BYTES = 24_576  # EIP-170

_DEPRECATED = "/// @solidity memory-safe-assembly"

IMPORT = re.compile(r"""^\s*import\s+(?:[^"';]*\bfrom\s+)?["']([^"']+)["']""", re.MULTILINE)


class CompileError(Exception):
    """The contracts can't be compiled into artifacts; the message says why."""


def find_solc() -> Path:
    """Return the compiler: a native one of the pinned version, or the npm package behind scripts/solc.js."""
    with suppress(SolcNotInstalled):
        return Path(solcx.install.get_executable(SOLC_VERSION))  # SOLCX_BINARY_PATH or ~/.solcx
    on_path = shutil.which("solc")
    if on_path and _is_pinned(Path(on_path)):
        return Path(on_path)
    if shutil.which("node") is None:
        raise CompileError(f"Neither solc {SOLC_VERSION} nor Node is installed; install one of them.")
    if not (ROOT / "node_modules" / "solc").is_dir():
        raise CompileError(f"The npm package solc {SOLC_VERSION} is not installed; run `make node`.")
    return ROOT / "scripts" / "solc.js"


def _is_pinned(solc: Path) -> bool:
    try:
        return _version(solc).split("+")[0] == SOLC_VERSION
    except (CalledProcessError, UnexpectedVersionError):  # a version manager's shim with no version chosen
        return False


def _version(solc: Path) -> str:
    """Return e.g. '0.8.37+commit.1234abcd', without the platform that the compiler was built for."""
    return str(solcx.wrapper.get_solc_version(solc, with_commit_hash=True))


def standard_input() -> dict[str, Any]:
    """Return the compiler's standard-JSON input: our contracts, everything they import, and the settings."""
    sources: dict[str, dict[str, str]] = {}
    wanted = [path.relative_to(ROOT).as_posix() for path in (ROOT / "contracts").rglob("*.sol")]
    while wanted:
        name = wanted.pop()
        if name in sources:
            continue
        path = ROOT / name if name.startswith("contracts/") else ROOT / "node_modules" / name
        if not path.is_file():
            raise CompileError(f"{name} is imported, but there is no file {path}.")
        sources[name] = {"content": path.read_text(encoding="utf-8")}
        for imported in IMPORT.findall(sources[name]["content"]):
            folder = posixpath.dirname(name) if imported.startswith(".") else ""
            wanted.append(posixpath.normpath(posixpath.join(folder, imported)))
    return {
        "language": "Solidity",
        "sources": sources,
        "settings": {
            "optimizer": {"enabled": True, "runs": OPTIMIZER_RUNS},
            "viaIR": True,
            "evmVersion": EVM_VERSION,
            "metadata": {"bytecodeHash": "none", "appendCBOR": False},
            "outputSelection": {"*": {"*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"]}},
        },
    }


def build() -> dict[str, bytes]:
    """Compile and return the artifacts, file name -> content, without writing anything.

    Raises
    ------
    CompileError
        If there is no compiler, the compiler finds an error, one of our own sources gives a warning, a contract is
        larger than EIP-170 allows, or two contracts have the same name.
    """
    solc = find_solc()
    standard_json = standard_input()
    _refuse_warnings(_messages(standard_json, solc))
    with secrets_withheld(), ThreadPoolExecutor() as pool:  # each waits for a compiler, which takes one core
        outputs = list(pool.map(lambda share: _compile(share, solc), _shares(standard_json)))

    settings = {name: value for name, value in standard_json["settings"].items() if name != "outputSelection"}
    compiler = {"version": _version(solc), "settings": settings}
    artifacts: dict[str, Any] = {STANDARD_INPUT: standard_json}
    for source, contracts in (item for output in outputs for item in output["contracts"].items()):
        for name, compiled in contracts.items():
            if not _is_shipped(source, compiled):
                continue
            if f"{name}.json" in artifacts:
                raise CompileError(f"Two contracts are named {name}, the second one in {source}. Rename one of them.")
            artifacts[f"{name}.json"] = {
                "contract_name": name,
                "source": source,
                "compiler": compiler,
                "abi": compiled["abi"],
                "bytecode": "0x" + compiled["evm"]["bytecode"]["object"],
                "deployed_bytecode": "0x" + compiled["evm"]["deployedBytecode"]["object"],
            }
            _refuse_oversize(name, deployed_bytes(artifacts[f"{name}.json"]))
    artifacts[INDEX] = {
        artifact["contract_name"]: created_address(PROXY, SALT, bytes.fromhex(artifact["bytecode"][2:]))
        for name, artifact in artifacts.items()
        if name != STANDARD_INPUT and deployed_bytes(artifact)
    }
    return {name: _canonical(content) for name, content in artifacts.items()}


def _shares(standard_json: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one input per core: all sources, and the outputs of a share of our own.

    With the same sources a contract compiles to the same bytes, whatever other outputs are wanted. Sources with similar
    names, such as those of trainers, take about the same time, so each share gets some of them.
    """
    ours = sorted(name for name in standard_json["sources"] if name.startswith("contracts/"))
    settings, cores = standard_json["settings"], os.cpu_count() or 1
    wanted = settings["outputSelection"]["*"]
    return [
        {**standard_json, "settings": {**settings, "outputSelection": dict.fromkeys(ours[first::cores], wanted)}}
        for first in range(min(cores, len(ours)))
    ]


def _compile(standard_json: dict[str, Any], solc: Path) -> dict[str, Any]:
    try:
        output: dict[str, Any] = solcx.compile_standard(standard_json, solc_binary=solc)
    except SolcError as error:
        raise CompileError(error.message) from error
    return output


def _messages(standard_json: dict[str, Any], solc: Path) -> list[dict[str, Any]]:
    """Return what the compiler has to say of our sources.

    It says 256 things and drops the rest. The libraries' comments about their assembly, which it calls deprecated, are
    more: they are left out of this compilation, which has no bytecode and takes seconds.
    """
    sources = {
        name: source if name.startswith("contracts/") else {"content": source["content"].replace(_DEPRECATED, "")}
        for name, source in standard_json["sources"].items()
    }
    settings = {**standard_json["settings"], "outputSelection": {"*": {"*": ["abi"]}}}
    messages: list[dict[str, Any]] = _compile({**standard_json, "sources": sources, "settings": settings}, solc).get(
        "errors", []
    )
    return messages


def _is_shipped(source: str, compiled: dict[str, Any]) -> bool:
    """Tell whether users need the artifact: the contract can be deployed, or it is an interface of one that can."""
    if source.startswith("contracts/interfaces/"):
        return True
    is_ours = source.startswith("contracts/") and not source.startswith(("contracts/types/", "contracts/libraries/"))
    return is_ours and bool(compiled["evm"]["bytecode"]["object"])  # an abstract contract has no bytecode


def _refuse_warnings(messages: list[dict[str, Any]]) -> None:
    ours = [m for m in messages if m.get("sourceLocation", {}).get("file", "contracts/").startswith("contracts/")]
    warnings = [message["formattedMessage"] for message in ours if message["severity"] == "warning"]
    if warnings:
        raise CompileError("\n".join([*warnings, f"{len(warnings)} warning(s) in our own sources; none are accepted."]))


def _refuse_oversize(name: str, size: int) -> None:
    if size > MAX_DEPLOYED_BYTES:
        raise CompileError(
            f"{name} has {size:,} bytes of deployed code; a chain accepts {MAX_DEPLOYED_BYTES:,} (EIP-170). "
            "Make it smaller, or lower OPTIMIZER_RUNS in scripts/compile.py."
        )


def deployed_bytes(artifact: dict[str, Any]) -> int:
    """Return the size of a contract's deployed code, 0 for an interface."""
    return len(artifact["deployed_bytecode"]) // 2 - 1


def _canonical(content: Any) -> bytes:
    return (json.dumps(content, sort_keys=True, indent=1) + "\n").encode()


def committed() -> dict[str, bytes]:
    """Return the committed artifacts, file name -> content."""
    return {path.name: path.read_bytes() for path in ARTIFACTS.glob("*.json")}


def differences(built: dict[str, bytes], present: dict[str, bytes]) -> list[str]:
    """Return the missing, stale and different artifacts, each with the reason."""
    return (
        [f"{name}: missing" for name in sorted(built.keys() - present.keys())]
        + [f"{name}: no contract has this name anymore" for name in sorted(present.keys() - built.keys())]
        + [f"{name}: differs" for name in sorted(built.keys() & present.keys()) if built[name] != present[name]]
    )


def _write(built: dict[str, bytes]) -> None:
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    for stale in committed().keys() - built.keys():
        (ARTIFACTS / stale).unlink()
    for name, content in built.items():
        (ARTIFACTS / name).write_bytes(content)


def _print_sizes(built: dict[str, bytes]) -> None:
    others = (STANDARD_INPUT, INDEX)
    artifacts = [json.loads(content) for name, content in sorted(built.items()) if name not in others]
    print(f"{'contract':<32}{'bytes':>8}{'  of ' + format(MAX_DEPLOYED_BYTES, ','):>10}")
    for artifact in artifacts:
        if size := deployed_bytes(artifact):
            print(f"{artifact['contract_name']:<32}{size:>8,}{size / MAX_DEPLOYED_BYTES:>11.0%}")


def main() -> None:
    """Compile contracts/ into dcai/artifacts/, or compare what is there with what they compile to."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if an artifact differs")
    check = parser.parse_args().check
    try:
        built = build()
    except CompileError as error:
        sys.exit(str(error))
    if not check:
        _write(built)
        _print_sizes(built)
    elif wrong := differences(built, committed()):
        sys.exit("\n".join([*wrong, "dcai/artifacts/ is not what contracts/ compiles to: run `make compile`."]))


if __name__ == "__main__":
    main()
