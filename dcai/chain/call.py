"""A call: what would be sent to a contract, before anybody signs it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from dcai.amounts import wei
from dcai.chain.addresses import checked_address
from dcai.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Call:
    """What would be sent, before anybody signs it; any account can send it.

    Who sends it isn't part of it: see `dcai.accounts`.

    Attributes
    ----------
    to : str or None
        The contract, or the person who is paid; None deploys `data`.
    data : bytes
        Calldata: the function and its arguments.
    value : int
        Wei that go with it; made from text such as "1 gwei", too.
    gas : int or None
        The gas limit; None until it is estimated, which happens when it is sent.
    what : str
        What it does, in words that a person can agree to.
    most_gas : int
        An upper bound of the gas it can need, whatever others do to the contract before; an estimated limit isn't set
        below it. 0 where it isn't known.

    Raises
    ------
    InvalidInput
        If the address is malformed, or the amount or the gas limit is not a whole number in its range.

    Examples
    --------
    >>> Call("0x" + "11" * 20, value=5, what="Pay 5 wei")
    <Call: Pay 5 wei; to 0x1111111111111111111111111111111111111111, 0 bytes, 5 wei>
    """

    to: str | None
    data: bytes = b""
    value: int = 0
    gas: int | None = None
    what: str = ""
    most_gas: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", wei(self.value))
        if self.to is not None:
            object.__setattr__(self, "to", checked_address(self.to))
        if self.gas is not None and (not isinstance(self.gas, int) or isinstance(self.gas, bool) or self.gas < 0):
            raise InvalidInput(f"A gas limit is a whole number, or None to have it estimated, not {self.gas!r}.")

    def __repr__(self) -> str:
        gas = "" if self.gas is None else f", at most {self.gas:,} gas"
        told = self.what or "Send"
        return f"<Call: {told}; to {self.to or 'a new contract'}, {len(self.data):,} bytes, {self.value} wei{gas}>"

    def with_gas(self, gas: int) -> Self:
        """Return the same call with a gas limit."""
        return replace(self, gas=gas)

    def transaction(self) -> dict[str, str]:
        """Return it as the fields of a transaction, as JSON-RPC and browsers' wallets (EIP-1193) take them.

        Who sends isn't among them; nor is the gas limit where it isn't known.
        """
        fields = {"data": "0x" + self.data.hex(), "value": hex(self.value)}
        if self.to is not None:
            fields["to"] = self.to
        if self.gas is not None:
            fields["gas"] = hex(self.gas)
        return fields
