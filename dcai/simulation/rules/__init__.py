"""What each incentive means in a simulation."""

from __future__ import annotations

from dcai.incentives import DepositRefundTake, Gamified
from dcai.simulation.rules.base import Due, Rules
from dcai.simulation.rules.deposit_refund_take import DepositRefundTakeRules
from dcai.simulation.rules.gamified import GamifiedRules

__all__ = ["RULES", "DepositRefundTakeRules", "Due", "GamifiedRules", "Rules"]

RULES: dict[type, type[Rules]] = {DepositRefundTake: DepositRefundTakeRules, Gamified: GamifiedRules}
"""Incentive -> its rules; a further incentive is a line here."""
