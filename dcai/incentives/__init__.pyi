from .base import Incentive
from .deposit_refund_take import DepositRefundTake
from .gamified import Gamified
from .prediction_market import HiddenTestSet, PredictionMarket

__all__ = ["DepositRefundTake", "Gamified", "HiddenTestSet", "Incentive", "PredictionMarket"]
