"""What each incentive is set up with, and what can be asked of it."""

from typing import Any

from dcai.incentives.base import Incentive
from dcai.incentives.deposit_refund_take import DepositRefundTake
from dcai.incentives.gamified import Gamified

INCENTIVES: tuple[type[Incentive[Any]], ...] = (DepositRefundTake, Gamified)
"""Those that there is a contract for with every model."""

__all__ = ["INCENTIVES", "DepositRefundTake", "Gamified", "Incentive"]
