"""How a command fails: with one sentence, and no traceback."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from dcai import plugins
from dcai.encoders.codings.coding import NoEmbedding
from dcai.errors import DcaiError, InvalidInput


@contextmanager
def errors_as_one_sentence() -> Iterator[None]:
    """Turn an error of ours into its sentence on standard error; exit with 2 for bad input, else 1."""
    try:
        yield
    except NoEmbedding as error:
        tell(
            "The encoder of this model needs a function, its embedding, so that only Python can ask it: "
            "dcai.attach(chain, address, embed=…)."
        )
        raise typer.Exit(2) from error
    except DcaiError as error:
        tell(error)
        raise typer.Exit(2 if isinstance(error, InvalidInput) else 1) from error


@contextmanager
def broken_plugins_as_one_sentence() -> Iterator[None]:
    """Report a plugin that can't be imported with one sentence on standard error, and go on."""
    with warnings.catch_warnings():
        shown = warnings.showwarning

        def show(message: Any, category: type[Warning], *where: Any) -> None:
            if issubclass(category, plugins.BrokenPlugin):
                tell(message)
            else:
                shown(message, category, *where)

        warnings.simplefilter("always", plugins.BrokenPlugin)
        warnings.showwarning = show  # type: ignore[assignment]  # its parameters have names that `where` collects
        yield


def tell(message: object) -> None:
    """Write a sentence to standard error, without what would steer a terminal: it may quote a stranger."""
    text = "".join(one if one.isprintable() or one == "\n" else "\N{REPLACEMENT CHARACTER}" for one in str(message))
    typer.echo(text, err=True)
