"""The node that a command talks to, and who sends."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from eth_account import Account
from eth_account.signers.local import LocalAccount

from dcai.chain import Chain, connect
from dcai.errors import DcaiError, InvalidInput

KEY = "DCAI_PRIVATE_KEY"
"""The environment variable of the private key: an argument would stand in the shell's history."""

Url = Annotated[str, typer.Option("--url", help="JSON-RPC address of a node.")]

LOCAL_NODE = "http://127.0.0.1:8545"
"""Where anvil and other local nodes listen."""


def connect_sender(url: str) -> Chain:
    """Connect as the account whose key is in the environment, or else with the accounts of the node.

    Raises
    ------
    InvalidInput
        If the key is none, or the URL is malformed.
    NodeError
        If the node can't be reached.
    DcaiError
        If there is neither a key nor an account.
    """
    chain = connect(url, account=_signer())
    if not chain.accounts:
        raise DcaiError(f"No account of {url} can send; put your private key into the environment variable {KEY}.")
    return chain


def _signer() -> LocalAccount | None:
    key = os.environ.get(KEY)
    if not key:
        return None
    try:
        signer: LocalAccount = Account.from_key(key)
    except ValueError:
        raise InvalidInput(f"{KEY} holds no private key; one is 0x and 64 hexadecimal digits.") from None
    return signer
