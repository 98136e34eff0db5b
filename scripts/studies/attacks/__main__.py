"""Simulate every attack and rewrite docs/attacks.md: `python -m scripts.studies.attacks [--seeds 20] [--jobs 2]`.

Runs are kept in build/attacks: a second start continues where the first one ended.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from scripts.studies.attacks.measure import PAGE, measure
from scripts.studies.attacks.runs import RunFailed, Runner


def main(
    seeds: Annotated[int, typer.Option(min=2, help="Runs per case.")] = 20,
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = 2,
) -> None:
    """Make every run that doesn't exist yet, and write the page."""
    try:
        figures = measure(Runner(seeds, jobs))
    except RunFailed as error:
        sys.exit(f"docs/attacks.md is unchanged: {error}")
    PAGE.write(figures)


if __name__ == "__main__":
    typer.run(main)
