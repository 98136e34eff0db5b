"""Measure accuracy on real data sets: `python -m scripts.studies.accuracy [--update]`."""

from __future__ import annotations

import sys
import warnings
from typing import Annotated

import typer
from rich.progress import Progress

from dcai.datasets import DataUnavailable
from scripts.studies.accuracy.measure import PAGE, STEPS, TOLERANCE, Measured, measure
from scripts.studies.accuracy.tasks import LOADERS


def main(update: Annotated[bool, typer.Option("--update", help="Rewrite docs/accuracy.md.")] = False) -> None:
    """Measure accuracy; fail where a model is too far from scikit-learn's."""
    # pixels that are the same in all pictures of a digit; predictions don't use the deviations
    warnings.filterwarnings("ignore", message=".*within_class_std_dev_.*")
    measured, missing = Measured(), list[str]()
    with Progress() as progress:
        bar = progress.add_task("Loading", total=STEPS)
        for load in LOADERS:
            try:
                task = load()
            except DataUnavailable as error:
                missing.append(str(error))
                continue
            measure(task, measured, lambda step: progress.update(bar, description=step, advance=1))
    PAGE.show(measured.figures())
    for reason in missing:
        print(f"Skipped: {reason}")
    if update and missing:
        sys.exit("docs/accuracy.md is unchanged: it needs all data sets.")
    if update:
        PAGE.write(measured.figures())
    if missed := [f"{one.model} on {one.task}" for one in measured.results if one.missed]:
        sys.exit(f"More than {TOLERANCE} points from scikit-learn: {', '.join(missed)}")


if __name__ == "__main__":
    typer.run(main)
