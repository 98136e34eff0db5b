"""One of our contracts at an address: its calls, its answers and its events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dcai.chain.call import Call
from dcai.chain.chain import Chain
from dcai.chain.codec import Codec, Event, codec
from dcai.chain.receipts import Log, Receipt, wait_for
from dcai.errors import NodeError, TransactionFailed, TransactionPending


class Contract:
    """One of our contracts at an address.

    Attributes
    ----------
    chain : Chain
    name : str
        Of the contract, as its artifact has it.
    address : str
    """

    def __init__(self, chain: Chain, name: str, address: str) -> None:
        self.chain = chain
        self.name = name
        self.address = address

    def __repr__(self) -> str:
        return f"<Contract {self.name} at {self.address}>"

    @property
    def codec(self) -> Codec:
        """The codecs of its functions, events and errors."""
        return codec(self.name)

    def call(
        self,
        function: str,
        *args: object,
        value: int = 0,
        gas: int | None = None,
        what: str = "",
        most_gas: int = 0,
    ) -> Call:
        """Return a call of one of its functions, to be sent.

        Parameters
        ----------
        value
            Wei that go with it.
        gas
            The gas limit; by default estimated when it is sent.
        what
            What it does, in words; by default the function's name.
        most_gas
            The most that it can need: see `Call`.
        """
        return Call(self.address, self.codec.call(function, *args), value, gas, what or f"Call {function}", most_gas)

    def read(self, function: str, *args: object, block: int | None = None) -> Any:
        """Return the answer of one of its functions, as of a block or of the latest: see `Chain.read`."""
        return self.chain.read(self.name, self.address, function, *args, block=block)

    def event(self, log: Log) -> Event | None:
        """Return a decoded entry of the log, or None where the contract has no such event."""
        return self.codec.event(log)

    def events(self, receipt: Receipt) -> list[Event]:
        """Return the contract's events of a transaction, in order; an account's own contract may have called others."""
        own = (log for log in receipt.logs if log.address == self.address)
        return [event for log in own if (event := self.codec.event(log)) is not None]

    def only(self, receipt: Receipt, *names: str) -> Event:
        """Return the first event of one of these names of a transaction; raise as `shown` does."""
        return self.every(receipt, *names)[0]

    def every(self, receipt: Receipt, *names: str) -> list[Event]:
        """Return the events of these names of a transaction, one at least; raise as `shown` does."""
        return self.shown(receipt, *names)[1]

    def shown(self, receipt: Receipt, *names: str) -> tuple[Receipt, list[Event]]:
        """Return the events of these names of a transaction, one at least, and the receipt that shows them.

        Where a receipt shows none, a replica has no more of it yet, or its block was replaced: the node is asked again,
        for as long as a transaction is waited for.

        Raises
        ------
        TransactionPending
            If there is none in time.
        TransactionFailed
            If the transaction failed in a block that replaced its own.
        """
        if self._lacking(receipt, names) and not self.chain.is_local:
            waited = wait_for(
                self.chain.request,
                receipt.transaction_hash,
                patience=self.chain.patience,
                lacking=lambda newer: self._lacking(newer, names),
            )
            receipt = Receipt.of(waited)
        if not receipt.ok:
            raise TransactionFailed(f"Transaction {receipt.transaction_hash} was sent and failed.", receipt)
        problem = self._lacking(receipt, names)
        if problem:
            raise TransactionPending(
                f"Transaction {receipt.transaction_hash} succeeded. {problem} The account reports another transaction: "
                "look it up before you send it again.",
                transaction_hash=receipt.transaction_hash,
            )
        return receipt, [event for event in self.events(receipt) if event.name in names]

    def _lacking(self, receipt: Receipt, names: Sequence[str]) -> str:
        """Return what the receipt of a transaction that succeeded doesn't show, as a sentence; nothing if it does."""
        if not receipt.ok:
            return ""
        try:
            if any(event.name in names for event in self.events(receipt)):
                return ""
            return f"Its receipt shows no {' or '.join(names)} of {self.address}, to which it was sent."
        except NodeError:
            return f"Its receipt shows what {self.address}, to which it was sent, can't have written."
