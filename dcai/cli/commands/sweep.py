"""Simulate a scenario with many settings and seeds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from dcai.cli.failing import errors_as_one_sentence
from dcai.cli.progress import counting
from dcai.cli.tables import table
from dcai.cli.writing import failure_of, failures_told, make_folder
from dcai.errors import DcaiError
from dcai.simulation.sweep.runs import Run, cases, sweep
from dcai.simulation.sweep.statistics import Figures, Interval, by_settings
from dcai.terminal import Console

_LARGE = 1_000  # figures from here on are shown without decimals


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
    out: Annotated[Path | None, typer.Option(help="The folder of the runs; sweep-NAME if left out.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of the table.")] = False,
) -> None:
    """Run a scenario with many settings and seeds. A sweep that was killed continues where it stopped."""
    with errors_as_one_sentence():
        folder = out or Path(f"sweep-{file.stem}")
        fixed = [f"data.samples={samples}"] if samples is not None else []
        todo = cases(file, settings or (), seeds, fixed)
        make_folder(folder)
        with counting() as progress:
            task = progress.add_task("Runs", total=len(todo))
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
                    f"Interrupted with {over} of {len(todo)} runs kept in {folder}; the same command does the others."
                ) from None
        groups = {settings: Figures.of(group) for settings, group in by_settings(runs).items() if group}
        told = [{"settings": list(settings), **figures.as_json()} for settings, figures in groups.items()]
        # files come first: whoever reads what is printed may go away in between
        with failures_told(folder):
            (folder / "summary.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        failure = failure_of(lambda: _draw(runs, folder / "sweep.png"), folder / "sweep.png")
        if as_json:
            typer.echo(json.dumps(told, indent=1))
        elif groups:
            _print(groups, todo[0].scenario.unit, folder)
        if failure is not None:
            raise failure
        _name_failures(runs, folder)


def _draw(runs: list[Run], file: Path) -> None:
    from dcai.simulation.report.multiples import draw_multiples  # matplotlib takes a second to import

    draw_multiples(runs, file)


def _print(groups: dict[tuple[str, ...], Figures], unit: int, folder: Path) -> None:
    """Print a line for each setting, and one for each agent under it: that fits however many there are."""
    things = dict.fromkeys(thing for figures in groups.values() for agent in figures.agents.values() for thing in agent)
    named = {settings: "\n".join(settings) or "as in the file" for settings in groups}
    accuracies = table("Accuracy on the hidden set: means over the seeds ± 95% intervals", ["set"])
    agents = table(f"Agents: money in units of {unit / 10**18:g} ether", ["set", "agent"])
    for title in ("runs", "in the end", "lowest", "owner alone"):
        accuracies.add_column(title, justify="right")
    for title in things:
        agents.add_column(title, justify="right")
    for settings, figures in groups.items():
        count = str(figures.accuracy["final"].count)
        accuracies.add_row(named[settings], count, *(f"{one:.1%}" for one in figures.accuracy.values()))
        for at, (name, agent) in enumerate(figures.agents.items()):
            cells = (_told(agent[thing]) if thing in agent else "" for thing in things)
            agents.add_row("" if at else named[settings], name, *cells)
        agents.add_section()
    console = Console()
    console.show(accuracies)
    console.show(agents)
    console.print(f"Runs, summary.json and sweep.png are in {folder}.")


def _told(interval: Interval) -> str:
    return format(interval, ",.0f" if abs(interval.mean) >= _LARGE else ",.1f")


def _name_failures(runs: list[Run], folder: Path) -> None:
    errors = Console(stderr=True)
    for settings, group in by_settings(runs).items():
        early = [run for run in group if run.summary is not None and run.summary["stopped"]]
        if early:
            named, first = ", ".join(settings) or "as in the file", early[0]
            assert first.summary is not None
            errors.print(
                f"{named}: {len(early)} of {len(group)} runs ended early, that of seed {first.seed} since: "
                f"{first.summary['stopped']}",
                soft_wrap=True,
            )
    failed = [run for run in runs if run.failure is not None]
    if failed:
        lines = "".join(f"\n  {run.name}: {(run.failure or '').strip().splitlines()[-1]}" for run in failed)
        raise DcaiError(f"{len(failed)} of {len(runs)} runs failed; their tracebacks are in {folder / 'runs'}:{lines}")
