"""What a chain asks for gas."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

from dcai.chain.rpc import RpcFailure, to_int

if TYPE_CHECKING:
    from dcai.chain.chain import Chain

RESERVE = 2
"""Fees hold while the base fee doubles, and nodes want to see so many times the price of the gas on an account."""

# Wei of the price of gas that are drawn, so that no two transactions are the same bytes: less than anybody notices.
_DRAWN_WEI = 2**20

# Where the node doesn't say what others tip.
_TIP_WEI = 10**9


def fees(chain: Chain) -> dict[str, int]:
    """Return the fees of a transaction that is sent now, wei per gas, as the fields of a transaction.

    They are what the node says, and the node may lie.

    Returns
    -------
    dict
        With ``maxFeePerGas`` and ``maxPriorityFeePerGas`` (EIP-1559), which hold while the base fee doubles; with
        ``gasPrice`` alone where the chain's blocks have no base fee, which takes legacy transactions only.

    Raises
    ------
    NodeError
        If the node doesn't give the latest block, or the price of gas where that is needed.
    """
    base_fee = chain.block().get("baseFeePerGas")
    if base_fee is None:
        return {"gasPrice": chain.gas_price()}
    tip = _tip(chain)
    return {"maxFeePerGas": RESERVE * to_int(base_fee) + tip, "maxPriorityFeePerGas": tip}


def distinct(fees: Mapping[str, int]) -> dict[str, int]:
    """Return fees that no other process sends the same transaction with: else one couldn't tell its own."""
    highest = "gasPrice" if "gasPrice" in fees else "maxFeePerGas"
    return {**fees, highest: fees[highest] + secrets.randbelow(_DRAWN_WEI)}


def _tip(chain: Chain) -> int:
    try:
        answer = chain.request("eth_maxPriorityFeePerGas", [])
    except RpcFailure:  # not every node has the method
        answer = None
    return _TIP_WEI if answer is None else to_int(answer)
