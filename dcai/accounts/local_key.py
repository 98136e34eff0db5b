"""A private key on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dcai.accounts.numbers import is_known, is_number_taken, numbering
from dcai.chain.addresses import checked_address
from dcai.chain.fees import fees
from dcai.chain.receipts import wait_for, was_sent
from dcai.chain.rpc import RpcFailure, to_int
from dcai.errors import InvalidInput, NodeError

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

    from dcai.chain.call import Call
    from dcai.chain.chain import Chain
    from dcai.chain.receipts import RawReceipt, Receipt


# How often other processes with the same key may be faster before it is an error.
_OVERTAKEN = 5


class LocalKey:
    """Signs here: the key never leaves this machine.

    Threads can share it, and several of one key: each transaction has a number of its own. Where another process sends
    with the same key at the same time, the next number is taken.

    Parameters
    ----------
    chain : Chain
        On which it sends.
    key : str or eth_account.signers.local.LocalAccount
        A private key, 64 hexadecimal digits with or without 0x, or an eth-account account.

    Raises
    ------
    InvalidInput
        If the key is malformed; the text doesn't repeat it.
    """

    def __init__(self, chain: Chain, key: str | LocalAccount) -> None:
        self.chain = chain
        self._signer = signer_of(key)
        self.address: str = self._signer.address

    def __repr__(self) -> str:
        return f"<LocalKey {self.address} on {self.chain.backend}>"

    def send(self, call: Call) -> Receipt:
        """Sign and send a call: see `Account.send`."""
        return self.chain.execute(call, self.address, self._submit)

    def _submit(self, transaction: dict[str, str]) -> RawReceipt:
        fields: dict[str, Any] = {key: value for key, value in transaction.items() if key != "from"}
        if "to" in fields:
            fields["to"] = checked_address(fields["to"])
        with numbering(self.chain.chain_id, self.address):
            sent = self._send_as_next(fields)
        return wait_for(self.chain.request, sent, patience=self.chain.patience)

    def _send_as_next(self, fields: dict[str, Any]) -> str:
        for _ in range(_OVERTAKEN):
            try:
                return self._sign_and_send(fields)
            except RpcFailure as failure:
                if not is_number_taken(failure):
                    raise
        return self._sign_and_send(fields)

    def _sign_and_send(self, fields: dict[str, Any]) -> str:
        request = self.chain.request
        nonce = to_int(request("eth_getTransactionCount", [self.address, "pending"]))
        asked = fees(self.chain)
        given: dict[str, Any] = {**fields, **asked, "chainId": self.chain.chain_id, "nonce": nonce}
        try:
            signed = self._signer.sign_transaction(given)
        except (TypeError, ValueError):
            raise NodeError(
                f"No transaction can have the number {nonce} and the fees {' and '.join(map(str, asked.values()))} "
                "wei that the node answers; ask another node."
            ) from None
        sent: str = signed.hash.to_0x_hex()
        try:
            request("eth_sendRawTransaction", [signed.raw_transaction.to_0x_hex()])
        except RpcFailure as failure:
            # an answer may have been lost, and the same bytes sent again: then the node has them, and says so or not
            if not is_known(failure) and not was_sent(request, sent, repeated=failure.repeated):
                raise
        except NodeError:  # the node may have it all the same, which only its receipt tells
            pass
        return sent


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
    try:
        if isinstance(key, str) and len(key.removeprefix("0x")) != 64:
            raise ValueError
        signer: LocalAccount = Account.from_key(key)
    except ValueError:
        raise InvalidInput(
            "The account is neither a private key (0x and 64 digits) nor an address (0x and 40)."
        ) from None
    return signer
