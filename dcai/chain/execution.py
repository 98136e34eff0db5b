"""Carrying out a call for an account: its gas, its receipt, and why it failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NoReturn

from dcai.chain.receipts import Receipt
from dcai.chain.reverts import explained
from dcai.chain.rpc import RpcFailure
from dcai.errors import ContractError, ContractReverted, InvalidInput, NodeError, TransactionFailed, TransactionPending
from dcai.untrusted import shortened

if TYPE_CHECKING:
    from dcai.chain.call import Call
    from dcai.chain.chain import Chain
    from dcai.chain.receipts import RawReceipt


TRANSACTION_GAS_LIMIT = 16_777_216
"""What one transaction may use at most (EIP-7825)."""

_LEAST_GAS = 21_000


def execute(chain: Chain, call: Call, sender: str, submit: Callable[[dict[str, str]], RawReceipt]) -> Receipt:
    """Carry out a call for an account: see `Chain.execute`."""
    to, data, value, gas = call.to, call.data, call.value, call.gas
    if gas is None:
        needed = chain.estimate(to, data, sender=sender, value=value)
        if needed > TRANSACTION_GAS_LIMIT:
            # a call that can need so much holds many samples; of another one the node says too much
            way_out = "Send less at once" if call.most_gas > TRANSACTION_GAS_LIMIT else "Ask another node"
            raise InvalidInput(
                f"The node says that this needs {needed:,} gas, and a transaction may use {TRANSACTION_GAS_LIMIT:,}; "
                f"nothing was sent. {way_out}."
            )
        if needed < _LEAST_GAS:
            raise NodeError(
                f"The node says that this needs {needed:,} gas, and every transaction needs {_LEAST_GAS:,} at "
                "least; nothing was sent. Ask another node."
            )
        gas = gas_limit(call, needed)
    transaction = {"from": sender, **call.with_gas(min(gas, TRANSACTION_GAS_LIMIT)).transaction()}
    try:
        raw = submit(transaction)
    except RpcFailure as failure:
        raise explained(failure.message, failure.data) from None
    try:
        receipt = Receipt.of(raw)
    except NodeError as error:
        known = raw.get("transactionHash") if isinstance(raw, dict) else None
        raise TransactionPending(
            f"Transaction {shortened(known)} was sent, and its receipt can't be read. {error} Look it up before "
            "you send it again.",
            transaction_hash=known if isinstance(known, str) else None,
        ) from error
    chain.keep(sender, receipt)
    if not receipt.ok:
        raise_failed(chain, transaction, receipt)
    return receipt


def gas_limit(call: Call, needed: int) -> int:
    """Return the gas limit of a call that needs so much by an estimate.

    An estimate is of the state now: in a later block, a slot that is in use may not be any more, or the model may be
    another one.
    """
    return min(max(needed + needed // 10 + 25_000, call.most_gas), TRANSACTION_GAS_LIMIT)


def raise_failed(chain: Chain, transaction: Mapping[str, str], receipt: Receipt) -> NoReturn:
    """Say why a transaction failed: a receipt doesn't, but the same call on the latest state mostly does.

    Raises
    ------
    TransactionFailed
    """
    used = "" if receipt.gas_used is None else f" ({receipt.gas_used:,} gas)"
    told = f"Transaction {receipt.transaction_hash} was sent and failed{used}"
    limit = int(transaction["gas"], 16)
    try:
        try:
            chain.request("eth_call", [transaction, "latest"])
        except RpcFailure as failure:
            raise explained(failure.message, failure.data) from None
    except ContractError as error:
        raise TransactionFailed(f"{told}. {error}", receipt) from error
    except (ContractReverted, NodeError) as error:
        if (receipt.gas_used or 0) >= limit * 63 // 64:
            raise TransactionFailed(f"{told}: it ran out of gas at its limit of {limit:,}.", receipt) from error
        raise TransactionFailed(f"{told}. {error}", receipt) from error
    raise TransactionFailed(f"{told}. The same call would work now: another transaction came in between.", receipt)
