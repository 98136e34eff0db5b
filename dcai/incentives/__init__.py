"""What each incentive is set up with, and what can be asked of it."""

from typing import Any

from dcai.incentives.base import Incentive
from dcai.incentives.deposit_refund_take import DepositRefundTake
from dcai.incentives.gamified import Gamified
from dcai.incentives.prediction_market import HiddenTestSet, PredictionMarket

INCENTIVES: tuple[type[Incentive[Any]], ...] = (DepositRefundTake, Gamified, PredictionMarket)
"""Those that there is a contract for with every model."""

__all__ = ["INCENTIVES", "DepositRefundTake", "Gamified", "HiddenTestSet", "Incentive", "PredictionMarket"]
