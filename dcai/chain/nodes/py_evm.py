"""A chain of py-evm within this process."""

from __future__ import annotations

from collections.abc import Sequence
from threading import RLock
from typing import Any

from eth_tester.exceptions import SnapshotNotFound
from eth_tester.exceptions import TransactionFailed as TesterFailed
from eth_tester.exceptions import ValidationError as TesterRefused
from eth_utils.exceptions import ValidationError as EvmRefused
from web3 import EthereumTesterProvider, Web3
from web3.exceptions import Web3Exception
from web3.types import RPCEndpoint

from dcai.accounts.unlocked import Unlocked
from dcai.chain.chain import Chain
from dcai.chain.nodes.anvil import GAS_PRICE
from dcai.chain.rpc import RpcFailure


def tester_chain() -> Chain:
    """Start a chain with ten funded accounts."""
    web3 = Web3(EthereumTesterProvider(), middleware=[])
    ask = web3.manager.request_blocking
    lock = RLock()  # py-evm is not made for several threads

    def request(method: str, params: Sequence[Any]) -> Any:
        try:
            with lock:
                return ask(RPCEndpoint(method), params)
        except (TesterFailed, TesterRefused, SnapshotNotFound, EvmRefused, Web3Exception) as error:
            # a panic comes as web3.py's own exception, with its data beside the text
            raise RpcFailure(str(error), getattr(error, "data", None)) from error

    # eth-tester looks through the whole chain for each entry of a log: n entries would take n * n steps
    logs: list[dict[str, Any]] = []

    def answer(method: str, params: Sequence[Any]) -> Any:
        if method == "eth_getLogs":
            (query,) = params
            wanted, first = query["address"].lower(), int(query["fromBlock"], 16)
            return [log for log in logs if log["address"].lower() == wanted and log["blockNumber"] >= first]
        with lock:
            result = request(method, params)
            if method == "evm_revert":
                latest = request("eth_blockNumber", [])
                logs[:] = [log for log in logs if log["blockNumber"] <= latest]
            elif method == "eth_sendRawTransaction":
                logs.extend(request("eth_getTransactionReceipt", [result])["logs"])
            return result

    def submit(transaction: dict[str, str]) -> dict[str, Any]:
        with lock:
            sent = request("eth_sendTransaction", [{**transaction, **GAS_PRICE}])
            receipt: dict[str, Any] = request("eth_getTransactionReceipt", [sent])
            logs.extend(receipt["logs"])
            return receipt

    def travel(timestamp: int) -> None:
        request("testing_timeTravel", [timestamp])
        request("evm_mine", [1])

    return Chain(
        answer,
        backend="py-evm",
        accounts=request("eth_accounts", []),
        account_of=lambda chain, address: Unlocked(chain, address, submit),
        travel=travel,
    )
