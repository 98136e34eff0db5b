"""The prediction market: its terms, its hidden test set, its history, and what people do at a trainer that has it."""

from dcai.incentives.prediction_market import errors
from dcai.incentives.prediction_market.terms import PredictionMarket
from dcai.incentives.prediction_market.test_set import HiddenTestSet

__all__ = ["HiddenTestSet", "PredictionMarket", "errors"]
