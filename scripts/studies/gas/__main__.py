"""Measure gas, and compare with gas.json: `python -m scripts.studies.gas [--update]`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.progress import track

from scripts.studies.gas.measure import NEEDS_REVIEWS, PAGE, PARTS, drifts, excesses, measure


def main(update: Annotated[bool, typer.Option("--update", help="Rewrite gas.json and docs/gas.md.")] = False) -> None:
    """Measure gas; fail where a figure differs from gas.json or is above its limit."""
    gas = measure(track(PARTS, description="Measuring"))
    PAGE.show(gas)
    if missing := NEEDS_REVIEWS - gas.keys():
        print(f"Not measured, since DCAI_DATA_DIR holds no reviews: {', '.join(missing)}")
    if update:
        kept = {name: value for name, value in PAGE.committed().items() if name in missing}
        gas = dict(sorted((kept | gas).items()))
        PAGE.write(gas)
    problems = [f"Drifted: {line}" for line in drifts(gas, PAGE.committed())]
    problems += [f"Above its limit: {line}" for line in excesses(gas)]
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    typer.run(main)
