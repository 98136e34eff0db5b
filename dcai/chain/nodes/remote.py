"""A chain over a JSON-RPC node: anvil somewhere, a testnet, an L2."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import certifi
import urllib3
from urllib3.exceptions import HTTPError, LocationParseError, MaxRetryError
from urllib3.util import Retry, make_headers, parse_url

from dcai import untrusted
from dcai.accounts.local_key import LocalKey
from dcai.accounts.unlocked import Unlocked
from dcai.chain.addresses import checked_address
from dcai.chain.chain import Chain
from dcai.chain.rpc import RpcFailure, listed, to_address
from dcai.errors import InvalidInput, NodeError, NodeUnreachable

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

_LONGEST_URL = 2_048
_ANSWER_SECONDS = 30
_ATTEMPTS = 6

# Everything sent here can be sent twice: a lost request is sent again, and a node (or what stands before it) that is
# busy is given time. Nodes that don't answer in time are asked three times.
_RETRY = Retry(
    total=_ATTEMPTS - 1,
    read=2,
    backoff_factor=0.1,
    backoff_max=5,
    status_forcelist=(429, 502, 503, 504),
    allowed_methods=None,
    respect_retry_after_header=False,
)


def connect(url: str, *, account: str | LocalAccount | None = None, chain_id: int | None = None) -> Chain:
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
        The chain that is meant; another one is refused.

    Raises
    ------
    NodeError
        If the node can't be reached, or is of another chain.
    InvalidInput
        If the URL or the account is malformed.
    """
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise InvalidInput(f"{_shown(url)!r} is not the address of a node: it starts with http:// or https://.")
    if len(url) > _LONGEST_URL:  # to normalise one takes quadratic time
        raise InvalidInput(f"The address of a node has up to {_LONGEST_URL:,} characters, not {len(url):,}.")
    node = _Node(url)
    shown = node.shown
    try:
        found = int(node.request("eth_chainId", []), 16)
    except (TypeError, ValueError, RpcFailure):
        raise NodeError(f"{shown} doesn't say which chain it is on: it is not a JSON-RPC node.") from None
    if chain_id is not None and found != chain_id:
        raise NodeError(f"{shown} is a node of chain {found}, not {chain_id}; connect to a node of chain {chain_id}.")
    if account is not None and not _is_address(account):
        keys: dict[str, LocalKey] = {}
        chain = Chain(node.request, backend=shown, accounts=[], account_of=lambda _, address: keys[address])
        key = LocalKey(chain, account)
        keys[key.address] = key
        chain.accounts = [key.address]
        return chain
    try:
        unlocked = [to_address(address) for address in listed(node.request("eth_accounts", []))]
    except RpcFailure:  # many public nodes have no accounts, and say so
        unlocked = []
    if account is not None:
        wanted = checked_address(str(account))
        if wanted not in unlocked:
            raise InvalidInput(f"{wanted} isn't unlocked at {shown}; give its private key, and it signs here.")
        unlocked = [wanted]
    return Chain(node.request, backend=shown, accounts=unlocked, account_of=Unlocked)


def _is_address(account: str | LocalAccount) -> bool:
    return isinstance(account, str) and len(account.lower().removeprefix("0x")) == 40


class _Node:
    def __init__(self, url: str) -> None:
        self.url, self.shown = url, _shown(url)
        self._numbers = count()
        try:
            self._pool = _pool_for(url)
            self._headers = _headers_for(url)
        except (LocationParseError, ValueError) as error:
            raise InvalidInput(f"{self.shown!r} is not the address of a node: {_shown(str(error))}.") from None

    def request(self, method: str, params: Sequence[object]) -> Any:
        asked = {"jsonrpc": "2.0", "id": next(self._numbers), "method": method, "params": params}
        answer = self._post(json.dumps(asked).encode())
        if isinstance(answer, dict) and isinstance(answer.get("error"), dict):
            failure: Any = answer["error"]
            data = failure.get("data")
            raise RpcFailure(str(failure.get("message")), data if isinstance(data, str) else None)
        if not isinstance(answer, dict) or "result" not in answer:
            raise NodeError(f"{self.shown} doesn't answer as a JSON-RPC node does; check the address.")
        return answer["result"]

    def _post(self, body: bytes) -> Any:
        try:
            answer = self._pool.request(
                "POST", self.url, body=body, headers=self._headers, retries=_RETRY, timeout=_ANSWER_SECONDS
            )
        except MaxRetryError as error:
            raise NodeUnreachable(
                f"No node answers at {self.shown} (up to {_ATTEMPTS} attempts); check the address and that the node "
                "runs."
            ) from error
        except (HTTPError, ValueError) as error:
            raise NodeError(f"{self.shown} can't be asked: {_shown(str(error))}; check the address.") from error
        if not 200 <= answer.status < 300:
            raise NodeError(f"{self.shown} answers with status {answer.status}: it may not be a JSON-RPC node.")
        try:
            return untrusted.parse(answer.data)
        except ValueError as error:
            raise NodeError(f"{self.shown} doesn't answer in JSON: it is not a JSON-RPC node.") from error


def _pool_for(url: str) -> urllib3.PoolManager:
    """Return the connections to a URL, through the proxy that the environment names for it, if any."""
    parts = urlsplit(url)
    certificates = os.environ.get("SSL_CERT_FILE") or certifi.where()
    proxy = getproxies().get(parts.scheme)
    if proxy and not proxy_bypass(parts.hostname or ""):
        return urllib3.ProxyManager(proxy, ca_certs=certificates)
    return urllib3.PoolManager(ca_certs=certificates)


def _headers_for(url: str) -> dict[str, str]:
    """Return the headers of a request: a name and a password that stand in the URL among them."""
    auth = parse_url(url).auth
    return {"Content-Type": "application/json", **make_headers(basic_auth=auth and unquote(auth))}


def _shown(text: Any) -> Any:
    """Return a text without the name and the password of the URL in it."""
    return re.sub(r"(?<=//)[^/\s]*@", "***@", text) if isinstance(text, str) else text
