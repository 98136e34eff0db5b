"""A chain over a JSON-RPC node: anvil somewhere, a testnet, an L2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import requests
from eth_account import Account
from eth_account.signers.local import LocalAccount
from tenacity import (
    RetryCallState,
    retry,
    retry_if_exception_type,
    stop_after_attempt,
    stop_after_delay,
    wait_exponential,
)
from web3 import HTTPProvider
from web3.types import RPCEndpoint

from dcai.chain.addresses import checked_address
from dcai.chain.chain import Chain, RpcFailure
from dcai.errors import InvalidInput, NodeError, NodeUnreachable, TransactionFailed

# The node, or who stands before it, asks for patience.
_BUSY = (429, 502, 503, 504)

RECEIPT_SECONDS = 300
"""How long a transaction is waited for before `TransactionFailed` says that it is still on its way."""


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
        raise InvalidInput(f"{url!r} is no address of a node; it starts with http:// or https://.")
    node = _Node(url)
    try:
        found = int(node.request("eth_chainId", []), 16)
    except (TypeError, ValueError, RpcFailure):
        raise NodeError(f"{url} doesn't tell its chain: it is no JSON-RPC node.") from None
    if chain_id is not None and found != chain_id:
        raise NodeError(f"{url} is a node of chain {found}, not {chain_id}; connect to a node of chain {chain_id}.")
    signer = _signer(account)
    if signer is not None:
        return Chain(node.request, backend=url, accounts=[signer.address], submit=_Signing(node, signer, found).submit)
    try:
        unlocked = [checked_address(address) for address in node.request("eth_accounts", [])]
    except RpcFailure:  # many public nodes know no accounts, and say so
        unlocked = []
    if account is not None:
        wanted = checked_address(str(account))
        if wanted not in unlocked:
            raise InvalidInput(f"{wanted} isn't unlocked at {url}; give its private key, and it signs here.")
        unlocked = [wanted]
    return Chain(node.request, backend=url, accounts=unlocked, submit=node.submit_unlocked)


def _signer(account: str | LocalAccount | None) -> LocalAccount | None:
    if account is None or isinstance(account, LocalAccount):
        return account
    if isinstance(account, str) and len(account.removeprefix("0x")) == 40:
        return None
    try:
        if isinstance(account, str) and len(account.removeprefix("0x")) != 64:
            raise ValueError
        signer: LocalAccount = Account.from_key(account)
    except ValueError:
        raise InvalidInput(
            "The account is neither a private key (0x and 64 digits) nor an address (0x and 40)."
        ) from None
    return signer


def _unreachable(state: RetryCallState) -> None:
    node = state.args[0]
    raise NodeUnreachable(
        f"No node answers at {node.url} ({state.attempt_number} attempts); check the address and that the node runs."
    )


class _NoReceiptYet(Exception):
    """The transaction isn't in a block yet."""


def _still_waiting(state: RetryCallState) -> None:
    raise TransactionFailed(
        f"Transaction {state.args[1]} is in no block after {RECEIPT_SECONDS} s; it may still get into one: look it up "
        "before you send it again."
    )


class _Node:
    def __init__(self, url: str) -> None:
        self.url = url
        # tenacity repeats, for all methods alike: everything sent here can be sent twice
        self._provider = HTTPProvider(url, exception_retry_configuration=None)

    @retry(
        retry=retry_if_exception_type((requests.ConnectionError, requests.Timeout)),
        wait=wait_exponential(multiplier=0.1, max=5),
        stop=stop_after_attempt(6) | stop_after_delay(60),
        retry_error_callback=_unreachable,
    )
    def request(self, method: str, params: Sequence[Any]) -> Any:
        try:
            answer: Any = self._provider.make_request(RPCEndpoint(method), params)
        except requests.HTTPError as error:
            if error.response is not None and error.response.status_code in _BUSY:
                raise requests.ConnectionError(str(error)) from error
            raise NodeError(f"{self.url} answers {error}: it may be no JSON-RPC node.") from error
        except ValueError as error:
            raise NodeError(f"{self.url} doesn't answer in JSON: it is no JSON-RPC node.") from error
        if isinstance(answer, dict) and isinstance(answer.get("error"), dict):
            failure: Any = answer["error"]
            data = failure.get("data")
            raise RpcFailure(str(failure.get("message")), data if isinstance(data, str) else None)
        if not isinstance(answer, dict) or "result" not in answer:
            raise NodeError(f"{self.url} doesn't answer as a JSON-RPC node does; check the address.")
        return answer["result"]

    @retry(
        retry=retry_if_exception_type(_NoReceiptYet),
        wait=wait_exponential(multiplier=0.02, max=2),
        stop=stop_after_delay(RECEIPT_SECONDS),
        retry_error_callback=_still_waiting,
    )
    def receipt(self, transaction_hash: str) -> dict[str, Any]:
        found: dict[str, Any] | None = self.request("eth_getTransactionReceipt", [transaction_hash])
        if found is None or found.get("blockNumber") is None:
            raise _NoReceiptYet
        return found

    def submit_unlocked(self, transaction: dict[str, Any]) -> dict[str, Any]:
        # a lost answer could hide a transaction that was sent; the nonce keeps a second one out
        nonce = self.request("eth_getTransactionCount", [transaction["from"], "pending"])
        try:
            sent = self.request("eth_sendTransaction", [{**transaction, "nonce": nonce}])
        except RpcFailure as failure:
            if "nonce" not in failure.message.lower():
                raise
            raise TransactionFailed(
                f"The connection was lost while a transaction was sent, and {transaction['from']} has sent one with "
                f"its number, {int(nonce, 16)}, since: look whether it was this one before you send it again."
            ) from None
        return self.receipt(sent)

    def fees(self) -> dict[str, int]:
        """Return fees that hold while the base fee doubles (EIP-1559)."""
        base = int(self.request("eth_getBlockByNumber", ["latest", False])["baseFeePerGas"], 16)
        try:
            tip = int(self.request("eth_maxPriorityFeePerGas", []), 16)
        except RpcFailure:  # not every node has the method
            tip = 10**9
        return {"maxFeePerGas": 2 * base + tip, "maxPriorityFeePerGas": tip}


class _Signing:
    """Signs here. Where somebody else sends with the same key at the same time, the next number is taken."""

    def __init__(self, node: _Node, signer: LocalAccount, chain_id: int) -> None:
        self._node = node
        self._signer = signer
        self._chain_id = chain_id

    def submit(self, transaction: dict[str, Any]) -> dict[str, Any]:
        fields = {key: value for key, value in transaction.items() if key != "from"}
        if "to" in fields:
            fields["to"] = checked_address(fields["to"])
        try:
            sent = self._send(fields)
        except RpcFailure as failure:
            if "nonce too low" not in failure.message.lower():
                raise
            sent = self._send(fields)
        return self._node.receipt(sent)

    def _send(self, fields: dict[str, Any]) -> str:
        nonce = int(self._node.request("eth_getTransactionCount", [self._signer.address, "pending"]), 16)
        signed = self._signer.sign_transaction(
            {**fields, **self._node.fees(), "type": 2, "chainId": self._chain_id, "nonce": nonce}
        )
        sent = signed.hash.to_0x_hex()
        try:
            self._node.request("eth_sendRawTransaction", [signed.raw_transaction.to_0x_hex()])
        except RpcFailure:
            # an answer may have been lost, and the same bytes sent again: then the node has them, whatever it says
            if self._node.request("eth_getTransactionByHash", [sent]) is None:
                raise
        return sent
