"""Show a shared model being trained, attacked and defended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from dcai import datasets, demo
from dcai.cli.failing import errors_as_one_sentence
from dcai.cli.progress import counting
from dcai.cli.values import path_option
from dcai.cli.writing import check_picture, failure_of
from dcai.demo import UNIT_WEI
from dcai.errors import DcaiError
from dcai.simulation.result import Result
from dcai.simulation.run import default_backend, simulate
from dcai.terminal import Console


def run(
    data: Annotated[
        str, typer.Option(help="A data set of two classes: breast-cancer (built in), sms, imdb; see `dcai data list`.")
    ] = "breast-cancer",
    samples: Annotated[int | None, typer.Option(help="Use only so many training samples, 25 or more.")] = None,
    backend: Annotated[
        str | None, typer.Option(help="anvil or py-evm; if left out, anvil where it is installed, else py-evm.")
    ] = None,
    plot: Annotated[
        Path | None,
        path_option(help="Write the picture to this file: .png, .svg or .pdf."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of the table.")] = False,
) -> None:
    """Show a shared model being trained, attacked and defended.

    A perceptron is fitted on the first 8% of the training data and deployed on an embedded chain. An honest and a
    hostile contributor add the rest; the hostile one pays twice the deposit, comes a sixth as often, and gives every
    label wrong. Refunds and takes follow as days pass on the chain.
    """
    with errors_as_one_sentence():
        if plot is not None:
            check_picture(plot)
        dataset = datasets.load(data)
        scenario = demo.scenario(dataset, samples)
        what = f"{dataset.title} on {backend or default_backend()}"
        with counting(what, "Encoding the data") as show:
            result = simulate(scenario, backend=backend, progress=show)
        failure = None if plot is None else failure_of(lambda: _draw(result, plot), plot)
        if as_json:
            typer.echo(json.dumps(demo.summary(result), indent=2))
        else:
            _print(result, len(dataset.test_labels))
        if result.stopped:
            typer.echo(f"The run ended early. {result.stopped}", err=True)
        if failure is not None:
            raise failure
        if result.problems:
            raise DcaiError("The contract differs from its log: " + " ".join(result.problems))
        if result.stopped:
            raise typer.Exit(1)


def _draw(result: Result, file: Path) -> None:
    from dcai.simulation.report.picture import draw  # matplotlib takes a second to import

    draw(result, file)


def _print(result: Result, hidden: int) -> None:
    console = Console()
    half = result.course["accuracy"].iloc[len(result.course) // 2]
    title = f"Accuracy on {hidden:,} hidden samples; {result.samples:,} to contribute"
    accuracy = Table(title=title, title_justify="left")
    late = result.late
    found = {
        "before": result.initial,
        "half way": half,
        "last tenth": late.mean,
        "after": result.final,
        "all data, nobody hostile": result.baseline,
    }
    for name in found:
        accuracy.add_column(name, justify="right")
    accuracy.add_row(*(f"{value:.1%}" for value in found.values()))
    console.show(accuracy)
    console.print(
        f"Over the last tenth of the samples it was {late.lowest:.1%} to {late.highest:.1%}. Nobody hostile, "
        f"{len(result.alone)} passes: {result.alone[-1]:.1%}."
    )

    people = Table(title="Contributors", title_justify="left")
    people.add_column()
    for one in result.outcomes:
        people.add_column(one.name, justify="right")
    people.add_row("balance, start", *(f"{one.start_wei / UNIT_WEI:,.0f}" for one in result.outcomes))
    people.add_row("balance, end", *(f"{one.end_wei / UNIT_WEI:,.0f}" for one in result.outcomes))
    changes = (f"{one.end_wei / one.start_wei - 1:+.0%}" for one in result.outcomes)
    people.add_row("change", *changes, end_section=True)
    counts = demo.counts(result).values()
    for action in ("contributions", "refunds", "reports", "takes"):
        people.add_row(action, *(f"{of_one[action]:,}" for of_one in counts))
    people.add_row("gas", *(f"{one.gas:,}" for one in result.outcomes))
    console.show(people)
    console.print(f"Balances in units of {UNIT_WEI / 10**18:g} ether.")
    if result.audit is not None:
        console.print(f"The contract has {result.audit.balance_wei:,} wei and owes {result.audit.owed_wei:,}.")
    if result.problems == ():
        console.print("Audit: the contract's state equals its log, replayed through the twin, word for word.")
