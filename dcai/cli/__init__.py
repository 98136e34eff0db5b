"""The command line."""

import typer

from dcai.cli.data import app as data
from dcai.cli.demo import run as demo

app = typer.Typer(
    help="Shared machine-learning models that live in smart contracts.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
app.add_typer(data, name="data")
app.command("demo")(demo)


def main() -> None:
    """Run the command line."""
    app()
