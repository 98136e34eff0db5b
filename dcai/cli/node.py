"""The node that a command talks to, the trainer that it asks, and who sends."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dcai.accounts.environment import KEY, signer
from dcai.chain import Chain, connect
from dcai.errors import DcaiError, InvalidInput
from dcai.trainer.trainer import Trainer

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
    chain = connect(url, account=signer())
    if not chain.accounts:
        raise DcaiError(
            f"No account of {chain.backend} can send: put your private key into the environment variable {KEY}."
        )
    return chain


def attached(chain: Chain, address: str) -> Trainer[Any, Any]:
    """Return the trainer at an address.

    Raises
    ------
    InvalidInput
        If a command can't ask it, since its encoder needs a function.
    """
    from dcai.encoders import NoEmbedding
    from dcai.trainer.attach import attach

    try:
        return attach(chain, address)
    except NoEmbedding as error:
        raise InvalidInput(
            "The encoder of this model needs a function, its embedding, so that only Python can ask it: "
            "dcai.attach(chain, address, embed=…)."
        ) from error
