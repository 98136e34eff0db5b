"""Deploy a model file as a shared model that anybody can improve."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from dcai.amounts import rounded
from dcai.chain import Chain
from dcai.chain.fees import RESERVE
from dcai.cli.asking import agreed
from dcai.cli.failing import errors_as_one_sentence
from dcai.cli.incentives import with_incentive
from dcai.cli.node import Sender, sends
from dcai.cli.values import place
from dcai.encoders import Encoder, NoEmbedding
from dcai.errors import DcaiError, InvalidInput
from dcai.incentives import Incentive
from dcai.models import Model, load
from dcai.terminal import Console
from dcai.trainer.cost import Cost, try_out
from dcai.trainer.deploy import deploy, prepare, remaining


def run(
    file: Annotated[Path, typer.Argument(parser=place, help="A model file, as `dcai fit` writes it.")],
    incentive: Incentive,
    node: Sender,
    name: Annotated[str | None, typer.Option(help="One line; the name of the file if left out.")] = None,
    salt: Annotated[
        int,
        typer.Option(
            min=0,
            max=2**256 - 1,
            metavar="NUMBER",
            help="A number that distinguishes otherwise identical trainers of yours.",
        ),
    ] = 0,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Send without asking.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of the address.")] = False,
) -> None:
    """Deploy a model file as a shared model that anybody can improve, and print its address.

    The account that --account names pays; else the one whose private key is in the environment variable
    DCAI_PRIVATE_KEY, the account that is used by default, or the first account of a local node. The deployment is first
    tried out on a chain of this machine, which shows what it will cost. Nothing is sent before you agree. If this is
    interrupted, the same command goes on where it stopped.
    """
    with errors_as_one_sentence():
        model, encoder = _load(file)
        title = file.stem if name is None else name
        errors = Console(stderr=True)
        node.unlock()
        with errors.status("Asking the node, and trying it out on this machine …"):
            chain = node.connect()
            trial = try_out(model.twin, incentive, encoder, title, salt)
            prepared = prepare(
                chain, model, incentive, encoder=encoder, name=title, salt=salt, creator=chain.accounts[0]
            )
            left = remaining(chain, prepared)
            cost = Cost.on(chain, trial, len(left))
        errors.show(
            _bill(chain, title, model, encoder, cost, prepared.deployed.address, begun=prepared.create not in left)
        )
        _check_balance(chain, cost)
        if not yes and not agreed(errors):
            raise DcaiError("Nothing was sent.")
        with errors.status(f"Deploying on chain {chain.chain_id} …"):
            trainer = deploy(chain, model, incentive, encoder=encoder, name=title, salt=salt, progress=False)
        if not as_json:
            typer.echo(trainer.address)
            return
        made = {
            "address": trainer.address,
            "chain_id": chain.chain_id,
            "creator": trainer.creator,
            "first_block": trainer.first_block,
            "gas_used": chain.gas_used[trainer.creator],
            "estimate": {"gas": cost.gas, "gas_price_wei": cost.gas_price_wei, "wei": cost.wei},
        }
        typer.echo(json.dumps(made, indent=2))


def command() -> Callable[..., None]:
    """Return the command with the settings of every incentive that is known now."""
    return sends(with_incentive(run))


def _load(file: Path) -> tuple[Model, Encoder | None]:
    try:
        return load(file)
    except NoEmbedding as error:
        raise InvalidInput(
            "The encoder of this model needs a function, its embedding, so that only Python can deploy it: "
            "dcai.load(file, embed=…) and dcai.deploy."
        ) from error


def _bill(
    chain: Chain, name: str, model: Model, encoder: Encoder | None, cost: Cost, address: str, *, begun: bool
) -> Table:
    account = chain.accounts[0]
    features = f"{model.n_features_in_:,} features"
    table = Table(title=f"{name!r} on chain {chain.chain_id}", title_justify="left", show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("model", f"{type(model).__name__}, {len(model.classes_)} classes, {features}")
    table.add_row("encoder", "none: people contribute features" if encoder is None else type(encoder).__name__)
    table.add_row("address", address)
    if begun:
        table.add_row("so far", "unfinished: this goes on where it stopped")
    table.add_row("account", f"{account}, {rounded(chain.balance(account))}")
    table.add_row("gas", f"about {cost.gas:,} at {rounded(cost.gas_price_wei, 'gwei')}")
    table.add_row("cost", f"about {rounded(cost.wei)}")
    return table


def _check_balance(chain: Chain, cost: Cost) -> None:
    account = chain.accounts[0]
    balance, needed = chain.balance(account), RESERVE * cost.wei
    if balance < needed:
        raise DcaiError(
            f"{account} has {rounded(balance)}, and {rounded(needed)} are needed in case gas becomes dearer; send "
            "it some first."
        )
