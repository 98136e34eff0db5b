"""Measure speed: `python -m scripts.studies.bench [throughput] [simulation] [--json] [--update]`."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Annotated

import rich
import typer

from scripts.studies.bench import simulation, throughput
from scripts.studies.pages import Figures


class Part(StrEnum):
    """What is measured."""

    THROUGHPUT = "throughput"
    SIMULATION = "simulation"


MODULES = {Part.THROUGHPUT: throughput, Part.SIMULATION: simulation}


def main(
    parts: Annotated[list[Part] | None, typer.Argument(help="What to measure; everything by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of pages.")] = False,
    update: Annotated[
        bool, typer.Option("--update", help="Rewrite docs/bench.md or docs/bench-simulation.md.")
    ] = False,
) -> None:
    """Measure speed; fail where a bound is missed."""
    rich.reconfigure(stderr=True)  # progress bars, those of the package too
    measured: Figures = {}
    bounds: dict[str, float] = {}
    for part in parts or list(Part):
        module = MODULES[part]
        figures = module.measure()
        if not as_json:
            module.PAGE.show(figures)
        if update:
            module.PAGE.write(figures)
        measured |= figures
        bounds |= module.BOUNDS
    if as_json:
        print(json.dumps(measured, indent=1))
    if missed := [name for name, bound in bounds.items() if name in measured and measured[name]["value"] < bound]:
        sys.exit(f"Bounds missed: {', '.join(missed)}")


if __name__ == "__main__":
    typer.run(main)
