"""One chain, whatever is behind it: the few calls that everything else is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import inf
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, NoReturn, cast

from dcai import durations
from dcai.chain import execution, reaching
from dcai.chain.addresses import checked_address
from dcai.chain.call import Call
from dcai.chain.codec import codec
from dcai.chain.execution import TRANSACTION_GAS_LIMIT as TRANSACTION_GAS_LIMIT
from dcai.chain.lag import LAG_SECONDS, is_behind, until_there
from dcai.chain.logs import LogReader, Part, shown
from dcai.chain.receipts import RECEIPT_SECONDS, Log, RawReceipt, Receipt
from dcai.chain.reverts import explained
from dcai.chain.rpc import Request, RpcFailure, block_tag, field, to_bytes, to_int
from dcai.chain.sent import SentTransaction, look_up
from dcai.errors import InvalidInput, NodeError

if TYPE_CHECKING:
    from dcai.accounts.account import Account


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
    patience : float
        How long a transaction that was sent is waited for, seconds.
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
        patience: int = RECEIPT_SECONDS,
    ) -> None:
        self.request = request
        self.patience: float = patience
        self.socket = socket
        self.backend = backend
        self.accounts = list(accounts)
        self.chain_id = to_int(self._ask("eth_chainId", []))
        self.gas_used: Counter[str] = Counter()
        self._counting, self._traveling = Lock(), Lock()
        self._log_reader = LogReader(self._ask)
        self._last_receipt = (0, -inf)
        self._account_of = account_of
        self._travel = travel
        self.close = close

    def __repr__(self) -> str:
        return f"<Chain {self.chain_id} on {self.backend}, {len(self.accounts)} accounts>"

    @property
    def is_local(self) -> bool:
        """Whether it lives on this machine for as long as this process does, and time on it passes as one likes."""
        return self._travel is not None

    def __enter__(self) -> Chain:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> NoReturn:
        raise InvalidInput(
            "A chain can't be copied or sent to another process: make one there, with dcai.connect(url) or "
            "dcai.local_chain(), and attach to the trainer's address."
        )

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
        calldata = prepared.call(function, *args)
        data = self.call(address, calldata, block=block)
        if not data and block is None:
            data = self._as_of_newest("eth_call", self._transaction(address, calldata, None, 0))
        if not data:
            raise NodeError(f"{address} doesn't answer as a {contract} does: there is no such contract on this chain.")
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

    def transaction(self, transaction_hash: str) -> SentTransaction:
        """Look a transaction up that was sent: its ``state`` in words, and its receipt if it is in a block.

        Raises
        ------
        InvalidInput
            If it isn't the hash of a transaction.
        NodeError
            If the node doesn't say.
        """
        return look_up(self, transaction_hash)

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

    def _check_account(self, account: object) -> None:
        checked_address(getattr(account, "address", None))
        other = getattr(account, "chain", self)
        if not isinstance(other, Chain) or other is self:
            return
        # there are many local chains, all with the same number
        if other.chain_id != self.chain_id or self.is_local or other.is_local:
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
        return execution.execute(self, call, sender, submit)

    def keep(self, sender: str, receipt: Receipt) -> None:
        """Keep what a receipt says: the gas in `gas_used`, and the newest block that the node knows."""
        with self._counting:
            self.gas_used[sender] += receipt.gas_used
        self._last_receipt = receipt.block_number, monotonic()

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
            with self._traveling:
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
        reaching.reach(self, number)

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

    def _as_of_newest(self, method: str, question: object) -> bytes:
        """Ask again, as of the block of a receipt that just came, what has no answer as of the latest block.

        Of several nodes behind one address, one that lags behind finds nothing where that block put something; asked as
        of the block, it says that it doesn't have it yet.
        """
        number, time = self._last_receipt
        if self._travel is not None or monotonic() - time > LAG_SECONDS:
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
