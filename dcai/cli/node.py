"""The node that a command talks to, the trainer that it asks, and who sends."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dcai.accounts.environment import KEY, signer
from dcai.chain import Chain, connect
from dcai.chain.receipts import check_patience
from dcai.cli.units import naming, seconds, wei, whole
from dcai.errors import DcaiError
from dcai.trainer.trainer import Trainer

Url = Annotated[str, typer.Option("--url", help="JSON-RPC address of a node.")]

LOCAL_NODE = "http://127.0.0.1:8545"
"""Where anvil and other local nodes listen."""


ChainId = Annotated[
    str | None,
    typer.Option(
        "--chain-id",
        metavar="NUMBER",
        help="The number of the chain that is meant; a node of another is refused.",
    ),
]
MostFee = Annotated[
    str | None,
    typer.Option(
        "--most-fee",
        metavar="AMOUNT",
        help='The most that a transaction may cost, as "0.01 ether"; 1 ether if left out.',
    ),
]
MostTip = Annotated[
    str | None,
    typer.Option(
        "--most-tip",
        metavar="AMOUNT",
        help='The highest tip per gas, as "2 gwei"; if left out, ten times what others paid, up to 100 gwei.',
    ),
]
Patience = Annotated[
    str | None,
    typer.Option(
        "--patience",
        metavar="DURATION",
        help='How long a transaction that was sent is waited for, as "20 minutes", or seconds; 5 minutes if left out.',
    ),
]


def connect_sender(
    url: str,
    chain_id: str | None = None,
    most_fee: str | None = None,
    most_tip: str | None = None,
    patience: str | None = None,
) -> Chain:
    """Connect as the account whose key is in the environment, or else with the accounts of the node.

    Parameters
    ----------
    url, chain_id, most_fee, most_tip, patience
        As the options have them; None for those that are left out.

    Raises
    ------
    InvalidInput
        If the key, the URL or an option is malformed.
    NodeError
        If the node can't be reached, or is of another chain.
    DcaiError
        If there is neither a key nor an account.
    """
    given: dict[str, Any] = {}
    if chain_id is not None:
        with naming("--chain-id"):
            given["chain_id"] = whole(chain_id, "A chain's number", least=1)
    if patience is not None:
        with naming("--patience"):
            given["patience"] = check_patience(seconds(patience))
    chain = connect(
        url,
        account=signer(),
        most_fee_wei=_amount("--most-fee", most_fee),
        most_tip_wei=_amount("--most-tip", most_tip),
        **given,
    )
    if not chain.accounts:
        raise DcaiError(
            f"No account of {chain.backend} can send: put your private key into the environment variable {KEY}."
        )
    return chain


def _amount(option: str, given: str | None) -> int | None:
    if given is None:
        return None
    with naming(option):
        return wei(given)


def attached(chain: Chain, address: str) -> Trainer:
    """Return the trainer at an address."""
    from dcai.trainer.attach import attach

    return attach(chain, address)
