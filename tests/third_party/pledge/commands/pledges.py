"""Print the pledges that are still open at a shared model."""

from __future__ import annotations

from typing import Annotated

import typer

import dcai
from dcai.cli.failing import errors_as_one_sentence
from dcai.cli.node import LOCAL_NODE, Url


def run(address: Annotated[str, typer.Argument(help="The address of a trainer with pledges.")], url: Url = LOCAL_NODE):
    """Print who has how much in pledges."""
    with errors_as_one_sentence():
        for one in dcai.attach(dcai.connect(url), address).contributions():
            if one.entry.open:
                typer.echo(f"{one.id}: {one.entry.open:,} wei of {one.entry.author}")
