"""The most that an account pays for a transaction, whatever the node says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dcai.amounts import UNITS, Amount, rounded, wei
from dcai.chain.rpc import RpcFailure, field, listed, to_int
from dcai.errors import FeeTooHigh, NodeError

if TYPE_CHECKING:
    from dcai.chain.chain import Chain

MOST_FEE_WEI = UNITS["ether"]
"""The most that one transaction may cost by default, as geth has it."""

MOST_TIP_WEI = 100 * UNITS["gwei"]
"""The highest tip that is paid by default."""

# So many times what others paid lately is too much; less than the floor is always allowed.
_TIMES = 10
_FLOOR_WEI = 3 * UNITS["gwei"]
_BLOCKS = 20
_PERCENTILE = 90


@dataclass(frozen=True)
class FeeLimits:
    """The most that an account pays for a transaction, whatever the node says.

    Parameters
    ----------
    fee_wei : int or str, optional
        For all of it: its gas limit times the highest price of gas, wei or text such as "0.01 ether". 1 ether by
        default.
    tip_wei : int or str, optional
        Per gas, for who makes the block; of a transaction without a base fee, the whole price. By default ten times
        what others paid in the last 20 blocks, at least 3 and at most 100 gwei.

    Raises
    ------
    InvalidInput
        If one isn't an amount.
    """

    fee_wei: Amount | None = None
    tip_wei: Amount | None = None

    def __post_init__(self) -> None:
        for name, amount in (("fee", self.fee_wei), ("tip", self.tip_wei)):
            if amount is not None:
                wei(amount, f"The highest {name}")

    def check(self, chain: Chain, fees: Mapping[str, int], gas: int) -> None:
        """Refuse the fees of a transaction with this gas limit, before it is signed.

        Raises
        ------
        FeeTooHigh
            If they are above a limit.
        """
        price = fees["gasPrice"] if "gasPrice" in fees else fees["maxFeePerGas"]
        most_fee = MOST_FEE_WEI if self.fee_wei is None else wei(self.fee_wei)
        if gas * price > most_fee:
            raise FeeTooHigh(
                f"This transaction could cost {rounded(gas * price)} in fees ({gas:,} gas at up to "
                f"{rounded(price, 'gwei')}), and the limit is {rounded(most_fee)}; nothing was signed. Ask another "
                "node, or raise the limit: most_fee_wei, or --most-fee."
            )
        tip = fees.get("maxPriorityFeePerGas", price)
        if self.tip_wei is None:
            most_tip, why = self._usual(chain, tip)
        else:
            most_tip, why = wei(self.tip_wei), "the limit is"
        if tip > most_tip:
            raise FeeTooHigh(
                f"The node wants a tip of {rounded(tip, 'gwei')} per gas, and {why} {rounded(most_tip, 'gwei')}; "
                "nothing was signed. Ask another node, or raise the limit: most_tip_wei, or --most-tip."
            )

    def _usual(self, chain: Chain, tip: int) -> tuple[int, str]:
        """Return the highest tip that is usual, and why it is that; the node is asked only about a high one."""
        if _FLOOR_WEI < tip <= MOST_TIP_WEI:
            paid = _paid_lately(chain)
            if paid is not None and _TIMES * paid < tip:
                return max(_TIMES * paid, _FLOOR_WEI), f"others paid up to {rounded(paid, 'gwei')} lately, which allows"
        return MOST_TIP_WEI, "the limit is"


def _paid_lately(chain: Chain) -> int | None:
    """Return the highest tip that nearly all of the transactions in the last blocks paid less than."""
    try:
        history = chain.request("eth_feeHistory", [hex(_BLOCKS), "latest", [_PERCENTILE]])
        return max((to_int(tip) for tips in listed(field(history, "reward")) for tip in listed(tips)), default=0)
    except (NodeError, RpcFailure):  # not every node has the method
        return None
