"""Deposit-Refund-Take: its terms, its history, and what people do at a trainer that has it."""

from dcai.incentives.deposit_refund_take import errors
from dcai.incentives.deposit_refund_take.terms import DepositRefundTake

__all__ = ["DepositRefundTake", "errors"]
