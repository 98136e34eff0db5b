"""The command line."""

import typer

from dcai.cli.commands.data import app as data
from dcai.cli.commands.demo import run as demo
from dcai.cli.commands.deploy import run as deploy
from dcai.cli.commands.fit import run as fit
from dcai.cli.commands.predict import run as predict
from dcai.cli.commands.simulate import run as simulate
from dcai.cli.commands.sweep import run as sweep
from dcai.incentives.gamified.commands import run as leaderboard
from dcai.incentives.prediction_market.commands import app as market

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
