"""The command line."""

import typer

from dcai.cli.data import app as data
from dcai.cli.demo import run as demo
from dcai.cli.deploy import run as deploy
from dcai.cli.fit import run as fit
from dcai.cli.leaderboard import run as leaderboard
from dcai.cli.market import app as market
from dcai.cli.predict import run as predict
from dcai.cli.simulate import run as simulate
from dcai.cli.sweep import run as sweep

app = typer.Typer(
    help="Shared machine-learning models that live in smart contracts.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    # a traceback must not show a private key
    pretty_exceptions_show_locals=False,
)
app.add_typer(data, name="data")
app.add_typer(market, name="market")
app.command("demo")(demo)
app.command("fit")(fit)
app.command("deploy")(deploy)
app.command("predict")(predict)
app.command("leaderboard")(leaderboard)
app.command("simulate")(simulate)
app.command("sweep")(sweep)


def main() -> None:
    """Run the command line."""
    app()
