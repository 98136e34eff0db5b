"""List real data sets, download one, find its files."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.filesize import decimal
from rich.table import Table

from dcai import datasets
from dcai.cli.failing import errors_as_one_sentence
from dcai.terminal import Console

app = typer.Typer(help="Real data sets: list them, download one, find its files.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name of a data set, as `dcai data list` shows it.")]


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="Print JSON, checksums included.")] = False) -> None:
    """List the data sets."""
    with errors_as_one_sentence():
        rows = [(datasets.source(name), datasets.find(name) is not None) for name in datasets.names()]
    if as_json:
        typer.echo(json.dumps([_as_dict(row, here) for row, here in rows], indent=2))
        return
    table = Table()
    table.add_column("name", no_wrap=True)
    table.add_column("what", overflow="fold", min_width=7)
    table.add_column("size", justify="right", no_wrap=True)
    table.add_column("source", overflow="fold", min_width=7)
    table.add_column("licence", overflow="fold", min_width=7)
    table.add_column("here", overflow="fold", min_width=4)
    for row, here in rows:
        size = decimal(row.size) if row.files else ""
        table.add_row(row.name, row.description, size, row.publisher, row.licence, "yes" if here else "no")
    Console().show(table)


@app.command()
def get(name: Name) -> None:
    """Download a data set into the cache, unless it is there, and print its folder.

    An interrupted download continues where it stopped.
    """
    with errors_as_one_sentence():
        typer.echo(datasets.get(name))


@app.command()
def path(name: Name) -> None:
    """Print the folder that holds a data set."""
    with errors_as_one_sentence():
        typer.echo(datasets.path(name))


def _as_dict(row: datasets.Source, here: bool) -> dict[str, object]:
    return {
        "name": row.name,
        "title": row.title,
        "description": row.description,
        "publisher": row.publisher,
        "size_bytes": row.size,
        "urls": row.urls,
        "sha256": row.sha256,
        "files": [
            {"name": file.name, "url": file.url, "size_bytes": file.size, "checksum": file.checksum}
            for file in row.files
        ],
        "licence": row.licence,
        "citation": row.citation,
        "here": here,
    }
