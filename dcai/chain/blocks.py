"""Blocks of a local chain, each made at a given second and of given transactions.

For simulations. On anvil a block of two transactions takes three small requests over the node's Unix socket, which is
some 2,500 blocks a second; the same through web3.py's provider is 1,700. On py-evm it is some 100.
"""

from __future__ import annotations

import json
import socket
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from dcai.chain.addresses import checksummed
from dcai.chain.chain import Chain, Log, Request, RpcFailure
from dcai.errors import ContractReverted, InvalidInput, NodeError

# Room for all that is due in the same second; what one transaction may use is limited all the same.
_BLOCK_GAS = 10**10
_TIMEOUT_SECONDS = 120
# a larger one is taken from the system anew for every answer
_CHUNK = 1 << 16


class Transaction(NamedTuple):
    """A call with its sender: from whom, to which contract, with which data, value and gas limit."""

    sender: str
    to: str
    data: bytes
    value: int
    gas: int


class Mined(NamedTuple):
    """The outcome of a transaction, and who sent it."""

    sender: str
    ok: bool
    gas_used: int
    logs: list[Log]


class Connection:
    """JSON-RPC over a Unix socket, one request at a time."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(_TIMEOUT_SECONDS)
        self._socket.connect(path)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def request(self, method: str, params: Sequence[Any], meanwhile: Callable[[], None] | None = None) -> Any:
        """Send one request and return its result; do something else until it is there."""
        return _result(self.exchange({"jsonrpc": "2.0", "id": 0, "method": method, "params": params}, meanwhile))

    def request_many(self, method: str, many: Sequence[Sequence[Any]]) -> list[Any]:
        """Send requests of one method together and return their results."""
        batch = [{"jsonrpc": "2.0", "id": at, "method": method, "params": params} for at, params in enumerate(many)]
        answers = self.exchange(batch)
        return [_result(answer) for answer in sorted(answers, key=lambda answer: int(answer["id"]))]

    def exchange(self, message: Any, meanwhile: Callable[[], None] | None = None) -> Any:
        """Send a message and return the answer."""
        try:
            self._socket.sendall(json.dumps(message).encode())
            if meanwhile:
                meanwhile()
            received = b""
            while chunk := self._socket.recv(_CHUNK):
                received += chunk
                try:
                    return json.loads(received)
                except ValueError:  # the rest is on its way
                    continue
        except OSError as error:
            raise NodeError(f"The local chain doesn't answer any more: {error}; start another.") from error
        raise NodeError("The local chain has ended: it was closed, or anvil was; start another.")


class InProcess:
    """Requests to a chain within this process, as `Connection` takes them."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def close(self) -> None:
        """Do nothing: there is nothing to close."""

    def request(self, method: str, params: Sequence[Any], meanwhile: Callable[[], None] | None = None) -> Any:
        """Do something else, then send one request and return its result."""
        if meanwhile:
            meanwhile()
        return self._request(method, params)

    def request_many(self, method: str, many: Sequence[Sequence[Any]]) -> list[Any]:
        """Send requests of one method and return their results."""
        return [self._request(method, params) for params in many]


def _result(answer: Any) -> Any:
    if "error" in answer:
        raise RpcFailure(answer["error"]["message"], answer["error"].get("data"))
    return answer["result"]


class Blocks:
    """Makes the blocks of a local chain.

    Senders are any addresses, with no key: the node takes the sender's word. Every transaction pays the same price for
    its gas, so that they stand in a block in the order in which they were given.

    Parameters
    ----------
    chain
        A local one; until `close`, its own `send` must not be used, since it would wait for a block.
    gas_price_wei
        What everybody pays for a unit of gas.

    Raises
    ------
    InvalidInput
        If the chain isn't a local one.
    """

    def __init__(self, chain: Chain, gas_price_wei: int) -> None:
        self._chain = chain
        self._price = hex(gas_price_wei)
        self._connection = _connection(chain)
        self._ask = self._connection.request
        self._ask("evm_setAutomine", [False])
        self._ask("anvil_autoImpersonateAccount", [True])
        self._former_gas = self._ask("eth_getBlockByNumber", ["latest", False])["gasLimit"]
        self._ask("evm_setBlockGasLimit", [hex(_BLOCK_GAS)])
        # it stays 0 then, and what a transaction pays is its own price
        self._ask("anvil_setNextBlockBaseFeePerGas", [hex(0)])
        self.number = chain.block_number()
        self._nonces: defaultdict[str, int] = defaultdict(int)

    def fund(self, address: str, wei: int) -> None:
        """Let an address that never sent anything have so much money."""
        self._ask("anvil_setBalance", [address, hex(wei)])

    def mine(
        self, time: int, transactions: Sequence[Transaction], meanwhile: Callable[[], None] | None = None
    ) -> list[Mined]:
        """Make the next block and return the outcome of each transaction.

        Parameters
        ----------
        time
            Of the block, seconds since 1970: after that of the one before.
        transactions
            In the order in which they are executed. Each sender can pay for all of theirs.
        meanwhile
            Called while the node makes the block.

        Raises
        ------
        NodeError
            If the node refuses a transaction, or is gone.
        """
        try:
            self._connection.request_many("eth_sendTransaction", [[self._fields(one)] for one in transactions])
            self._ask("evm_mine", [{"timestamp": time}], meanwhile)
            self.number += 1
            receipts = self._ask("eth_getBlockReceipts", [hex(self.number)])
        except RpcFailure as failure:
            raise NodeError(f"The local chain refuses a block: {failure.message}") from None
        if len(receipts) != len(transactions):
            raise NodeError(f"Block {self.number} holds {len(receipts)} transactions, {len(transactions)} were sent.")
        return [_mined(receipt) for receipt in receipts]

    def refusal(self, one: Transaction) -> ContractReverted | None:
        """Return why the contract refuses a transaction now, or None where it wouldn't."""
        try:
            self._chain.call(one.to, one.data, sender=one.sender, value=one.value)
        except ContractReverted as error:
            return error
        return None

    def close(self) -> None:
        """Let the chain make its blocks by itself again, of the size that it had."""
        self._connection.close()  # on which an answer may still be due, where somebody interrupted a block
        # an estimate of what no block can hold is over sooner
        self._chain.request("evm_setBlockGasLimit", [self._former_gas])
        self._chain.request("evm_setAutomine", [True])

    def _fields(self, one: Transaction) -> dict[str, str]:
        nonce = self._nonces[one.sender]
        self._nonces[one.sender] = nonce + 1
        return {
            "from": one.sender,
            "to": one.to,
            "data": "0x" + one.data.hex(),
            "value": hex(one.value),
            "gas": hex(one.gas),
            "gasPrice": self._price,
            "nonce": hex(nonce),
        }


def _connection(chain: Chain) -> Connection | InProcess:
    if chain.socket is not None:
        return Connection(str(chain.socket))
    if chain.backend == "py-evm":
        return InProcess(chain.request)
    raise InvalidInput(f"Blocks can't be made at will on {chain.backend}; use local_chain().")


def receipts(chain: Chain, number: int) -> list[Mined]:
    """Return the outcome of each transaction of a block."""
    return [_mined(receipt) for receipt in chain.request("eth_getBlockReceipts", [hex(number)])]


def _mined(receipt: dict[str, Any]) -> Mined:
    number = int(receipt["blockNumber"], 16)
    logs = [
        Log(
            log["address"],
            tuple(bytes.fromhex(topic[2:]) for topic in log["topics"]),
            bytes.fromhex(log["data"][2:]),
            number,
            int(log["logIndex"], 16),
            log["transactionHash"],
        )
        for log in receipt["logs"]
    ]
    return Mined(checksummed(receipt["from"]), receipt["status"] == "0x1", int(receipt["gasUsed"], 16), logs)
