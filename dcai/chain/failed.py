"""Why a transaction failed that was sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NoReturn

from dcai.chain.reverts import explained
from dcai.chain.rpc import RpcFailure
from dcai.errors import ContractError, ContractReverted, NodeError, TransactionFailed

if TYPE_CHECKING:
    from dcai.chain.chain import Chain
    from dcai.chain.receipts import Receipt


def raise_failed(chain: Chain, transaction: Mapping[str, str], receipt: Receipt) -> NoReturn:
    """Say why a transaction failed: a receipt doesn't, but the same call on the latest state mostly does.

    Raises
    ------
    TransactionFailed
    """
    told = f"Transaction {receipt.transaction_hash} was sent and failed ({receipt.gas_used:,} gas)"
    limit = int(transaction["gas"], 16)
    try:
        try:
            chain.request("eth_call", [transaction, "latest"])
        except RpcFailure as failure:
            raise explained(failure.message, failure.data) from None
    except ContractError as error:
        raise TransactionFailed(f"{told}. {error}", receipt) from error
    except (ContractReverted, NodeError) as error:
        if receipt.gas_used >= limit * 63 // 64:
            raise TransactionFailed(f"{told}: it ran out of gas at its limit of {limit:,}.", receipt) from error
        raise TransactionFailed(f"{told}. {error}", receipt) from error
    raise TransactionFailed(f"{told}. The same call would work now: another transaction came in between.", receipt)
