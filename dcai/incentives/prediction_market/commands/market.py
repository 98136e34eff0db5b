"""Provide, watch and settle prediction markets."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.table import Table

from dcai.amounts import rounded
from dcai.cli.asking import agreed
from dcai.cli.failing import errors_as_one_sentence
from dcai.cli.node import Node, Sender, asks, sends
from dcai.cli.reading import read
from dcai.cli.units import naming, wei
from dcai.cli.values import place
from dcai.cli.writing import check_file
from dcai.errors import DcaiError, InvalidInput
from dcai.incentives import HiddenTestSet
from dcai.incentives.prediction_market.course import Phase
from dcai.incentives.prediction_market.paying import Payments
from dcai.incentives.prediction_market.trainer import MarketTrainer
from dcai.terminal import Console
from dcai.times import duration_text, moment_text
from dcai.untrusted import one_line

app = typer.Typer(help="Provide, watch and settle prediction markets.", no_args_is_help=True)

Address = Annotated[str, typer.Argument(help="The address of a trainer with a prediction market.")]
TestSetFile = Annotated[
    Path, typer.Argument(parser=place, help="The hidden test set, as `dcai market prepare` writes it.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Send without asking.")]

# what goes on with it
_COMMANDS = {
    Phase.PREPARED: "commit",
    Phase.DRAWING: "open",
    Phase.OPENING: "open",
    Phase.REVEAL: "settle",
    Phase.EVALUATION: "settle",
    Phase.PAYMENT: "settle",
    Phase.FAILED: "settle",
    Phase.UNOPENED: "forfeit",
}


@app.command()
@asks
def prepare(
    address: Address,
    node: Node,
    data: Annotated[str, typer.Argument(help="A data set's name or a CSV file with test samples, as for `dcai fit`.")],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", parser=place, metavar="PATH", help="Where to write the hidden test set: keep it secret."
        ),
    ],
    label: Annotated[str | None, typer.Option(help="Column of the classes in a CSV file; label if left out.")] = None,
    text: Annotated[str | None, typer.Option(help="Column of the texts in a CSV file; text if left out.")] = None,
) -> None:
    """Make a hidden test set of labelled data, in the portions that a market has, and write it to a file.

    If the data set has a test part, that part is used. If there are more samples than the portions hold, they are
    drawn at random.
    """
    with errors_as_one_sentence():
        market = _market(node, address)
        if output.exists():
            raise InvalidInput(f"{output} exists; a market can't be settled without its test set: choose another name.")
        check_file(output)
        dataset = read(data, label, text, None)
        inputs: Any = dataset.test_inputs if len(dataset.test_labels) else dataset.train_inputs
        labels = dataset.test_labels if len(dataset.test_labels) else dataset.train_labels
        wanted = market.incentive.portions * market.incentive.portion_size
        # files are often sorted by class
        chosen = np.random.default_rng().permutation(len(labels))[:wanted].tolist()
        names = [dataset.labels[labels[one]] for one in chosen]
        market.test_set([inputs[one] for one in chosen], names).save(output)
        typer.echo(f"{wanted:,} samples in {market.incentive.portions} portions: {output}", err=True)


@app.command()
@sends
def commit(
    address: Address,
    node: Sender,
    test_set: TestSetFile,
    bounty_wei: Annotated[
        str, typer.Option(metavar="WEI", help='The bounty, a multiple of the stake: "0.01 ether", or wei.')
    ],
    yes: Yes = False,
) -> None:
    """Commit to a test set and pay in the bounty, as the provider; then open the portion that is drawn.

    From then on people contribute. If this is interrupted, `dcai market open` continues.
    """
    with errors_as_one_sentence():
        with naming("--bounty-wei"):
            bounty = wei(bounty_wei)
        market, hidden = _market(node, address), HiddenTestSet.load(test_set)
        console = Console(stderr=True)
        console.print(f"This pays a bounty of {bounty:,} wei, {rounded(bounty)}, from {market.creator}.")
        if not yes and not agreed(console):
            raise DcaiError("Nothing was sent.")
        market.commit(hidden, bounty_wei=bounty)
        _open(market, hidden, console)


@app.command("open")
@sends
def open_(
    address: Address,
    node: Sender,
    test_set: TestSetFile,
) -> None:
    """Draw the portion to open, and open it."""
    with errors_as_one_sentence():
        market, hidden = _market(node, address), HiddenTestSet.load(test_set)
        _open(market, hidden, Console(stderr=True))


@app.command()
@asks
def status(address: Address, node: Node, as_json: AsJson = False) -> None:
    """Print the phase of a market and its deadline."""
    with errors_as_one_sentence():
        market = _market(node, address)
        chain = market.chain
        course, deadline, terms = market.course(), market.deadline(), market.incentive
        turn = terms.turn_samples
        fee_wei = terms.fee(course.rounds * terms.stake_wei, course.samples, turn)
        if as_json:
            told = asdict(course) | {"phase": course.phase.name.lower(), "deadline": deadline}
            told["turn"] = {"samples": turn, "stakes_wei": turn * terms.stake_wei, "fee_wei": fee_wei}
            typer.echo(json.dumps(told, indent=2))
            return
        table = Table(title=repr(market.name), title_justify="left", show_header=False)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        table.add_row("phase", f"{course.phase.name.lower()}: {course.phase.told}")
        if course.phase in _COMMANDS:
            table.add_row("to go on", f"dcai market {_COMMANDS[course.phase]}")
        if deadline is not None:
            left = max(deadline - chain.now(), 0)
            table.add_row("until", f"{moment_text(deadline)}, in {duration_text(left)}")
        table.add_row("bounty", f"{course.rounds:,} stakes of {terms.stake_wei:,} wei")
        table.add_row("test set", f"{terms.portions} portions of {terms.portion_size:,} samples")
        table.add_row("portions known", f"{course.revealed.bit_count()}; drawn: {course.drawn}")
        table.add_row("contributed", f"{course.samples:,} samples of {terms.most_samples:,} at most")
        places = terms.most_samples - course.samples
        needs = f"{turn:,} samples or more: {turn * terms.stake_wei:,} wei of stakes, and {fee_wei:,} of fees now"
        table.add_row("a turn needs", needs if turn <= places else f"{turn:,} samples, and {places:,} places are left")
        Console().show(table)


@app.command()
@sends
def settle(
    address: Address,
    node: Sender,
    test_set: Annotated[
        Path | None, typer.Argument(parser=place, help="The hidden test set, as long as it is not revealed.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Drive a market to its end: reveal the test set, evaluate, and pay everybody. Anybody may do so.

    If this is interrupted, call it again: what was done stays done.
    """
    with errors_as_one_sentence():
        market = _market(node, address)
        chain = market.chain
        paid = market.settle(None if test_set is None else HiddenTestSet.load(test_set), progress=not as_json)
        if as_json:
            told = {"paid_wei": paid, "unpaid": [one._asdict() for one in paid.unpaid]}
            typer.echo(json.dumps(told | {"gas_used": chain.gas_used.total()}, indent=2))
            return
        table = Table(title="Paid", title_justify="left")
        table.add_column("person", no_wrap=True)
        table.add_column("wei", justify="right")
        table.add_column("stakes", justify="right")
        for person, amount in sorted(paid.items(), key=lambda one: -one[1]):
            table.add_row(person, f"{amount:,}", f"{amount / market.incentive.stake_wei:,.3f}")
        Console().show(table)
        if paid.unpaid:
            Console().show(_unpaid(paid))


@app.command()
@sends
def forfeit(
    address: Address,
    node: Sender,
    yes: Yes = False,
) -> None:
    """Burn what belongs to nobody: fees, and the bounty of a market that failed or wasn't opened in time."""
    with errors_as_one_sentence():
        market, console = _market(node, address), Console(stderr=True)
        console.print("What belongs to nobody goes to 0x…dEaD: fees, and the bounty if it was not opened or failed.")
        if not yes and not agreed(console):
            raise DcaiError("Nothing was sent.")
        typer.echo(f"{market.forfeit():,} wei are burnt.", err=True)


@app.command()
@asks
def scores(address: Address, node: Node, as_json: AsJson = False) -> None:
    """Print what each participant's contributions were worth, from the log alone, once the test set is known."""
    with errors_as_one_sentence():
        market = _market(node, address)
        turns = market.scores()
        if as_json:
            typer.echo(json.dumps([turn._asdict() for turn in turns], indent=2))
            return
        tests = market.incentive.tests
        samples: defaultdict[str, int] = defaultdict(int)
        gains: defaultdict[str, int] = defaultdict(int)
        for turn in turns:
            samples[turn.author] += turn.samples
            gains[turn.author] += turn.gain
        table = Table(title=f"Mistakes on {tests:,} test samples", title_justify="left")
        table.add_column("person", no_wrap=True)
        for heading in ("samples", "gain, stakes", "gain per sample"):
            table.add_column(heading, justify="right")
        for person, gain in sorted(gains.items(), key=lambda one: -one[1]):
            count = samples[person]
            table.add_row(person, f"{count:,}", f"{gain / tests:+,.3f}", f"{gain / tests / count:+,.3f}")
        Console().show(table)


def _market(node: Node, address: str) -> MarketTrainer:
    trainer = node.trainer(address)
    if not isinstance(trainer, MarketTrainer):
        raise InvalidInput(
            f"{trainer.address} is not a prediction market: its incentive is {type(trainer.incentive).__name__}."
        )
    return trainer


def _unpaid(paid: Payments) -> Table:
    table = Table(title="Not paid; settle again to try once more", title_justify="left")
    table.add_column("person", no_wrap=True)
    table.add_column("contribution", justify="right")
    table.add_column("why", overflow="fold")
    for one in paid.unpaid:
        table.add_row(one.person, str(one.contribution or ""), one_line(one.reason))
    return table


def _open(market: MarketTrainer, hidden: HiddenTestSet, console: Console) -> None:
    console.print("This waits for the block that the draw is from, and until the draw is final.")
    portion = market.open(hidden)
    typer.echo(f"Portion {portion} is open; people contribute until participation ends.", err=True)
