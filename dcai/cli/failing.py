"""How a command fails: with one sentence, and no traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from dcai.errors import DcaiError, InvalidInput


@contextmanager
def errors_as_one_sentence() -> Iterator[None]:
    """Turn an error of ours into its sentence on standard error; exit with 2 for bad input, else 1."""
    try:
        yield
    except DcaiError as error:
        typer.echo(error, err=True)
        raise typer.Exit(2 if isinstance(error, InvalidInput) else 1) from error
