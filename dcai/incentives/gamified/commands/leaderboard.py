"""Print who has earned how many points with a shared model."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from dcai.cli.failing import errors_as_one_sentence
from dcai.cli.node import Node, asks
from dcai.errors import InvalidInput
from dcai.incentives.gamified.trainer import GamifiedTrainer, Leader
from dcai.terminal import Console


@asks
def run(
    address: Annotated[str, typer.Argument(help="The address of a trainer with Gamified.")],
    node: Node,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Print who has earned how many points and which badges, from the log alone; it costs nothing."""
    with errors_as_one_sentence():
        trainer = node.trainer(address)
        if not isinstance(trainer, GamifiedTrainer):
            raise InvalidInput(
                f"Nobody earns points at {trainer.address}: its incentive is {type(trainer.incentive).__name__}."
            )
        leaders = trainer.leaderboard()
        if as_json:
            typer.echo(json.dumps([asdict(row) for row in leaders], indent=2))
        elif leaders:
            Console().show(_table(leaders))
        else:
            typer.echo("Nobody has earned anything yet.")


def _table(leaders: list[Leader]) -> Table:
    table = Table()
    for heading in ("", "points", "validated", "days in a row"):
        table.add_column(heading, justify="right")
    table.add_column("person", no_wrap=True)
    table.add_column("badges", overflow="fold")
    for place, row in enumerate(leaders, start=1):
        numbers = (f"{number:,}" for number in (row.points, row.validated, row.streak))
        table.add_row(str(place), *numbers, row.person, ", ".join(row.badges))
    return table
