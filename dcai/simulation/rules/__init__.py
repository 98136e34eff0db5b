"""What each incentive means in a simulation."""

from __future__ import annotations

from dcai.incentives import DepositRefundTake, Gamified, PredictionMarket
from dcai.simulation.rules.base import Due, Rules
from dcai.simulation.rules.deposit_refund_take import DepositRefundTakeRules
from dcai.simulation.rules.gamified import GamifiedRules
from dcai.simulation.rules.prediction_market import PredictionMarketRules

__all__ = ["RULES", "DepositRefundTakeRules", "Due", "GamifiedRules", "PredictionMarketRules", "Rules"]

RULES: dict[type, type[Rules]] = {
    DepositRefundTake: DepositRefundTakeRules,
    Gamified: GamifiedRules,
    PredictionMarket: PredictionMarketRules,
}
"""Incentive -> its rules; a further incentive is a line here."""
