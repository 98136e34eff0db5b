"""One chain, whatever is behind it: who sends on it, and its time; what it answers is a `Reader`'s."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, NoReturn, cast

from dcai import durations
from dcai.chain import execution, reaching
from dcai.chain.addresses import checked_address
from dcai.chain.call import Call
from dcai.chain.codec import codec
from dcai.chain.reader import Reader
from dcai.chain.receipts import RECEIPT_SECONDS, RawReceipt, Receipt
from dcai.chain.reverts import explained
from dcai.chain.rpc import Request, RpcFailure, to_int
from dcai.chain.sent import SentTransaction, look_up
from dcai.errors import InvalidInput

if TYPE_CHECKING:
    from dcai.accounts.account import Account


class Chain(Reader):
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
        super().__init__(request, patience=patience)
        self.socket = socket
        self.backend = backend
        self.accounts = list(accounts)
        self.chain_id = to_int(self._ask("eth_chainId", []))
        self.gas_used: Counter[str] = Counter()
        self._counting, self._traveling = Lock(), Lock()
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

    # Sending

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
            self.gas_used[sender] += receipt.gas_used or 0
        if not self.is_local:
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
