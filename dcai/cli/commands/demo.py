"""Show a shared model being trained, attacked and defended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from dcai import datasets, demo
from dcai.chain import local_chain
from dcai.cli.failing import errors_as_one_sentence
from dcai.cli.writing import check_picture
from dcai.demo import UNIT_WEI, Outcome
from dcai.errors import DcaiError


def run(
    data: Annotated[
        str, typer.Option(help="A data set of two classes: breast-cancer (built in), sms, imdb; see `dcai data list`.")
    ] = "breast-cancer",
    samples: Annotated[int | None, typer.Option(help="Use only so many training samples, 25 or more.")] = None,
    backend: Annotated[
        str | None, typer.Option(help="anvil or py-evm; left out, anvil where it is installed, else py-evm.")
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="Write the picture to this file: .png, .svg or .pdf.")] = None,
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
        demo.check(dataset, samples)
        errors = Console(stderr=True)
        with local_chain(backend) as chain, _progress(errors) as progress:
            task = progress.add_task(f"{dataset.title} on {chain.backend}", total=None)
            outcome = demo.run(
                chain,
                dataset,
                samples=samples,
                progress=lambda done, total: progress.update(task, completed=done, total=total),
            )
        if plot is not None:
            from dcai.plot import plot_demo  # matplotlib takes a second to import

            plot_demo(outcome, plot)
        if as_json:
            typer.echo(json.dumps(outcome.as_json(), indent=2))
        else:
            _print(outcome)
        if outcome.problems:
            raise DcaiError("The contract differs from its log: " + " ".join(outcome.problems))


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console
    )


def _print(outcome: Outcome) -> None:
    console = Console()
    half = outcome.course[len(outcome.course) // 2].accuracy
    title = f"Accuracy on {outcome.test_size:,} hidden samples; {outcome.train_size:,} to train with"
    accuracy = Table(title=title, title_justify="left")
    for name in ("before", "half way", "after", "all data, nobody hostile"):
        accuracy.add_column(name, justify="right")
    accuracy.add_row(*(f"{value:.1%}" for value in (outcome.initial, half, outcome.final, outcome.baseline)))
    console.print(accuracy)

    people = Table(title="Contributors", title_justify="left")
    people.add_column()
    for name in outcome.balances_wei:
        people.add_column(name, justify="right")
    balances = outcome.balances_wei.values()
    people.add_row("balance, start", *(f"{one['start'] / UNIT_WEI:,.0f}" for one in balances))
    people.add_row("balance, end", *(f"{one['end'] / UNIT_WEI:,.0f}" for one in balances))
    people.add_row("change", *(f"{one['end'] / one['start'] - 1:+.0%}" for one in balances), end_section=True)
    for action in ("contributions", "refunds", "reports", "takes"):
        people.add_row(action, *(f"{counts[action]:,}" for counts in outcome.counts.values()))
    people.add_row("gas", *(f"{gas:,}" for gas in outcome.gas.values()))
    console.print(people)
    console.print(
        f"Balances in units of {UNIT_WEI / 10**18:g} ether. "
        f"The contract has {outcome.contract_balance_wei:,} wei and owes {outcome.owed_wei:,}."
    )
    if not outcome.problems:
        console.print("Audit: the contract's state equals its log, replayed through the twin, word for word.")
