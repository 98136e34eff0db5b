"""The command line."""

from __future__ import annotations

from typing import Annotated

import typer

from dcai import plugins
from dcai.cli.failing import end_when_terminated, errors_as_one_sentence
from dcai.cli.lazy import LazyGroup
from dcai.cli.named import named_network
from dcai.printing import make_streams_printable


def _use(modules: list[str] | None) -> list[str] | None:
    with errors_as_one_sentence():
        for module in modules or ():
            plugins.use(module)
    return modules


def _print_version(wanted: bool) -> None:
    if wanted:
        import dcai

        typer.echo(f"dcai {dcai.__version__}")
        raise typer.Exit


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    # plain help takes a third of the time, and is the first that anybody sees
    rich_markup_mode=None,
    # a traceback must not show a private key
    pretty_exceptions_show_locals=False,
)


@app.callback()
def _options(
    plugin: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODULE",
            callback=_use,
            is_eager=True,
            help="Import a module with models, incentives or agents of your own, installed or in the current folder. "
            "May be repeated.",
        ),
    ] = None,
    network: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The network that the command uses: see `dcai network`."),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Shared machine-learning models that live in smart contracts."""
    named_network.set(network)


def main() -> None:
    """Run the command line."""
    make_streams_printable()  # tracebacks come when it is over
    end_when_terminated()
    app()
