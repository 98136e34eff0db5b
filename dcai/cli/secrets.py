"""Passwords and private keys: from a file, the environment, or a question; never from an argument."""

from __future__ import annotations

import os
import sys
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from dcai.accounts.environment import PASSWORD
from dcai.accounts.local_key import signer_of
from dcai.cli.values import path_option
from dcai.errors import InvalidInput

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

KeystoreFolder = Annotated[
    Path | None, path_option("--keystore", help="The folder of the keystore, such as ~/.foundry/keystores.")
]
PasswordFile = Annotated[
    Path | None,
    path_option(
        "--password-file", help=f"A file whose first line is the password; else {PASSWORD} has it, or you are asked."
    ),
]


def password_of(name: str, file: Path | None) -> str:
    """Return the password of an account.

    Parameters
    ----------
    name
        Of the account, for the question.
    file
        Whose first line is the password; else the environment has it, or the user is asked.

    Raises
    ------
    InvalidInput
        If there is none, and nobody to ask.
    """
    given = _given_password(file)
    return _asked(f"Password of the account {name}") if given is None else given


def new_password(name: str, file: Path | None) -> str:
    """Return a password for a new account, which is asked for twice: see `password_of`."""
    given = _given_password(file)
    if given is not None:
        return given
    first = _asked(f"New password for the account {name}")
    if _asked("Repeat the password") != first:
        raise InvalidInput("The two passwords differ, and nothing was kept; try again.")
    return first


def private_key() -> LocalAccount:
    """Return the account of a private key: asked for in a terminal, or else the first line of standard input.

    Raises
    ------
    InvalidInput
        If it is malformed; the text doesn't repeat it.
    """
    given = _asked("Private key (0x and 64 digits)") if sys.stdin.isatty() else sys.stdin.readline()
    try:
        return signer_of(given.strip())
    except InvalidInput:
        raise InvalidInput(
            "What was given is not a private key, which is 0x and 64 hexadecimal digits; nothing was kept."
        ) from None


def _given_password(file: Path | None) -> str | None:
    if file is None:
        return os.environ.get(PASSWORD)
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise InvalidInput(f"The password can't be read from {file}: {reason} (--password-file).") from None
    if not lines or not lines[0]:
        raise InvalidInput(f"The first line of {file} is the password, and it is empty (--password-file).")
    return lines[0]


def _asked(question: str) -> str:
    if not sys.stdin.isatty():
        raise InvalidInput(
            f"Nobody can be asked for a password here: name a file that holds it with --password-file, or put it into "
            f"the environment variable {PASSWORD}."
        )
    try:
        return getpass(f"{question}: ")
    except EOFError:
        raise InvalidInput("No password was given, and nothing was done.") from None
