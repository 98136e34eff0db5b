"""Where other data takes the place of a scenario's own."""

from __future__ import annotations

from dcai.cli.failing import tell
from dcai.datasets import source
from dcai.simulation.scenario.scenario import Scenario


def say_what_stands_in(scenario: Scenario) -> None:
    """Say on standard error that a scenario runs on other data than its own, and how to get its own."""
    data = scenario.data
    if data.instead_of is None:
        return
    there = source(data.instead_of)
    files = ", ".join(there.local_files)
    way_out = (
        f"`dcai data get {there.name}` downloads it" if there.files else f"DCAI_DATA_DIR names a folder for {files}"
    )
    tell(f"{data.name} takes the place of {there.name}, with what else [fallback] changes; {way_out}.")
