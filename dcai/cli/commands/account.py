"""Accounts that sign: make one, import one, list them, choose one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from dcai import configuration
from dcai.accounts.keystore import Keystore
from dcai.cli.failing import errors_as_one_sentence, tell
from dcai.cli.secrets import new_password, private_key
from dcai.terminal import Console

app = typer.Typer(
    help="Accounts that sign: private keys in files, each encrypted with a password. Foundry's `cast wallet` can share "
    "the folder.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(help="What the account is called; its file has this name.")]
Folder = Annotated[
    Path | None,
    typer.Option("--keystore", metavar="FOLDER", help="The folder of the keystore, such as ~/.foundry/keystores."),
]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--password-file",
        metavar="FILE",
        help="A file whose first line is the password; else DCAI_PASSWORD has it, or you are asked.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def new(name: Name, keystore: Folder = None, password_file: PasswordFile = None, as_json: Json = False) -> None:
    """Make an account, and print its address.

    The first account becomes the one that signs by default. Example: `dcai account new alice`.
    """
    with errors_as_one_sentence():
        kept = Keystore(keystore)
        address = kept.make(name, new_password(name, password_file)).address
        _keep(kept, name, address, as_json=as_json)


@app.command("import")
def import_(name: Name, keystore: Folder = None, password_file: PasswordFile = None, as_json: Json = False) -> None:
    """Keep a private key as an account, and print its address.

    The key is asked for, or it is the first line of standard input. Example: `dcai account import alice < key.txt`.
    """
    with errors_as_one_sentence():
        kept = Keystore(keystore)
        key = private_key()
        address = kept.add(name, key, new_password(name, password_file)).address
        _keep(kept, name, address, as_json=as_json)


@app.command("list")
def list_(keystore: Folder = None, as_json: Json = False) -> None:
    """List the accounts. Example: `dcai account list --keystore ~/.foundry/keystores`."""
    with errors_as_one_sentence():
        kept = Keystore(keystore)
        chosen = configuration.load().account
        rows = [(name, kept.address(name), name == chosen) for name in kept.names()]
    if as_json:
        keys = ("name", "address", "default")
        typer.echo(json.dumps([dict(zip(keys, row, strict=True)) for row in rows], indent=2))
        return
    if not rows:
        tell(f"There is no account in {kept.folder} yet: `dcai account new NAME` makes one.")
        return
    table = Table("name", "address", "default", title=str(kept.folder), title_justify="left")
    for name, address, default in rows:
        table.add_row(name, address or "in the encrypted part of its file", "yes" if default else "")
    Console().show(table)


@app.command()
def default(name: Name, keystore: Folder = None) -> None:
    """Let an account sign wherever none is named. Example: `dcai account default alice`."""
    with errors_as_one_sentence():
        kept = Keystore(keystore)
        kept.address(name)  # refuses what isn't there
        with configuration.edited() as document:
            document["account"] = name
            if keystore is not None:
                document["keystore"] = str(kept.folder.expanduser().absolute())
    tell(f"{name} signs from now on, where no other account is named.")


def _keep(kept: Keystore, name: str, address: str, *, as_json: bool) -> None:
    """Print the address of a new account, which signs by default if it is the first one."""
    first = configuration.load().account is None and kept.folder == Keystore().folder
    if first:
        with configuration.edited() as document:
            document["account"] = name
    typer.echo(json.dumps({"name": name, "address": address, "default": first}, indent=2) if as_json else address)
    tell(f"It is in {kept.folder / name}. Keep a copy of this file, and the password: nobody can replace them.")
