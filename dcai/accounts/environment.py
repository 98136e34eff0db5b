"""The secrets in the environment: who reads them, and who doesn't get them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dcai.accounts.local_key import BEYOND, signer_of
from dcai.chain.nodes.url import PRIVATE_KEY
from dcai.errors import InvalidInput

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

KEY = "DCAI_PRIVATE_KEY"
"""The environment variable with the private key: an argument would stay in the shell's history."""

PASSWORD = "DCAI_PASSWORD"
"""The environment variable with the password of a keystore's account."""

KEYSTORE = "DCAI_KEYSTORE"
"""The environment variable that names the folder of the keystore."""

_SECRETS = (KEY, PASSWORD)


def signer() -> LocalAccount | None:
    """Return eth-account's account of the key in the environment, or None where the variable isn't set.

    Raises
    ------
    InvalidInput
        If it is set and holds no private key, or nothing; the text doesn't repeat it.
    """
    key = os.environ.get(KEY)
    if key is None:
        return None
    if not key.strip():
        raise InvalidInput(f"{KEY} is empty: put a private key into it, or unset it to use the node's own accounts.")
    try:
        return signer_of(key)
    except InvalidInput:
        numbered = f"; no account has the key that it holds: {BEYOND}" if PRIVATE_KEY.fullmatch(key) else ""
        raise InvalidInput(
            f"{KEY} does not hold a private key, which is 0x and 64 hexadecimal digits, without white space{numbered}."
        ) from None


def without_secrets() -> dict[str, str]:
    """Return the environment of a child process: ours without the key, and without the password of one."""
    return {name: value for name, value in os.environ.items() if name not in _SECRETS}


@contextmanager
def secrets_withheld() -> Iterator[None]:
    """Take the secrets out of the environment while a library starts processes, which get all that is in it."""
    withheld = {name: os.environ.pop(name) for name in _SECRETS if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(withheld)
