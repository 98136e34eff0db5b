"""Print the pledges that are still open at a shared model."""

from __future__ import annotations

from typing import Annotated

import typer

from dcai.cli.failing import errors_as_one_sentence
from dcai.cli.node import Node, asks


@asks
def run(address: Annotated[str, typer.Argument(help="The address of a trainer with pledges.")], node: Node):
    """Print who has how much in pledges."""
    with errors_as_one_sentence():
        for one in node.trainer(address).contributions():
            if one.entry.open:
                typer.echo(f"{one.id}: {one.entry.open:,} wei of {one.entry.author}")
