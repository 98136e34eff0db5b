"""Run Slither's detectors over what we ship: `python scripts/analyse.py`, with the packages of .venv-slither.

It reads the committed standard-JSON input, so that what is analysed is what is deployed; `compile.py --check` comes
first, since findings are looked up in the sources. Slither's own command line takes one file at a time, and calls it
a success when it found no contract in it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from crytic_compile import CryticCompile
from crytic_compile.platform.solc_standard_json import SolcStandardJson
from slither import Slither
from slither.__main__ import get_detectors_and_printers

ROOT = Path(__file__).resolve().parent.parent
ARTIFACTS = ROOT / "dcai" / "artifacts"
FAILING = ("High", "Medium")


def main() -> None:
    """Print every finding of medium or higher in our own sources and fail if there is one."""
    standard_json = json.loads((ARTIFACTS / "standard_input.json").read_text())
    del standard_json["settings"]["outputSelection"]  # Slither asks for what it needs
    compilation = CryticCompile(
        SolcStandardJson(standard_json),
        solc=str(ROOT / "scripts" / "solc.js"),
        solc_working_dir=str(ROOT),
        solc_disable_warnings=True,  # scripts/compile.py judges those
    )
    slither = Slither(compilation, filter_paths=["node_modules/"])

    shipped = {path.stem for path in ARTIFACTS.glob("*.json")} - {"standard_input"}
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
        sys.exit(f"{len(findings)} finding(s) of medium or higher: repair them, or explain each where it stands.")
    print(f"Slither: {len(analysed)} contracts, {len(detectors)} detectors, nothing of medium or higher.")


if __name__ == "__main__":
    main()
