"""What each incentive is set up with, and what can be asked of it."""

from dcai.incentives.deposit_refund_take import DepositRefundTake

__all__ = ["DepositRefundTake"]
