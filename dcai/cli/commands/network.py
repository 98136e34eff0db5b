"""Networks by name: add one, list them, choose one, name its trainers."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.table import Table

from dcai import configuration
from dcai.chain import connect
from dcai.chain.addresses import checked_address
from dcai.chain.nodes.url import shown
from dcai.cli.failing import errors_as_one_sentence, tell
from dcai.configuration import Network
from dcai.errors import InvalidInput
from dcai.terminal import Console

app = typer.Typer(help="Networks by name, each with a node of its chain.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="What the network is called.")]


@app.command()
def add(
    name: Name,
    url: Annotated[str | None, typer.Option(help="JSON-RPC address of a node.")] = None,
    url_variable: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The environment variable that holds it, if it has a key in it."),
    ] = None,
    chain_id: Annotated[
        int | None, typer.Option(help="The number of the chain; the node is asked if this is left out.")
    ] = None,
) -> None:
    """Add a network, or replace one; its node is asked whether it is of that chain.

    Example: `dcai network add local --url http://127.0.0.1:8545`.
    """
    with errors_as_one_sentence():
        # what the node doesn't decide is checked before it is asked
        given = Network(name, chain_id or 1, url=url, url_variable=url_variable)
        with connect(given.node(), chain_id=chain_id) as chain:
            found = chain.chain_id
        settings = {"chain_id": found, "url": url, "url_variable": url_variable}
        with configuration.edited() as document:
            networks = document.setdefault("networks", {})
            kept = networks.setdefault(name, {})
            if kept.get("chain_id", found) != found:
                kept.pop("trainers", None)  # they are on another chain
            for key, value in settings.items():
                kept.pop(key, None)
                if value is not None:
                    kept[key] = value
            document.setdefault("network", name)
    tell(f"{name} is chain {found}, at {shown(given.node())}.")


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the networks; of a node's address only scheme and host are shown."""
    with errors_as_one_sentence():
        known = configuration.load()
    if as_json:
        typer.echo(json.dumps([_as_dict(one, known) for one in known.networks.values()], indent=2))
        return
    if not known.networks:
        tell("No network is known yet: `dcai network add NAME --url URL` adds one.")
        return
    table = Table("name", "chain", "node", "trainers", "used", title=str(configuration.file()), title_justify="left")
    for one in known.networks.values():
        node = shown(one.url) if one.url else f"in {one.url_variable}"
        used = "yes" if one.name == known.network else ""
        table.add_row(one.name, str(one.chain_id), node, ", ".join(one.trainers), used)
    Console().show(table)


@app.command()
def use(name: Name) -> None:
    """Use a network wherever none is named. Example: `dcai network use sepolia`."""
    with errors_as_one_sentence():
        configuration.load().find(name)
        with configuration.edited() as document:
            document["network"] = name
    tell(f"{name} is used from now on, where no other network and no --url is named.")


@app.command()
def remove(name: Name) -> None:
    """Forget a network. Example: `dcai network remove local`."""
    with errors_as_one_sentence():
        configuration.load().find(name)
        with configuration.edited() as document:
            del document["networks"][name]
            if document.get("network") == name:
                del document["network"]
    tell(f"{name} is forgotten.")


@app.command()
def trainer(
    nickname: Annotated[str, typer.Argument(help="The trainer's nickname.")],
    address: Annotated[str, typer.Argument(help="Its address.")],
    network: Annotated[
        str | None, typer.Option(metavar="NAME", help="The network; the one that is used if left out.")
    ] = None,
) -> None:
    """Give a trainer a nickname, which every command takes in place of its address.

    Example: `dcai network trainer films 0x… --network sepolia`.
    """
    with errors_as_one_sentence():
        checked = checked_address(address)
        known = configuration.load()
        name = known.network if network is None else network
        if name is None:
            raise InvalidInput("A nickname is for a trainer of a network: name it with --network.")
        known.find(name)
        with configuration.edited() as document:
            document["networks"][name].setdefault("trainers", {})[nickname] = checked
    tell(f"{nickname} is {checked} on {name}.")


def _as_dict(one: Network, known: configuration.Configuration) -> dict[str, Any]:
    return {
        "name": one.name,
        "chain_id": one.chain_id,
        "node": shown(one.url) if one.url else None,
        "url_variable": one.url_variable,
        "trainers": dict(one.trainers),
        "used": one.name == known.network,
    }
