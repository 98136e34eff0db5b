"""The node that a command talks to, the trainer that it asks, and who sends: options that commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dcai import configuration
from dcai.accounts.environment import KEY, signer
from dcai.chain import Chain, connect
from dcai.chain.receipts import RECEIPT_SECONDS, check_patience
from dcai.cli.named import named_network
from dcai.cli.options import replaced
from dcai.cli.secrets import KeystoreFolder, PasswordFile, password_of
from dcai.cli.units import naming, seconds, wei
from dcai.configuration import Network
from dcai.errors import DcaiError, InvalidInput
from dcai.trainer.trainer import Trainer

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

LOCAL_NODE = "http://127.0.0.1:8545"
"""Where anvil and other local nodes listen."""

_NODE: dict[str, tuple[Any, object]] = {
    "url": (Annotated[str | None, typer.Option("--url", help=f"JSON-RPC address of a node [{LOCAL_NODE}].")], None),
    "network": (
        Annotated[
            str | None,
            typer.Option("--network", metavar="NAME", help="A network that `dcai network` knows, in place of --url."),
        ],
        None,
    ),
}

_SENDER: dict[str, tuple[Any, object]] = {
    "account": (
        Annotated[
            str | None,
            typer.Option(
                "--account",
                metavar="NAME",
                help=f"An account that `dcai account` knows; else the key in {KEY} signs, the default account, or the "
                "node.",
            ),
        ],
        None,
    ),
    "keystore": (KeystoreFolder, None),
    "password_file": (PasswordFile, None),
    "unlocked": (
        Annotated[
            bool,
            typer.Option("--unlocked", help="Let the node sign, with its first account."),
        ],
        False,
    ),
    "chain_id": (
        Annotated[
            int | None,
            typer.Option(
                "--chain-id",
                min=1,
                metavar="NUMBER",
                help="The number of the chain that is meant; a node of another is refused.",
            ),
        ],
        None,
    ),
    "most_fee": (
        Annotated[
            str | None,
            typer.Option(
                "--most-fee",
                metavar="AMOUNT",
                help='The most that a transaction may cost, as "0.01 ether"; 1 ether if left out.',
            ),
        ],
        None,
    ),
    "most_tip": (
        Annotated[
            str | None,
            typer.Option(
                "--most-tip",
                metavar="AMOUNT",
                help='The highest tip per gas, as "2 gwei"; if left out, ten times what others paid, up to 100 gwei.',
            ),
        ],
        None,
    ),
    "patience": (
        Annotated[
            str | None,
            typer.Option(
                "--patience",
                metavar="DURATION",
                help='How long a transaction that was sent is waited for, as "20 minutes", or seconds; 5 minutes if '
                "left out.",
            ),
        ],
        None,
    ),
}


class Node:
    """The node that a command asks.

    Parameters
    ----------
    url, network : str or None
        As the options have them. Without both, the network that stands before the command's name or is used by
        default; without that, a node on this machine.

    Raises
    ------
    InvalidInput
        If both are given, or there is no such network.
    """

    def __init__(self, url: str | None = None, network: str | None = None) -> None:
        network = named_network.get() if network is None else network
        if url is not None and network is not None:
            raise InvalidInput("--url and --network both name a node; leave one of them out.")
        self._network: Network | None = None
        if url is None:
            known = configuration.load()
            chosen = known.network if network is None else network
            self._network = None if chosen is None else known.find(chosen)
            url = self._network.node() if self._network else LOCAL_NODE
        self._url = url

    def connect(self) -> Chain:
        """Connect to it, to ask.

        Raises
        ------
        InvalidInput, NodeError
            See `dcai.connect`.
        """
        return connect(self._url, chain_id=self._network.chain_id if self._network else None)

    def address(self, given: str) -> str:
        """Return the address of a trainer that has a nickname on the network; anything else is returned unchanged."""
        return self._network.trainers.get(given, given) if self._network else given

    def trainer(self, given: str) -> Trainer:
        """Connect, and return the trainer at an address, or with a nickname."""
        from dcai.trainer.attach import attach

        return attach(self.connect(), self.address(given))


class Sender(Node):
    """The node that a command sends to, and who signs.

    The account that is named signs; else the key in the environment, the account of the configuration, or the node.

    Parameters
    ----------
    account, keystore, password_file, unlocked, chain_id, most_fee, most_tip, patience
        As the options have them.

    Raises
    ------
    InvalidInput
        If an option is malformed, or two don't go together.
    """

    def __init__(
        self,
        url: str | None,
        network: str | None,
        account: str | None,
        keystore: Path | None,
        password_file: Path | None,
        unlocked: bool,
        chain_id: int | None,
        most_fee: str | None,
        most_tip: str | None,
        patience: str | None,
    ) -> None:
        super().__init__(url, network)
        if self._network is not None:
            if chain_id not in (None, self._network.chain_id):
                raise InvalidInput(
                    f"The network {self._network.name} is chain {self._network.chain_id}, not {chain_id}; leave out "
                    "--chain-id, or name another network."
                )
            chain_id = self._network.chain_id
        self._chain_id = chain_id
        self._most_fee = _amount("--most-fee", most_fee)
        self._most_tip = _amount("--most-tip", most_tip)
        with naming("--patience"):
            self._patience = RECEIPT_SECONDS if patience is None else check_patience(seconds(patience))
        own = [one for one in (account, keystore, password_file) if one is not None]
        if unlocked and own:
            raise InvalidInput(
                "--unlocked lets the node sign, and the other options name an account of yours; leave one out."
            )
        if own and account is None:
            raise InvalidInput("--keystore and --password-file are for an account of the keystore; name --account.")
        self._unlocked, self._account = unlocked, account
        self._keystore, self._password_file = keystore, password_file
        self._signer: LocalAccount | None = None

    def unlock(self) -> None:
        """Open the account that signs, which may ask for its password.

        Raises
        ------
        InvalidInput
            If it can't be opened.
        """
        if not self._unlocked and self._signer is None:
            self._signer = _signer(self._account, self._keystore, self._password_file)

    def connect(self) -> Chain:
        """Connect to it as who signs.

        Raises
        ------
        InvalidInput, NodeError
            See `dcai.connect` and `unlock`.
        DcaiError
            If nobody signs: there is neither a key nor an account of the node.
        """
        self.unlock()
        chain = connect(
            self._url,
            account=self._signer,
            chain_id=self._chain_id,
            most_fee_wei=self._most_fee,
            most_tip_wei=self._most_tip,
            patience=self._patience,
        )
        if not chain.accounts:
            raise DcaiError(
                f"No account of {chain.backend} can send: make one with `dcai account new`, or put your private key "
                f"into the environment variable {KEY}."
            )
        return chain


def asks(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a node, and a `Node` as its argument `node`."""
    return replaced(command, "node", _NODE, Node)


def sends(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a node and of who signs, and a `Sender` as its argument `node`."""
    return replaced(command, "node", _NODE | _SENDER, Sender)


def _signer(account: str | None, keystore: Path | None, password_file: Path | None) -> LocalAccount | None:
    """Return who signs; None leaves it to the node."""
    key = None if account is not None else signer()
    name = account if account is not None else (None if key else configuration.load().account)
    if name is None:
        return key
    from dcai.accounts.keystore import Keystore

    kept = Keystore(keystore)
    kept.address(name)  # what isn't there needs no password
    return kept.unlock(name, password_of(name, password_file))


def _amount(option: str, given: str | None) -> int | None:
    if given is None:
        return None
    with naming(option):
        return wei(given)
