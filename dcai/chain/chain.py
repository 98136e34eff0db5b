"""One chain, whatever is behind it: the few calls that everything else is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from dcai import durations
from dcai.chain.addresses import checked_address, checksummed
from dcai.chain.codec import codec
from dcai.chain.reverts import explained
from dcai.errors import ContractError, ContractReverted, InvalidInput, NodeError, NodeUnreachable, TransactionFailed

TRANSACTION_GAS_LIMIT = 16_777_216
"""What one transaction may use at most (EIP-7825)."""

# Ethereum's; most other chains are faster.
_BLOCK_SECONDS = 12


class Request(Protocol):
    """Sends one JSON-RPC request and returns its result; raises `RpcFailure` where the node answers with an error."""

    def __call__(self, method: str, params: Sequence[Any]) -> Any:
        """Send it."""


class RpcFailure(Exception):
    """A node's error answer, before anybody has looked at what it means."""

    def __init__(self, message: str, data: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.data = data


@dataclass(frozen=True)
class Log:
    """One entry of the log."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes
    block_number: int
    index: int
    transaction_hash: str


@dataclass(frozen=True)
class Receipt:
    """What became of a transaction: `gas_used`, what that cost in wei, and what it logged."""

    transaction_hash: str
    block_number: int
    gas_used: int
    fee_wei: int
    logs: tuple[Log, ...]
    contract_address: str | None


class Chain:
    """A chain over a web3.py provider. Made by `local_chain` and `connect`.

    Attributes
    ----------
    accounts : list of str
        Addresses that can send transactions.
    backend : str
        What is behind it: "py-evm", "anvil", or the URL.
    chain_id : int
    gas_used : collections.Counter
        Sender -> gas of all transactions sent from here, failed ones too.
    socket : pathlib.Path or None
        The Unix socket of a local anvil, for `dcai.chain.blocks`.
    """

    def __init__(
        self,
        request: Request,
        *,
        backend: str,
        accounts: Sequence[str],
        submit: Callable[[dict[str, Any]], dict[str, Any]],
        travel: Callable[[int], None] | None = None,
        close: Callable[[], None] = lambda: None,
        socket: Path | None = None,
    ) -> None:
        self.request = request
        self.socket = socket
        self.backend = backend
        self.accounts = list(accounts)
        self.chain_id = _int(self._ask("eth_chainId", []))
        self.gas_used: Counter[str] = Counter()
        self._submit = submit
        self._travel = travel
        self.close = close

    def __repr__(self) -> str:
        return f"<Chain {self.chain_id} on {self.backend}, {len(self.accounts)} accounts>"

    def __enter__(self) -> Chain:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Reading

    def call(
        self,
        to: str,
        data: bytes,
        *,
        sender: str | None = None,
        value: int = 0,
        block: int | None = None,
        gas: int | None = None,
    ) -> bytes:
        """Return what a call answers, without sending anything, as of a block or of the latest.

        Parameters
        ----------
        gas
            What it may use; as much as the node allows where left out.

        Raises
        ------
        ContractError
            If the contract refuses: a subclass named like the contract's error.
        """
        transaction = self._transaction(to, data, sender, value)
        if gas is not None:
            transaction["gas"] = hex(gas)
        return _bytes(self._ask("eth_call", [transaction, _tag(block)]))

    def read(self, contract: str, address: str, function: str, *args: Any, block: int | None = None) -> Any:
        """Return what a function of one of our contracts answers, as of a block or of the latest.

        Raises
        ------
        ContractError
            If the contract refuses.
        NodeError
            If nothing that could be its answer comes back: there is no such contract.
        """
        prepared = codec(contract)
        data = self.call(address, prepared.call(function, *args), block=block)
        if not data:
            raise NodeError(f"{address} doesn't answer as a {contract} does: there is no such contract on this chain.")
        return prepared.result(function, data)

    def code(self, address: str) -> bytes:
        """Return the code of a contract; empty where there is none."""
        return _bytes(self._ask("eth_getCode", [address, "latest"]))

    def balance(self, address: str, *, block: int | None = None) -> int:
        """Return what an address owns, wei, as of a block or of the latest."""
        return _int(self._ask("eth_getBalance", [checked_address(address), _tag(block)]))

    def now(self) -> int:
        """Return the time of the latest block, seconds since 1970."""
        return _int(self._ask("eth_getBlockByNumber", ["latest", False])["timestamp"])

    def time_of(self, block: int) -> int:
        """Return the time of a block, seconds since 1970."""
        return _int(self._ask("eth_getBlockByNumber", [hex(block), False])["timestamp"])

    def block_number(self) -> int:
        """Return the number of the latest block."""
        return _int(self._ask("eth_blockNumber", []))

    def logs(self, address: str, *, first_block: int = 0, last_block: int | None = None) -> list[Log]:
        """Return the log of a contract, in order, from a block to another or to the latest.

        Where the node refuses so many blocks at once, as public ones do, they are asked for in parts.
        """
        last = self.block_number() if last_block is None else last_block
        query = {"address": address, "fromBlock": hex(first_block), "toBlock": hex(last)}
        try:
            return [_log(entry) for entry in self._ask("eth_getLogs", [query])]
        except NodeError as error:
            if isinstance(error, NodeUnreachable) or first_block >= last:
                raise
            middle = (first_block + last) // 2
            return [
                *self.logs(address, first_block=first_block, last_block=middle),
                *self.logs(address, first_block=middle + 1, last_block=last),
            ]

    # Sending

    def estimate(self, to: str | None, data: bytes, *, sender: str, value: int = 0) -> int:
        """Return how much gas a transaction needs, and find out whether the contract accepts it.

        Raises
        ------
        ContractError
            If the contract refuses.
        """
        return _int(self._ask("eth_estimateGas", [self._transaction(to, data, sender, value)]))

    def send(
        self, to: str | None, data: bytes = b"", *, sender: str, value: int = 0, gas: int | None = None
    ) -> Receipt:
        """Send a transaction and return its receipt.

        Parameters
        ----------
        to
            The contract or person; None deploys `data`.
        data
            Calldata.
        sender
            One of `accounts`.
        value
            Wei.
        gas
            The gas limit. Left out, the transaction is estimated first, so that one that the contract refuses isn't
            sent.

        Raises
        ------
        ContractError
            If the contract refuses.
        InvalidInput
            If the sender isn't one of the accounts, or it would need more gas than a transaction may use.
        TransactionFailed
            If it was sent, and failed all the same, or there is no receipt in time.
        """
        sender = checked_address(sender)
        if sender not in self.accounts:
            known = ", ".join(self.accounts) or "none"
            raise InvalidInput(f"{sender} can't send on {self.backend}; the accounts that can: {known}.")
        if not isinstance(value, int) or not 0 <= value < 2**256:
            raise InvalidInput(f"An amount is a whole number of wei from 0 to 2^256 - 1, not {value!r}.")
        if gas is None:
            # an estimate is of the state now: a slot that is warm or in use may not be any more in a later block
            needed = self.estimate(to, data, sender=sender, value=value)
            if needed > TRANSACTION_GAS_LIMIT:
                raise InvalidInput(
                    f"This needs {needed:,} gas and a transaction may use {TRANSACTION_GAS_LIMIT:,}: send less at once."
                )
            gas = needed + needed // 10 + 25_000
        transaction = self._transaction(to, data, sender, value)
        transaction["gas"] = hex(min(gas, TRANSACTION_GAS_LIMIT))
        try:
            raw = self._submit(transaction)
        except RpcFailure as failure:
            raise explained(failure.message, failure.data) from None
        receipt = _receipt(raw)
        self.gas_used[sender] += receipt.gas_used
        if _int(raw["status"]) != 1:
            self._raise_failed(transaction, receipt)
        return receipt

    def broadcast(self, signed: str) -> None:
        """Send a transaction that somebody has signed elsewhere; don't wait for it."""
        self._ask("eth_sendRawTransaction", [signed])

    def invoke(
        self,
        contract: str,
        address: str,
        function: str,
        *args: Any,
        sender: str,
        value: int = 0,
        gas: int | None = None,
    ) -> Receipt:
        """Send a transaction that calls a function of one of our contracts; see `send`."""
        return self.send(address, codec(contract).call(function, *args), sender=sender, value=value, gas=gas)

    # Time, on a local chain

    def travel(self, duration: durations.Duration) -> None:
        """Let time pass until the next block, which is made at once. A local chain only.

        Raises
        ------
        InvalidInput
            If the chain is not local, whose clock nobody can turn, or it isn't a second at least.
        """
        if self._travel is None:
            raise InvalidInput(f"Time on {self.backend} can't be set; use local_chain() to try out what happens later.")
        seconds = durations.seconds(duration)
        if seconds == 0:
            raise InvalidInput("Time passes by a second at least, not by 0.")
        try:
            self._travel(self.now() + seconds)
        except RpcFailure as failure:
            raise explained(failure.message, failure.data) from None

    def reach(self, number: int) -> None:
        """Wait until there is a block of this number; where blocks are made on demand, make those that are missing.

        Raises
        ------
        NodeError
            If it isn't there after twice the time that blocks take.
        """
        missing = number - self.block_number()
        if self._travel is not None:
            for _ in range(missing):
                self.travel(1)
            return
        if missing > 0 and self._mines_on_demand():
            self._ask("anvil_mine", [hex(missing)])
            return
        waiting = Retrying(
            stop=stop_after_delay(60 + 2 * _BLOCK_SECONDS * max(missing, 0)),
            wait=wait_fixed(1),
            retry=retry_if_result(lambda latest: latest < number),
            retry_error_callback=lambda state: -1,
        )
        if waiting(self.block_number) < number:
            raise NodeError(f"Block {number} isn't there yet; try again later.")

    def _mines_on_demand(self) -> bool:
        """Tell whether an anvil is there that makes no block without a transaction."""
        try:
            return self._ask("anvil_getAutomine", []) is True
        except NodeError:
            return False

    def snapshot(self) -> str:
        """Remember the state of a local chain, for `revert`."""
        return str(self._ask("evm_snapshot", []))

    def revert(self, snapshot: str) -> None:
        """Put a local chain back to a snapshot, which can't be used again.

        Raises
        ------
        InvalidInput, NodeError
            If there is no such snapshot.
        """
        if self._ask("evm_revert", [snapshot]) is False:
            raise InvalidInput(f"There is no snapshot {snapshot!r}; each can be used once.")

    def _transaction(self, to: str | None, data: bytes, sender: str | None, value: int) -> dict[str, Any]:
        transaction: dict[str, Any] = {"data": "0x" + data.hex(), "value": hex(value)}
        if to is not None:
            transaction["to"] = to
        if sender is not None:
            transaction["from"] = sender
        return transaction

    def _ask(self, method: str, params: Sequence[Any]) -> Any:
        try:
            return self.request(method, params)
        except RpcFailure as failure:
            raise explained(failure.message, failure.data) from None

    def _raise_failed(self, transaction: dict[str, Any], receipt: Receipt) -> None:
        """Say why a transaction failed: a receipt doesn't, but the same call on today's state mostly does."""
        told = f"Transaction {receipt.transaction_hash} was sent and failed ({receipt.gas_used:,} gas)"
        limit = int(transaction["gas"], 16)
        try:
            self._ask("eth_call", [transaction, "latest"])
        except ContractError as error:
            raise TransactionFailed(f"{told}. {error}", receipt) from error
        except (ContractReverted, NodeError) as error:
            if receipt.gas_used >= limit * 63 // 64:
                raise TransactionFailed(f"{told}: it ran out of gas at its limit of {limit:,}.", receipt) from error
            raise TransactionFailed(f"{told}. {error}", receipt) from error
        raise TransactionFailed(
            f"{told}; the same call would work now, so that somebody else's transaction came in between.", receipt
        )


def _tag(block: int | None) -> str:
    return "latest" if block is None else hex(block)


def _receipt(raw: dict[str, Any]) -> Receipt:
    gas_used = _int(raw["gasUsed"])
    return Receipt(
        transaction_hash=_text(raw["transactionHash"]),
        block_number=_int(raw["blockNumber"]),
        gas_used=gas_used,
        fee_wei=gas_used * _int(raw["effectiveGasPrice"]),
        logs=tuple(_log(entry) for entry in raw["logs"]),
        contract_address=checksummed(raw["contractAddress"]) if raw.get("contractAddress") else None,
    )


def _log(raw: dict[str, Any]) -> Log:
    return Log(
        checksummed(raw["address"]),
        tuple(_bytes(topic) for topic in raw["topics"]),
        _bytes(raw["data"]),
        _int(raw["blockNumber"]),
        _int(raw["logIndex"]),
        _text(raw["transactionHash"]),
    )


def _int(value: int | str) -> int:
    return value if isinstance(value, int) else int(value, 16)


def _bytes(value: bytes | str) -> bytes:
    return bytes(value) if isinstance(value, bytes) else bytes.fromhex(value.removeprefix("0x"))


def _text(value: bytes | str) -> str:
    return value if isinstance(value, str) else "0x" + value.hex()
