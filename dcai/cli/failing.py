"""How a command fails: with one sentence, and no traceback."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from dcai import plugins
from dcai.errors import AnvilUnusable, DcaiError, InvalidInput


@contextmanager
def errors_as_one_sentence() -> Iterator[None]:
    """Turn an error of ours into its sentence on standard error; exit with 2 for bad input, else 1."""
    try:
        yield
    except DcaiError as error:
        tell(error)
        raise typer.Exit(2 if isinstance(error, InvalidInput) else 1) from error


@contextmanager
def broken_plugins_as_one_sentence() -> Iterator[None]:
    """Report with one sentence on standard error what can't be used, a plugin or an anvil, and go on."""
    with warnings.catch_warnings():
        shown = warnings.showwarning

        def show(message: Any, category: type[Warning], *where: Any) -> None:
            if issubclass(category, plugins.BrokenPlugin | AnvilUnusable):
                tell(message)
            else:
                shown(message, category, *where)

        warnings.simplefilter("always", plugins.BrokenPlugin)
        warnings.simplefilter("always", AnvilUnusable)
        warnings.showwarning = show  # type: ignore[assignment]  # its parameters have names that `where` collects
        yield


def tell(message: object) -> None:
    """Write a sentence to standard error, without what would steer a terminal: it may quote a stranger."""
    text = "".join(one if one.isprintable() or one == "\n" else "\N{REPLACEMENT CHARACTER}" for one in str(message))
    typer.echo(text, err=True)
