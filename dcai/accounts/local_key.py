"""A private key on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dcai.accounts.broadcast import Broadcast
from dcai.accounts.limits import FeeLimits
from dcai.accounts.numbers import next_number, numbering
from dcai.chain.addresses import checked_address
from dcai.chain.fees import distinct, fees
from dcai.chain.nodes.url import PRIVATE_KEY
from dcai.chain.rpc import to_int
from dcai.errors import InvalidInput, NodeError, TransactionFailed

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

    from dcai.chain.call import Call
    from dcai.chain.chain import Chain
    from dcai.chain.receipts import RawReceipt, Receipt

BEYOND = "it is 0, or beyond the last one that the curve secp256k1 has"
"""Why 64 digits may be the key of nobody."""

# How often others with the same key may be faster before it is an error.
_OVERTAKEN = 5


class LocalKey:
    """Signs here: the key never leaves this machine.

    Threads and processes can share it, and several of one key: each transaction has a number of its own, and each
    caller gets the outcome of their own. Where another machine sends with the same key at the same time, the next
    number is taken.

    Parameters
    ----------
    chain : Chain
        On which it sends.
    key : str or eth_account.signers.local.LocalAccount
        A private key, 64 hexadecimal digits with or without 0x, or an eth-account account.
    chain_id : int, optional
        The chain that it signs for; by default the one that the node said when `chain` was made.
    limits : FeeLimits, optional
        The most that it pays for a transaction.

    Raises
    ------
    InvalidInput
        If the key is malformed; the text doesn't repeat it.
    NodeError
        If the node is of another chain.
    """

    def __init__(
        self,
        chain: Chain,
        key: str | LocalAccount,
        *,
        chain_id: int | None = None,
        limits: FeeLimits | None = None,
    ) -> None:
        self.chain = chain
        self.chain_id = chain.chain_id if chain_id is None else chain_id
        self.limits = limits or FeeLimits()
        self._signer = signer_of(key)
        self.address: str = self._signer.address
        self._check_chain(chain.chain_id)

    def __repr__(self) -> str:
        return f"<LocalKey {self.address} on {self.chain.backend}>"

    def send(self, call: Call) -> Receipt:
        """Sign and send a call: see `Account.send`.

        Raises
        ------
        FeeTooHigh
            If the node asks for more than the limits allow.
        NodeError
            If the node says that it is of another chain than before.
        """
        return self.chain.execute(call, self.address, self._submit)

    def _submit(self, transaction: dict[str, str]) -> RawReceipt:
        fields: dict[str, Any] = {key: value for key, value in transaction.items() if key != "from"}
        if "to" in fields:
            fields["to"] = checked_address(fields["to"])
        with numbering(self.chain, self.address):
            broadcast = self._send_as_next(fields)
        return broadcast.wait()

    def _send_as_next(self, fields: dict[str, Any]) -> Broadcast:
        for _ in range(1 + _OVERTAKEN):
            broadcast = self._signed(fields)
            if broadcast.is_accepted():
                return broadcast
        raise TransactionFailed(
            f"Others sent from {self.address} at the same time, {1 + _OVERTAKEN} times in a row; nothing of this was "
            "done. Try again when they are done."
        )

    def _signed(self, fields: dict[str, Any]) -> Broadcast:
        request = self.chain.request
        self._check_chain(to_int(request("eth_chainId", [])))
        number = next_number(request, self.address)
        asked = fees(self.chain)
        self.limits.check(self.chain, asked, int(fields["gas"], 16))
        try:
            signed = self._signer.sign_transaction(
                {**fields, **distinct(asked), "chainId": self.chain_id, "nonce": number}
            )
        except (TypeError, ValueError):
            raise NodeError(
                f"No transaction can have the number {number} and the fees {' and '.join(map(str, asked.values()))} "
                "wei that the node answers; ask another node."
            ) from None
        return Broadcast(self.chain, self.address, number, signed)

    def _check_chain(self, found: int) -> None:
        """Refuse to sign for another chain than the one that was meant, where the signature would be valid, too."""
        if found != self.chain_id:
            raise NodeError(
                f"{self.chain.backend} says that it is a node of chain {found}, and {self.address} signs for chain "
                f"{self.chain_id}; nothing was signed. Connect to a node of chain {self.chain_id}."
            )


def signer_of(key: str | LocalAccount) -> LocalAccount:
    """Return eth-account's account of a private key.

    Raises
    ------
    InvalidInput
        If the key is malformed; the text doesn't repeat it.
    """
    from eth_account import Account  # it takes half a second to import
    from eth_account.signers.local import LocalAccount

    if isinstance(key, LocalAccount):
        return key
    # eth-account would fill up a number that is too short
    if not isinstance(key, str) or not PRIVATE_KEY.fullmatch(key):
        raise InvalidInput("The account is neither a private key (0x and 64 digits) nor an address (0x and 40).")
    try:
        signer: LocalAccount = Account.from_key(key)
    except ValueError:
        raise InvalidInput(f"No account has this private key: {BEYOND}.") from None
    return signer
