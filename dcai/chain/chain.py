"""One chain, whatever is behind it: the few calls that everything else is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

from dcai import durations
from dcai.chain.addresses import checked_address
from dcai.chain.call import Call
from dcai.chain.codec import codec
from dcai.chain.receipts import Log, RawReceipt, Receipt
from dcai.chain.reverts import explained
from dcai.chain.rpc import Request, RpcFailure, block_tag, field, listed, to_bytes, to_int
from dcai.errors import ContractError, ContractReverted, InvalidInput, NodeError, NodeUnreachable, TransactionFailed
from dcai.untrusted import shortened

if TYPE_CHECKING:
    from dcai.accounts.account import Account

TRANSACTION_GAS_LIMIT = 16_777_216
"""What one transaction may use at most (EIP-7825)."""

# Ethereum's; most other chains are faster.
_BLOCK_SECONDS = 12


class Chain:
    """A chain behind a node. Made by `local_chain` and `connect`.

    Attributes
    ----------
    accounts : list of str
        Addresses that can send transactions; `account` returns who signs for one of them.
    backend : str
        What is behind it: "py-evm", "anvil", or the URL.
    chain_id : int
    gas_used : collections.Counter
        Sender -> gas of all transactions sent from here, including failed ones.
    socket : pathlib.Path or None
        The Unix socket of a local anvil, for `dcai.chain.blocks`.
    """

    def __init__(
        self,
        request: Request,
        *,
        backend: str,
        accounts: Sequence[str],
        account_of: Callable[[Chain, str], Account],
        travel: Callable[[int], None] | None = None,
        close: Callable[[], None] = lambda: None,
        socket: Path | None = None,
    ) -> None:
        self.request = request
        self.socket = socket
        self.backend = backend
        self.accounts = list(accounts)
        self.chain_id = to_int(self._ask("eth_chainId", []))
        self.gas_used: Counter[str] = Counter()
        self._counting = Lock()
        self._account_of = account_of
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
        data = self.call(address, prepared.call(function, *args), block=block)
        if not data:
            raise NodeError(f"{address} doesn't answer as a {contract} does: there is no such contract on this chain.")
        return prepared.result(function, data)

    def code(self, address: str) -> bytes:
        """Return the code of a contract; empty where there is none."""
        return to_bytes(self._ask("eth_getCode", [address, "latest"]))

    def balance(self, address: str, *, block: int | None = None) -> int:
        """Return the balance of an address, wei, as of a block or of the latest."""
        return to_int(self._ask("eth_getBalance", [checked_address(address), block_tag(block)]))

    def now(self) -> int:
        """Return the time of the latest block, seconds since 1970."""
        return to_int(field(self._ask("eth_getBlockByNumber", ["latest", False]), "timestamp"))

    def finalized(self) -> int | None:
        """Return the number of the latest block that no reorganisation can replace; None where a chain has none."""
        try:
            block = self.request("eth_getBlockByNumber", ["finalized", False])
        except RpcFailure:  # the node doesn't know the tag
            return None
        return None if block is None else to_int(field(block, "number"))

    def time_of(self, block: int) -> int:
        """Return the time of a block, seconds since 1970."""
        return to_int(field(self._ask("eth_getBlockByNumber", [hex(block), False]), "timestamp"))

    def block_number(self) -> int:
        """Return the number of the latest block."""
        return to_int(self._ask("eth_blockNumber", []))

    def logs(self, address: str, *, first_block: int = 0, last_block: int | None = None) -> list[Log]:
        """Return the log of a contract, in order, from a block to another or to the latest.

        Where the node refuses so many blocks at once, as public ones do, they are asked for in parts.
        """
        last = self.block_number() if last_block is None else last_block
        query = {"address": address, "fromBlock": hex(first_block), "toBlock": hex(last)}
        try:
            entries = self._ask("eth_getLogs", [query])
        except NodeError as error:
            if isinstance(error, NodeUnreachable) or first_block >= last:
                raise
            middle = (first_block + last) // 2
            return [
                *self.logs(address, first_block=first_block, last_block=middle),
                *self.logs(address, first_block=middle + 1, last_block=last),
            ]
        return [Log.of(entry) for entry in listed(entries)]

    # Sending

    def account(self, sender: str | Account | None = None) -> Account:
        """Return the account that signs and sends for an address.

        Parameters
        ----------
        sender
            One of `accounts`; by default the first of them. An account is returned as it is.

        Raises
        ------
        InvalidInput
            If it isn't one of the accounts, or there are none; or it is an account of another chain, where money sent
            to a contract of this one would be lost.
        """
        if hasattr(sender, "send"):
            self._check_account(sender)
            return cast("Account", sender)
        if sender is None and not self.accounts:
            raise InvalidInput(f"No account of {self.backend} can send; connect with account=… to send.")
        address = checked_address(self.accounts[0] if sender is None else sender)
        if address not in self.accounts:
            known = ", ".join(self.accounts) or "none"
            raise InvalidInput(f"{address} can't send on {self.backend}; the accounts that can: {known}.")
        return self._account_of(self, address)

    def _check_account(self, account: Any) -> None:
        checked_address(getattr(account, "address", None))
        other = getattr(account, "chain", self)
        if not isinstance(other, Chain) or other is self:
            return
        # there are many local chains, all with the same number
        if other.chain_id != self.chain_id or self._travel is not None or other._travel is not None:
            raise InvalidInput(
                f"{account!r} sends on chain {other.chain_id} ({other.backend}), and this is for chain "
                f"{self.chain_id} ({self.backend}): give an account of this chain."
            )

    def estimate(self, to: str | None, data: bytes, *, sender: str, value: int = 0) -> int:
        """Return how much gas a transaction needs, and find out whether the contract accepts it.

        Raises
        ------
        ContractError
            If the contract refuses.
        """
        return to_int(self._ask("eth_estimateGas", [self._transaction(to, data, sender, value)]))

    def execute(self, call: Call, sender: str, submit: Callable[[dict[str, str]], RawReceipt]) -> Receipt:
        """Carry out a call for an account: estimate its gas, let it be submitted, and read its receipt.

        Accounts do so; everybody else uses `account(sender).send(call)`.

        Parameters
        ----------
        call
            Where its gas is None, it is estimated first, so that a call that the contract refuses isn't sent.
        sender
            The account's address.
        submit
            Signs the fields of a transaction, sends it, waits, and returns the receipt as the node answers it.

        Raises
        ------
        ContractError, InvalidInput, TransactionFailed
            See `Account.send`.
        """
        to, data, value, gas = call.to, call.data, call.value, call.gas
        if gas is None:
            # an estimate is of the state now: a slot that is warm or in use may not be any more in a later block
            needed = self.estimate(to, data, sender=sender, value=value)
            if needed > TRANSACTION_GAS_LIMIT:
                raise InvalidInput(
                    f"This needs {needed:,} gas and a transaction may use {TRANSACTION_GAS_LIMIT:,}: send less at once."
                )
            gas = needed + needed // 10 + 25_000
        transaction = {"from": sender, **call.with_gas(min(gas, TRANSACTION_GAS_LIMIT)).transaction()}
        try:
            raw = submit(transaction)
        except RpcFailure as failure:
            raise explained(failure.message, failure.data) from None
        try:
            receipt = Receipt.of(raw)
        except NodeError as error:
            known = raw.get("transactionHash") if isinstance(raw, dict) else None
            raise TransactionFailed(
                f"Transaction {shortened(known)} was sent, and its receipt can't be read. {error} Look it up before "
                "you send it again."
            ) from error
        with self._counting:
            self.gas_used[sender] += receipt.gas_used
        if not receipt.ok:
            self._raise_failed(transaction, receipt)
        return receipt

    def send(
        self,
        to: str | None,
        data: bytes = b"",
        *,
        sender: str | Account,
        value: int = 0,
        gas: int | None = None,
    ) -> Receipt:
        """Send a transaction from one of the accounts and return its receipt.

        Parameters
        ----------
        to
            The contract or person; None deploys `data`.
        data
            Calldata.
        value
            Wei.
        gas
            The gas limit; by default estimated.

        Raises
        ------
        ContractError, InvalidInput, TransactionFailed
            See `Account.send`.
        """
        return self.account(sender).send(Call(to, data, value, gas))

    def broadcast(self, signed: str) -> None:
        """Send a transaction that was signed elsewhere; don't wait for it."""
        self._ask("eth_sendRawTransaction", [signed])

    def invoke(
        self,
        contract: str,
        address: str,
        function: str,
        *args: object,
        sender: str | Account,
        value: int = 0,
        gas: int | None = None,
    ) -> Receipt:
        """Send a transaction that calls a function of one of our contracts; see `send`."""
        return self.send(address, codec(contract).call(function, *args), sender=sender, value=value, gas=gas)

    # Time, on a local chain

    @property
    def is_local(self) -> bool:
        """Whether it is a chain of this process, whose clock can be set and which nothing reorganises."""
        return self._travel is not None

    def travel(self, duration: durations.Duration) -> None:
        """Let time pass until the next block, which is made at once. A local chain only.

        Raises
        ------
        InvalidInput
            If the chain isn't local, since nobody can set its clock; or it is less than a second.
        """
        if self._travel is None:
            raise InvalidInput(f"Time on {self.backend} can't be set; use local_chain() to try out what happens later.")
        seconds = durations.seconds(duration)
        if seconds == 0:
            raise InvalidInput("Time passes by at least a second, not by 0.")
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
        from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

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

    def _transaction(self, to: str | None, data: bytes, sender: str | None, value: int) -> dict[str, str]:
        transaction = {"data": "0x" + data.hex(), "value": hex(value)}
        if to is not None:
            transaction["to"] = to
        if sender is not None:
            transaction["from"] = sender
        return transaction

    def _ask(self, method: str, params: Sequence[object]) -> Any:
        try:
            return self.request(method, params)
        except RpcFailure as failure:
            raise explained(failure.message, failure.data) from None

    def _raise_failed(self, transaction: dict[str, str], receipt: Receipt) -> None:
        """Say why a transaction failed: a receipt doesn't, but the same call on the latest state mostly does."""
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
        raise TransactionFailed(f"{told}. The same call would work now: another transaction came in between.", receipt)
