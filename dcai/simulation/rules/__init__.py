"""What each incentive means in a simulation."""

from __future__ import annotations

from dcai.incentives import DepositRefundTake, Gamified, PredictionMarket
from dcai.incentives.deposit_refund_take.rules import DepositRefundTakeRules
from dcai.incentives.gamified.rules import GamifiedRules
from dcai.incentives.prediction_market.rules import PredictionMarketRules
from dcai.incentives.rules import Due, Rules

__all__ = ["RULES", "DepositRefundTakeRules", "Due", "GamifiedRules", "PredictionMarketRules", "Rules"]

RULES: dict[type, type[Rules]] = {
    DepositRefundTake: DepositRefundTakeRules,
    Gamified: GamifiedRules,
    PredictionMarket: PredictionMarketRules,
}
"""Incentive -> its rules; a further incentive is a line here."""
