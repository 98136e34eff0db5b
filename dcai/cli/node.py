"""The node that a command talks to, the trainer that it asks, and who sends."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dcai.accounts.local_key import signer_of
from dcai.chain import Chain, connect
from dcai.errors import DcaiError, InvalidInput
from dcai.trainer.trainer import Trainer

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

KEY = "DCAI_PRIVATE_KEY"
"""The environment variable with the private key: an argument would stay in the shell's history."""

Url = Annotated[str, typer.Option("--url", help="JSON-RPC address of a node.")]

LOCAL_NODE = "http://127.0.0.1:8545"
"""Where anvil and other local nodes listen."""


def connect_sender(url: str) -> Chain:
    """Connect as the account whose key is in the environment, or else with the accounts of the node.

    Raises
    ------
    InvalidInput
        If the key or the URL is malformed.
    NodeError
        If the node can't be reached.
    DcaiError
        If there is neither a key nor an account.
    """
    chain = connect(url, account=_signer())
    if not chain.accounts:
        raise DcaiError(f"No account of {url} can send: put your private key into the environment variable {KEY}.")
    return chain


def attached(chain: Chain, address: str) -> Trainer[Any, Any]:
    """Return the trainer at an address."""
    from dcai.trainer.attach import attach

    return attach(chain, address)


def _signer() -> LocalAccount | None:
    key = os.environ.get(KEY)
    if not key:
        return None
    try:
        return signer_of(key)
    except InvalidInput:
        raise InvalidInput(f"{KEY} does not hold a private key, which is 0x and 64 hexadecimal digits.") from None
