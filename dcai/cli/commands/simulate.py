"""Simulate what happens to a shared model and its money when people misbehave."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from dcai.cli.failing import errors_as_one_sentence, tell
from dcai.cli.progress import counting
from dcai.cli.standing_in import say_what_stands_in
from dcai.cli.tables import table
from dcai.cli.values import path_option, place
from dcai.cli.writing import check_picture, failure_of, made_folder
from dcai.errors import DcaiError, InvalidInput
from dcai.incentives.rules import Rules
from dcai.simulation.fork import check_settings, simulate_fork
from dcai.simulation.outcome import Outcome
from dcai.simulation.record import Record
from dcai.simulation.result import Result
from dcai.simulation.run import check_local, default_backend, simulate
from dcai.simulation.scenario.scenario import load_scenario
from dcai.terminal import Console


def run(
    file: Annotated[
        Path,
        typer.Argument(
            parser=place,
            help="A scenario, TOML: see simulations/ and docs/simulation.md. Or the result.json of a run, to make that "
            "again.",
        ),
    ],
    fork: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="URL ADDRESS",
            help="Let the file's agents loose on a copy of a deployed trainer, read from the node at URL. Agents and "
            "data are the file's; model and incentive are the trainer's. The record of such a run begins with the same "
            "block again.",
        ),
    ] = None,
    backend: Annotated[
        str | None, typer.Option(help="anvil or py-evm; if left out, anvil where it is installed, else py-evm.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="The seed, in place of the file's.")] = None,
    samples: Annotated[
        int | None,
        typer.Option(
            min=2,
            help="Use only so many training samples; the time to participate in a market changes in proportion.",
        ),
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change the scenario: incentive.weight=1e13.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of the table.")] = False,
    plot: Annotated[
        Path | None,
        path_option(help="Write a picture to this file: .png, .svg or .pdf."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=place, metavar="PATH", help="Write Parquet, JSON, an HTML report and a picture to this folder."
        ),
    ] = None,
) -> None:
    """Run a scenario against the deployed bytecode on a chain of this machine."""
    with errors_as_one_sentence(), nullcontext() if out is None else made_folder(out):
        if plot is not None:
            check_picture(plot)
        # as settings, so that one that is set besides is refused
        options = {"data.samples": samples, "seed": seed}
        changes = [*(settings or ()), *(f"{key}={value}" for key, value in options.items() if value is not None)]
        record = Record.of(file)
        scenario = load_scenario(file, changes)
        if fork is None:
            check_local(scenario)
        else:
            check_settings(changes)
            if backend not in (None, "anvil"):
                raise InvalidInput(f"A trainer is forked on anvil, not on {backend}; leave out --backend.")
        if fork is None and backend is None and default_backend() == "py-evm":
            typer.echo("anvil isn't installed: this runs on py-evm, which is some hundred times slower.", err=True)
        say_what_stands_in(scenario)
        settling = Rules.of(scenario.incentive.incentive).settling
        with counting("Contributed", "Encoding the data") as show:

            def progress(done: int, total: int) -> None:
                show(done, total, f"Contributed; {settling}" if settling and done == total else "Contributed")

            if fork is None:
                result = simulate(scenario, backend=backend, progress=progress)
            else:
                result = simulate_fork(scenario, *fork, progress=progress)
        # files come first: whoever reads what is printed may go away in between
        failures = []
        if out is not None:
            failures.append(failure_of(lambda: _write(result, out), out))
        if plot is not None:
            failures.append(failure_of(lambda: _draw(result, plot), plot))
        if as_json:
            typer.echo(json.dumps(result.summary(), indent=1))
        else:
            _print(result)
        if record is not None:
            tell(record.compared(result))
        if result.stopped:
            typer.echo(f"The run ended early. {result.stopped}", err=True)
        for failure in filter(None, failures):
            raise failure
        if result.problems:
            raise DcaiError("The contract differs from its log: " + " ".join(result.problems))
        if result.stopped:
            raise typer.Exit(1)


def _write(result: Result, folder: Path) -> None:
    from dcai.simulation.report.output import write

    write(result, folder)


def _draw(result: Result, file: Path) -> None:
    from dcai.simulation.report.picture import draw  # matplotlib takes a second to import

    draw(result, file)


def _print(result: Result) -> None:
    console = Console()
    unit = result.scenario["unit"]
    lines = [result.title, f"{result.contributions}, {len(result.actions):,} actions, {result.seconds:.1f} s."]
    if result.fork is not None:
        contract, fork = result.versions["contract"], result.fork
        left_alone = f" {fork.open_batches:,} open batches of others are left alone." if fork.open_batches else ""
        lines.append(f"A copy of the {contract} at {fork.trainer}, block {fork.block:,} of chain {fork.chain_id}.")
        lines[-1] += left_alone
    console.print("\n".join([*lines, result.accuracies]))
    console.show(_money(result.outcomes, unit))
    if any(one.earned for one in result.outcomes):
        console.show(_earned(result.outcomes))
    console.show(_actions(result.outcomes))
    if result.problems == ():
        console.print("Audit: the contract's state equals its log, replayed, word for word.")


def _money(outcomes: Sequence[Outcome], unit: int) -> Table:
    money = table(f"Money, units of {unit / 10**18:g} ether", [""])
    titles = ["start", "end", "change", "still open", "paid for gas"]
    outside = any(one.outside_wei for one in outcomes)
    for title in [*titles, *(["from real people"] if outside else [])]:
        money.add_column(title, justify="right")
    for one in outcomes:
        amounts = (one.start_wei, one.end_wei, one.gain_wei, one.open_wei, one.fee_wei)
        more = (one.outside_wei,) if outside else ()
        money.add_row(one.name, *(f"{amount / unit:,.2f}" for amount in (*amounts, *more)))
    return money


def _earned(outcomes: Sequence[Outcome]) -> Table:
    earned = table("Earned", [""])
    things = dict.fromkeys(thing for one in outcomes for thing in one.earned)
    for thing in things:
        earned.add_column(thing, justify="left" if thing == "badges" else "right")
    for one in outcomes:
        earned.add_row(one.name, *map(one.earned_text, things))
    return earned


def _actions(outcomes: Sequence[Outcome]) -> Table:
    actions = table("Actions (refused)", [""])
    functions = dict.fromkeys(function for one in outcomes for function in (*one.done, *one.refused))
    for function in functions:
        actions.add_column(function, justify="right")
    for one in outcomes:
        counts = ((one.done.get(function, 0), one.refused.get(function, 0)) for function in functions)
        actions.add_row(one.name, *(f"{done:,}" + (f" ({refused:,})" if refused else "") for done, refused in counts))
    return actions
