"""What each incentive is set up with, and what can be asked of it."""

from dcai.incentives.base import Incentive
from dcai.incentives.deposit_refund_take import DepositRefundTake
from dcai.incentives.gamified import Gamified
from dcai.incentives.prediction_market import HiddenTestSet, PredictionMarket

__all__ = ["DepositRefundTake", "Gamified", "HiddenTestSet", "Incentive", "PredictionMarket"]
