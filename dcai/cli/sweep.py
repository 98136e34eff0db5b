"""`dcai sweep`: a scenario with many settings and seeds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from dcai.cli.failing import errors_as_one_sentence
from dcai.cli.writing import failures_told, make_folder
from dcai.errors import DcaiError
from dcai.simulation import statistics
from dcai.simulation.sweep import Run, cases, sweep


def run(
    file: Annotated[Path, typer.Argument(help="A scenario, TOML.")],
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUES", help="incentive.weight=1e12,1e13; every combination is run."),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds of each.")] = 20,
    jobs: Annotated[int, typer.Option(min=1, help="How many processes.")] = 1,
    samples: Annotated[int | None, typer.Option(min=2, help="Use only so many training samples.")] = None,
    backend: Annotated[
        tuple[str, str] | None, typer.Option(metavar="dask|ray ADDRESS", help="Run on an existing cluster.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where runs are kept; sweep-NAME where left out.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of the table.")] = False,
) -> None:
    """Run a scenario with many settings and seeds; a sweep that was killed continues where it was."""
    with errors_as_one_sentence():
        folder = out or Path(f"sweep-{file.stem}")
        fixed = [f"data.samples={samples}"] if samples is not None else []
        todo = cases(file, settings or (), seeds, fixed)
        make_folder(folder)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True)) as progress:
            task = progress.add_task(todo[0].scenario.title, total=len(todo))
            over = 0

            def show(done: int, total: int) -> None:
                nonlocal over
                over = done
                progress.update(task, completed=done, total=total)

            try:
                with failures_told(folder):
                    runs = sweep(todo, folder / "runs", jobs=jobs, cluster=backend, progress=show)
            except KeyboardInterrupt:
                raise DcaiError(
                    f"Interrupted with {over} of {len(todo)} runs kept in {folder}; the same command does the rest."
                ) from None
        groups = {settings: statistics.figures(group) for settings, group in statistics.by_settings(runs).items()}
        told = [
            {"settings": list(settings), "figures": {name: interval.as_json() for name, interval in figures.items()}}
            for settings, figures in groups.items()
        ]
        if as_json:
            typer.echo(json.dumps(told, indent=1))
        else:
            _print(groups, folder)
        from dcai.simulation.multiples import draw_multiples  # matplotlib takes a second to import

        with failures_told(folder):
            (folder / "summary.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
            draw_multiples(runs, folder / "sweep.png")
        _name_failures(runs, folder)


def _print(groups: dict[tuple[str, ...], dict[str, statistics.Interval]], folder: Path) -> None:
    table = Table(title="Means over the seeds ± 95% intervals; money in units", title_justify="left")
    table.add_column("set", no_wrap=True)
    names = list(dict.fromkeys(name for figures in groups.values() for name in figures if not name.endswith(" gas")))
    for name in names:
        table.add_column(name, justify="right")
    for settings, figures in groups.items():
        table.add_row(
            "\n".join(settings) or "as in the file",
            *(_told(name, figures[name]) if name in figures else "-" for name in names),
        )
    console = Console()
    console.print(table)
    console.print(f"Runs, summary.json and sweep.png are in {folder}.")


def _told(name: str, figure: statistics.Interval) -> str:
    return format(figure, ",.1f" if name.endswith(" won") else ".1%")


def _name_failures(runs: list[Run], folder: Path) -> None:
    errors = Console(stderr=True)
    for run in runs:
        if run.summary is not None and run.summary["stopped"]:
            errors.print(f"{run.name} ended early: {run.summary['stopped']}")
    failed = [run for run in runs if run.failure is not None]
    if failed:
        lines = "".join(f"\n  {run.name}: {(run.failure or '').strip().splitlines()[-1]}" for run in failed)
        raise DcaiError(f"{len(failed)} of {len(runs)} runs failed; their tracebacks are in {folder / 'runs'}:{lines}")
