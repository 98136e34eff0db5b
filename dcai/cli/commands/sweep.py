"""Simulate a scenario with many settings and seeds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from dcai import files
from dcai.cli.failing import errors_as_one_sentence
from dcai.cli.progress import counting
from dcai.cli.standing_in import say_what_stands_in
from dcai.cli.tables import table
from dcai.cli.values import path_option, place
from dcai.cli.writing import failure_of, failures_told, made_folder
from dcai.errors import DcaiError, InvalidInput
from dcai.simulation.scenario.scenario import Scenario, heading
from dcai.simulation.sweep.runs import Run, cases, sweep
from dcai.simulation.sweep.statistics import Group, Spread, by_settings, grouped
from dcai.terminal import Console

_LARGE = 1_000  # figures from here on are shown without decimals

_MORE = "more than first"
_ACCURACIES = {"final": "in the end", "late": "last tenth", "lowest": "lowest", "alone": "owner alone"}


def run(
    file: Annotated[Path, typer.Argument(parser=place, help="A scenario, TOML.")],
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
    out: Annotated[Path | None, path_option(help="The folder of the runs; sweep-NAME if left out.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of the table.")] = False,
) -> None:
    """Run a scenario with many settings and seeds. A sweep that was killed continues where it stopped."""
    folder = out or Path(f"sweep-{file.stem}")
    with errors_as_one_sentence(), made_folder(folder), made_folder(folder / "runs"):
        if backend is not None and jobs != 1:
            raise InvalidInput(f"A cluster says how many processes there are: leave out --jobs {jobs}.")
        fixed = [f"data.samples={samples}"] if samples is not None else []
        todo = cases(file, settings or (), seeds, fixed)
        for scenario in {case.settings: case.scenario for case in todo}.values():
            say_what_stands_in(scenario)
        with counting("Runs", "Making the first run") as show:
            over = 0

            def progress(done: int, total: int) -> None:
                nonlocal over
                over = done
                if done:  # a cluster isn't reached before
                    show(done, total)

            try:
                with failures_told(folder):
                    runs = sweep(todo, folder / "runs", jobs=jobs, cluster=backend, progress=progress)
            except KeyboardInterrupt:
                raise DcaiError(
                    f"Interrupted with {over} of {len(todo)} runs kept in {folder}; the same command does the others."
                ) from None
        groups = grouped(runs)
        told = [group.as_json() for group in groups]
        # files come first: whoever reads what is printed may go away in between
        with failures_told(folder):
            files.write(folder / "summary.json", json.dumps(told, indent=1) + "\n")
        failure = failure_of(lambda: _draw(groups, folder / "sweep.png"), folder / "sweep.png")
        if as_json:
            typer.echo(json.dumps(told, indent=1))
        elif groups:
            _print(groups, todo[0].scenario, folder)
        if failure is not None:
            raise failure
        _name_failures(runs, folder)


def _draw(groups: Sequence[Group], file: Path) -> None:
    from dcai.simulation.report.multiples import draw_multiples  # matplotlib takes a second to import

    draw_multiples(groups, file)


def _print(groups: Sequence[Group], scenario: Scenario, folder: Path) -> None:
    """Print a line for each setting, and one for each agent under it: that fits however many there are."""
    accuracies = table("Accuracy on the hidden set: medians, and lowest to highest", ["set"])
    things = dict.fromkeys(thing for group in groups for agent in group.figures.agents.values() for thing in agent)
    main, unit = groups[0].main, f"{scenario.unit / 10**18:g} ether"
    agents = table(f"Agents, money in units of {unit}: medians, and least to most", ["set", "agent"])
    accuracies.add_column("runs", justify="right", overflow="fold")
    for title in (_ACCURACIES.get(name, f"owner {name}") for name in groups[0].figures.accuracy):
        accuracies.add_column(title, justify="right", overflow="fold")
    for thing in things:
        agents.add_column(thing, justify="right", overflow="fold")
        if thing == main and len(groups) > 1:
            agents.add_column(_MORE, justify="right", overflow="fold")
    if len(groups) > 1:
        accuracies.add_column(f"in the end, {_MORE}", justify="right", overflow="fold")
    for group in groups:
        accuracy = [_share(one) for one in group.figures.accuracy.values()]
        more = [] if len(groups) == 1 else [_compared(group.more.accuracy["final"] if group.more else None, ".1%")]
        accuracies.add_row(group.name, str(len(group.runs)), *accuracy, *more)
        for at, (name, agent) in enumerate(group.figures.agents.items()):
            cells = []
            for thing in things:
                cells.append(_told(agent[thing]) if thing in agent else "")
                if thing == main and len(groups) > 1:
                    cells.append(_compared(group.more.agents.get(name, {}).get(thing) if group.more else None))
            agents.add_row("" if at else group.name, name, *cells)
        agents.add_section()
    console = Console()
    console.print(heading(scenario.described()))
    console.show(accuracies)
    console.show(agents)
    if len(groups) > 1:
        console.print(f"{_MORE.capitalize()}: differences seed by seed, means ± 95% intervals, and medians.")
    console.print(f"Runs, summary.json and sweep.png are in {folder}.")


def _told(spread: Spread) -> str:
    """Return the median, and in another line from where to where the values go."""
    spec = _spec(spread)
    told = format(spread.median, spec)
    return told if len(spread.values) == 1 else f"{told}\n{min(spread.values):{spec}} to {max(spread.values):{spec}}"


def _share(spread: Spread) -> str:
    """Return the same of accuracies."""
    told, least, most = f"{spread.median:.1%}", 100 * min(spread.values), 100 * max(spread.values)
    return told if len(spread.values) == 1 else f"{told}\n{least:.0f}\N{EN DASH}{most:.0f}"


def _compared(spread: Spread | None, spec: str = "") -> str:
    """Return the mean difference with its interval, and in another line the median."""
    if spread is None:
        return ""
    spec = spec or _spec(spread)
    told = f"{spread.mean:+{spec}}"
    return told if len(spread.values) == 1 else f"{told}\n{spread.median:+{spec}}"


def _spec(spread: Spread) -> str:
    return ",.0f" if max(map(abs, spread.values)) >= _LARGE else ",.1f"


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
