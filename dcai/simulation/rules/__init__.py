"""What each incentive means in a simulation."""

from __future__ import annotations

from dcai.incentives import DepositRefundTake
from dcai.simulation.rules.base import Due, Rules
from dcai.simulation.rules.deposit_refund_take import DepositRefundTakeRules

__all__ = ["RULES", "DepositRefundTakeRules", "Due", "Rules"]

RULES: dict[type, type[Rules]] = {DepositRefundTake: DepositRefundTakeRules}
"""Incentive -> its rules; a further incentive is a line here."""
