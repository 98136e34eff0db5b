"""Run Slither's detectors on the shipped contracts: `python scripts/analyse.py`, with the packages of .venv-slither.

It reads the committed standard-JSON input, so that the analysed sources are the deployed ones:
`make lint` compiles them and compares before. Slither's own command line takes one file at a time, and
reports success even if it finds no contract in it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from crytic_compile import CryticCompile
from crytic_compile.compilation_unit import CompilationUnit
from crytic_compile.compiler.compiler import CompilerVersion
from crytic_compile.platform.solc import get_version
from crytic_compile.platform.solc_standard_json import (
    SolcStandardJson,
    parse_standard_json_output,
    run_solc_standard_json,
)
from slither import Slither
from slither.__main__ import get_detectors_and_printers

ROOT = Path(__file__).resolve().parent.parent
ARTIFACTS = ROOT / "dcai" / "artifacts"
SOLC = ROOT / "scripts" / "solc.js"
FAILING = ("High", "Medium")

NO_CODE = {"object": "", "sourceMap": ""}


class SyntaxTrees(SolcStandardJson):  # type: ignore[misc]  # mypy doesn't see the packages of .venv-slither
    """A compilation without bytecode: detectors read the syntax trees, and bytecode takes minutes."""

    def compile(self, crytic_compile: CryticCompile, **_options: Any) -> None:
        """Fill Slither's compilation, which by itself insists on bytecode."""
        unit = CompilationUnit(crytic_compile, "standard_json")
        unit.compiler_version = CompilerVersion("solc", get_version(str(SOLC), None), optimized=True)
        request = self.to_dict()
        request["settings"]["outputSelection"] = {"*": {"": ["ast"], "*": ["abi", "devdoc", "userdoc"]}}
        # scripts/compile.py judges the compiler's warnings
        output = run_solc_standard_json(request, unit.compiler_version, solc_disable_warnings=True, solc=str(SOLC))
        for contracts in output["contracts"].values():
            for contract in contracts.values():
                contract["evm"] = {"bytecode": NO_CODE, "deployedBytecode": NO_CODE}
        parse_standard_json_output(output, unit, solc_working_dir=str(ROOT))


def _ours(sources: dict[str, dict[str, str]]) -> dict[str, str]:
    return {name: source["content"] for name, source in sources.items() if name.startswith("contracts/")}


def _on_disk() -> dict[str, str]:
    paths = (ROOT / "contracts").rglob("*.sol")
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def main() -> None:
    """Print every finding of medium or higher in our own sources and fail if there is one."""
    standard_json = json.loads((ARTIFACTS / "standard_input.json").read_text())
    if _ours(standard_json["sources"]) != _on_disk():  # findings are looked up in the files
        sys.exit("dcai/artifacts/ does not match contracts/. Run `make compile` and commit the result.")
    slither = Slither(CryticCompile(SyntaxTrees(standard_json)), filter_paths=["node_modules/"])

    shipped = {path.stem for path in ARTIFACTS.glob("*.json")} - {"standard_input", "index"}
    analysed = {contract.name for contract in slither.contracts}
    if not shipped or shipped - analysed:
        missed = ", ".join(sorted(shipped - analysed)) or "any of ours"
        sys.exit(f"Slither analysed {len(analysed)} contracts, but not {missed}.")

    detectors, _ = get_detectors_and_printers()
    for detector in detectors:
        slither.register_detector(detector)
    findings = [finding for found in slither.run_detectors() for finding in found if finding["impact"] in FAILING]
    for finding in findings:
        print(f"{finding['impact']} ({finding['check']}): {finding['description']}")
    if findings:
        sys.exit(f"{len(findings)} finding(s) of medium or higher: fix them, or explain each where it stands.")
    print(f"Slither: {len(analysed)} contracts, {len(detectors)} detectors, nothing of medium or higher.")


if __name__ == "__main__":
    main()
