"""Gamified: its rules, what somebody has earned, its history, and what people do at a trainer that has it."""

from dcai.incentives.gamified import errors
from dcai.incentives.gamified.terms import Gamified

__all__ = ["Gamified", "errors"]
