"""Accounts that sign: make one, import one, list them, choose one."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.table import Table

from dcai import configuration
from dcai.accounts.keystore import Keystore
from dcai.cli.failing import errors_as_one_sentence, tell
from dcai.cli.secrets import KeystoreFolder, PasswordFile, new_password, private_key
from dcai.errors import InvalidInput
from dcai.terminal import Console

app = typer.Typer(
    help="Accounts that sign: private keys in files, each encrypted with a password. Foundry's `cast wallet` can share "
    "the folder.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(help="What the account is called; its file has this name.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def new(name: Name, keystore: KeystoreFolder = None, password_file: PasswordFile = None, as_json: Json = False) -> None:
    """Make an account, and print its address.

    The first account becomes the one that signs by default. Example: `dcai account new alice`.
    """
    with errors_as_one_sentence():
        kept = Keystore(keystore)
        address = kept.make(name, new_password(name, password_file)).address
        _keep(kept, name, address, as_json=as_json)


@app.command("import")
def import_(
    name: Name, keystore: KeystoreFolder = None, password_file: PasswordFile = None, as_json: Json = False
) -> None:
    """Keep a private key as an account, and print its address.

    The key is asked for, or it is the first line of standard input. Example: `dcai account import alice`.
    """
    with errors_as_one_sentence():
        kept = Keystore(keystore)
        key = private_key()
        address = kept.add(name, key, new_password(name, password_file)).address
        _keep(kept, name, address, as_json=as_json)


@app.command("list")
def list_(keystore: KeystoreFolder = None, as_json: Json = False) -> None:
    """List the accounts. Example: `dcai account list --keystore ~/.foundry/keystores`."""
    with errors_as_one_sentence():
        kept = Keystore(keystore)
        chosen = configuration.load().account
        rows = [(name, *_address(kept, name), name == chosen) for name in kept.names()]
    if as_json:
        keys = ("name", "address", "fault", "default")
        typer.echo(json.dumps([dict(zip(keys, row, strict=True)) for row in rows], indent=2))
        return
    if not rows:
        tell(f"There is no account in {kept.folder} yet: `dcai account new NAME` makes one.")
        return
    table = Table("name", "address", "default", title=str(kept.folder), title_justify="left")
    for name, address, fault, default in rows:
        table.add_row(name, address or fault or "in the encrypted part of its file", "yes" if default else "")
    Console().show(table)


@app.command()
def default(name: Name, keystore: KeystoreFolder = None) -> None:
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
    tell(f"It is in {kept.folder / name}. Keep a copy of this file, and the password: nobody can replace them.")
    if not as_json:
        typer.echo(address)
    chosen = configuration.load().account
    if chosen is None and kept.folder == Keystore().folder:
        with configuration.edited() as document:
            chosen = str(document.setdefault("account", name))
    if as_json:
        typer.echo(json.dumps({"name": name, "address": address, "default": chosen == name}, indent=2))


def _address(kept: Keystore, name: str) -> tuple[str | None, str | None]:
    """Return the address that a file states, and what is wrong with the file, if anything."""
    try:
        return kept.address(name), None
    except InvalidInput:
        return None, "not a keystore file"
