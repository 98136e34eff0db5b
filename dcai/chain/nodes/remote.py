"""A chain over a JSON-RPC node: anvil somewhere, a testnet, an L2."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from urllib3.exceptions import LocationParseError

from dcai import durations
from dcai.accounts.limits import FeeLimits
from dcai.accounts.local_key import LocalKey
from dcai.accounts.unlocked import Unlocked
from dcai.amounts import Amount
from dcai.chain.addresses import checked_address
from dcai.chain.chain import Chain
from dcai.chain.nodes.http import Node
from dcai.chain.nodes.process import PerProcess
from dcai.chain.nodes.url import hidden, shown
from dcai.chain.receipts import RECEIPT_SECONDS, check_patience
from dcai.chain.rpc import RpcFailure, listed, to_address
from dcai.errors import InvalidInput, NodeError
from dcai.untrusted import one_line, shortened

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

    from dcai.accounts.account import Account

_LONGEST_URL = 2_048


def connect(
    url: str,
    *,
    account: str | LocalAccount | None = None,
    chain_id: int | None = None,
    most_fee_wei: Amount | None = None,
    most_tip_wei: Amount | None = None,
    patience: durations.Duration = RECEIPT_SECONDS,
) -> Chain:
    """Connect to a node.

    Parameters
    ----------
    url
        Its JSON-RPC address, http:// or https://.
    account
        Who sends: a private key (0x and 64 digits) or an eth-account account, which signs here and never leaves this
        machine; or the address of an account that the node itself has unlocked. Left out, the node's unlocked
        accounts, if any.
    chain_id
        The chain that is meant; another one is refused. Left out, a private key signs for the chain that the node says
        it is of now, and for no other afterwards.
    most_fee_wei, most_tip_wei
        The most that is paid for a transaction, and as a tip per gas, wei or text such as "0.01 ether": see
        `dcai.accounts.FeeLimits`.
    patience
        How long a transaction that was sent is waited for; by default five minutes. An answer of the node is waited
        for as long, but not longer than 30 seconds.

    Raises
    ------
    NodeError
        If the node can't be reached, or is of another chain.
    InvalidInput
        If the URL, the account, a limit or the patience is malformed.
    """
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise InvalidInput(f"{shown(url)!r} is not the address of a node: it starts with http:// or https://.")
    if len(url) > _LONGEST_URL:  # to normalise one takes quadratic time
        raise InvalidInput(f"The address of a node has up to {_LONGEST_URL:,} characters, not {len(url):,}.")
    seconds = check_patience(durations.seconds(patience))
    hidden.add(url)
    try:
        node = PerProcess(lambda: Node(url, shown(url), seconds))
    except (LocationParseError, ValueError):
        raise InvalidInput(f"{shown(url)!r} is not the address of a node.") from None
    try:
        found = int(node.request("eth_chainId", []), 16)
    except RpcFailure as failure:
        raise NodeError(
            f"{shown(url)} refuses access: {shortened(one_line(failure.message))}. Check the address, and the key or "
            "password in it."
        ) from None
    except (TypeError, ValueError):
        raise NodeError(f"{shown(url)} doesn't say which chain it is on: it is not a JSON-RPC node.") from None
    if chain_id is not None and found != chain_id:
        raise NodeError(
            f"{shown(url)} is a node of chain {found}, not {chain_id}; connect to a node of chain {chain_id}."
        )
    limits = FeeLimits(most_fee_wei, most_tip_wei)
    if account is not None and not _is_address(account):
        keys: dict[str, LocalKey] = {}
        chain = _chain(node, shown(url), [], lambda _, address: keys[address], seconds)
        key = LocalKey(chain, account, chain_id=found, limits=limits)
        keys[key.address] = key
        chain.accounts = [key.address]
        return chain
    try:
        unlocked = [to_address(address) for address in listed(node.request("eth_accounts", []) or [])]
    except RpcFailure:  # many public nodes have no accounts, and say so
        unlocked = []
    if account is not None:
        wanted = checked_address(str(account))
        if wanted not in unlocked:
            raise InvalidInput(f"{wanted} isn't unlocked at {shown(url)}; give its private key, and it signs here.")
        unlocked = [wanted]
    return _chain(node, shown(url), unlocked, lambda chain, address: Unlocked(chain, address, limits=limits), seconds)


def _chain(
    node: PerProcess, backend: str, accounts: list[str], account_of: Callable[[Chain, str], Account], patience: int
) -> Chain:
    return Chain(
        node.request,
        backend=backend,
        accounts=accounts,
        account_of=account_of,
        close=node.close,
        patience=patience,
    )


def _is_address(account: str | LocalAccount) -> bool:
    return isinstance(account, str) and len(account.lower().removeprefix("0x")) == 40
