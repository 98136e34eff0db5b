"""Simulate every attack and rewrite docs/attacks.md: `python -m scripts.studies.attacks --only markets --seeds 20`.

Runs are kept in build/attacks: a second start continues where the first one ended.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from scripts.studies.attacks.measure import PAGE, PARTS, measure
from scripts.studies.attacks.runs import RunFailed, Runner


def main(
    seeds: Annotated[int, typer.Option(min=2, help="Runs per case.")] = 20,
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = 2,
    only: Annotated[
        str | None, typer.Option(help=f"Make one part again: {', '.join(PARTS)}. The others stay as they are.")
    ] = None,
) -> None:
    """Make every run that doesn't exist yet, and write the page."""
    if only not in (None, *PARTS):
        sys.exit(f"There is no part {only!r}: choose one of {', '.join(PARTS)}.")
    if only is not None and (former := PAGE.committed()["seeds"]) != seeds:
        sys.exit(f"The other parts have {former} seeds, not {seeds}: leave out --seeds, or --only.")
    try:
        figures = measure(Runner(seeds, jobs), only)
    except RunFailed as error:
        sys.exit(f"docs/attacks.md is unchanged: {error}")
    PAGE.write(figures)


if __name__ == "__main__":
    typer.run(main)
