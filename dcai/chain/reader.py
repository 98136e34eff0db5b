"""Asking a node: calls, blocks, balances and logs, as of now or of a block."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf
from time import monotonic
from typing import Any, cast

from dcai.chain.addresses import checked_address
from dcai.chain.codec import codec
from dcai.chain.lag import LAG_SECONDS, is_behind, until_there
from dcai.chain.logs import LogReader, Part, shown
from dcai.chain.receipts import Log
from dcai.chain.reverts import explained
from dcai.chain.rpc import Request, RpcFailure, block_tag, field, to_bytes, to_int
from dcai.errors import NodeError


class Reader:
    """What a node knows of a chain.

    Attributes
    ----------
    request : Request
    patience : float
        How long a transaction that was sent is waited for, seconds.
    """

    def __init__(self, request: Request, *, patience: float) -> None:
        self.request = request
        self.patience = patience
        self._log_reader = LogReader(self._ask)
        self._last_receipt = (0, -inf)

    def call(
        self,
        to: str | None,
        data: bytes,
        *,
        sender: str | None = None,
        value: int = 0,
        block: int | None = None,
        gas: int | None = None,
    ) -> bytes:
        """Return the answer of a call, without sending anything, as of a block or of the latest.

        Parameters
        ----------
        gas
            The most it may use; by default as much as the node allows.

        Raises
        ------
        ContractError
            If the contract refuses: a subclass named like the contract's error.
        """
        transaction = self._transaction(to, data, sender, value)
        if gas is not None:
            transaction["gas"] = hex(gas)
        return to_bytes(self._ask("eth_call", [transaction, block_tag(block)]))

    def read(self, contract: str, address: str, function: str, *args: object, block: int | None = None) -> Any:
        """Return the answer of a function of one of our contracts, as of a block or of the latest.

        Raises
        ------
        ContractError
            If the contract refuses.
        NodeError
            If the answer is empty: there is no such contract.
        """
        prepared = codec(contract)
        calldata = prepared.call(function, *args)
        data = self.call(address, calldata, block=block)
        if not data and block is None:
            data = self._as_of_newest("eth_call", self._transaction(address, calldata, None, 0))
        if not data:
            raise NodeError(
                f"{address} doesn't answer as the contract {contract} does: there is no such contract on this chain."
            )
        return prepared.result(function, data)

    def code(self, address: str) -> bytes:
        """Return the code of a contract; empty where there is none."""
        address = checked_address(address)
        found = to_bytes(self._ask("eth_getCode", [address, "latest"]))
        return found or self._as_of_newest("eth_getCode", address)

    def balance(self, address: str, *, block: int | None = None) -> int:
        """Return the balance of an address, wei, as of a block or of the latest."""
        return to_int(self._ask("eth_getBalance", [checked_address(address), block_tag(block)]))

    def gas_price(self) -> int:
        """Return the price of gas that the node suggests, wei."""
        return to_int(self._ask("eth_gasPrice", []))

    def block(self, number: int | None = None) -> Mapping[str, Any]:
        """Return a block as the node answers it, by its number, or the latest one.

        One that the node doesn't have yet is waited for: of several behind one address, one may lag behind another.
        """
        params = [block_tag(number), False]
        found: Any = self._ask("eth_getBlockByNumber", params)
        if found is None:
            found = until_there(lambda: self._ask("eth_getBlockByNumber", params), min(LAG_SECONDS, self.patience))
        field(found, "timestamp")
        return cast("Mapping[str, Any]", found)

    def now(self) -> int:
        """Return the time of the latest block, seconds since 1970."""
        return to_int(self.block()["timestamp"])

    def finalized(self) -> int | None:
        """Return the number of the latest block that no reorganisation can replace; None where a chain has none."""
        try:
            block = self.request("eth_getBlockByNumber", ["finalized", False])
        except RpcFailure:  # the node doesn't know the tag
            return None
        return None if block is None else to_int(field(block, "number"))

    def time_of(self, block: int) -> int:
        """Return the time of a block, seconds since 1970."""
        return to_int(self.block(block)["timestamp"])

    def block_number(self) -> int:
        """Return the number of the latest block."""
        return to_int(self._ask("eth_blockNumber", []))

    def logs(
        self,
        address: str,
        *,
        first_block: int = 0,
        last_block: int | None = None,
        begins: Callable[[Log], bool] = lambda log: False,
    ) -> list[Log]:
        """Return the log of a contract, in order, from a block to another or to the latest.

        Where the node refuses so many blocks at once, as public ones do, they are asked for in parts, the latest first;
        a terminal shows how far it is where that takes more than a second.

        Parameters
        ----------
        begins
            Tells that an entry is the contract's first, so that no earlier block is asked for.

        Raises
        ------
        NodeError
            If the node refuses a single block, too.
        """
        last = self.block_number() if last_block is None else last_block
        found: list[Part] = []
        for part in shown(self._log_reader.parts(checked_address(address), first_block, last)):
            found.append(part)
            if part.first > first_block and any(map(begins, part.logs)):
                break
        return [log for part in reversed(found) for log in part.logs]

    def estimate(self, to: str | None, data: bytes, *, sender: str, value: int = 0) -> int:
        """Return how much gas a transaction needs, and find out whether the contract accepts it.

        Raises
        ------
        ContractError
            If the contract refuses.
        """
        return to_int(self._ask("eth_estimateGas", [self._transaction(to, data, sender, value)]))

    def _transaction(self, to: str | None, data: bytes, sender: str | None, value: int) -> dict[str, str]:
        transaction = {"data": "0x" + data.hex(), "value": hex(value)}
        if to is not None:
            transaction["to"] = to
        if sender is not None:
            transaction["from"] = sender
        return transaction

    def _as_of_newest(self, method: str, question: object) -> bytes:
        """Ask again, as of the block of a receipt that just came, what has no answer as of the latest block.

        Of several nodes behind one address, one that lags behind finds nothing where that block put something; asked as
        of the block, it says that it doesn't have it yet.
        """
        number, time = self._last_receipt
        if monotonic() - time > LAG_SECONDS:
            return b""
        try:
            return to_bytes(self._ask(method, [question, block_tag(number)]))
        except NodeError:  # it doesn't keep the state of that block, or another one has replaced it
            return b""

    def _ask(self, method: str, params: Sequence[object]) -> Any:
        try:
            return self.request(method, params)
        except RpcFailure as failure:
            if not is_behind(failure):
                raise explained(failure.message, failure.data) from None
        try:
            return until_there(lambda: self.request(method, params), min(LAG_SECONDS, self.patience))
        except RpcFailure as failure:
            raise explained(failure.message, failure.data) from None
