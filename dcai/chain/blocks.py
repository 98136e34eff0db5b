"""Blocks of a local chain, each made at a given second and of given transactions.

For simulations. On anvil a block of two transactions takes three small requests over the node's Unix socket, which is
some 2,500 blocks a second; the same through web3.py's provider is 1,700. py-evm is some hundred times slower.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from dcai.chain.addresses import checksummed
from dcai.chain.call import Call
from dcai.chain.chain import Chain
from dcai.chain.nodes.ipc import Connection
from dcai.chain.receipts import Log
from dcai.chain.rpc import Request, RpcFailure
from dcai.errors import ContractReverted, InvalidInput, NodeError

# Room for all that is due in the same second; each transaction's own limit is a transaction's all the same.
_BLOCK_GAS = 10**10


class Transaction(NamedTuple):
    """A call with a gas limit, and the address that pays for it: any, no key is needed."""

    sender: str
    call: Call


class Mined(NamedTuple):
    """The outcome of a transaction, and who sent it."""

    sender: str
    ok: bool
    gas_used: int
    logs: list[Log]


class InProcess:
    """Requests to a chain within this process, as `Connection` takes them."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def close(self) -> None:
        """Do nothing: there is nothing to close."""

    def request(self, method: str, params: Sequence[object], meanwhile: Callable[[], None] | None = None) -> Any:
        """Do something else, then send one request and return its result."""
        if meanwhile:
            meanwhile()
        return self._request(method, params)

    def request_many(self, method: str, many: Sequence[Sequence[object]]) -> list[Any]:
        """Send requests of one method and return their results."""
        return [self._request(method, params) for params in many]


class Blocks:
    """Makes the blocks of a local chain.

    Senders are any addresses, without a key: the node believes who is said to send. Every transaction pays the same
    price for its gas, so that they stand in a block in the order in which they were given.

    Parameters
    ----------
    chain
        A local one; until `close`, its accounts must not send, since they would wait for a block.
    gas_price_wei
        The price of a unit of gas, for everybody.

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
        """Give an address that never sent anything a balance."""
        self._ask("anvil_setBalance", [address, hex(wei)])

    def mine(
        self, time: int, transactions: Sequence[Transaction], meanwhile: Callable[[], None] | None = None
    ) -> list[Mined]:
        """Make the next block and return the outcome of each transaction.

        Parameters
        ----------
        time
            Of the block, seconds since 1970: later than that of the block before.
        transactions
            In the order in which they are executed, each with a gas limit. Each sender can pay for all of theirs.
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
        """Return why the contract refuses a transaction now, or None where it doesn't."""
        call = one.call
        try:
            self._chain.call(call.to, call.data, sender=one.sender, value=call.value)
        except ContractReverted as error:
            return error
        return None

    def close(self) -> None:
        """Let the chain make its blocks by itself again, of the size that it had."""
        self._connection.close()  # on which an answer may still be due, where somebody interrupted a block
        # with smaller blocks, an estimate of what no block can hold ends sooner
        self._chain.request("evm_setBlockGasLimit", [self._former_gas])
        self._chain.request("evm_setAutomine", [True])

    def _fields(self, one: Transaction) -> dict[str, str]:
        nonce = self._nonces[one.sender]
        self._nonces[one.sender] = nonce + 1
        return {"from": one.sender, **one.call.transaction(), "gasPrice": self._price, "nonce": hex(nonce)}


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
