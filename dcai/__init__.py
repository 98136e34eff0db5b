"""Shared machine-learning models that live in smart contracts."""

from dcai import datasets, errors
from dcai.auditing import Audit
from dcai.chain import Chain, Receipt, connect, local_chain
from dcai.contribution import Contribution, Quote
from dcai.deploying import attach, deploy
from dcai.encoders import EmbeddingEncoder, HashingEncoder, TabularEncoder, TextEncoder, VectorEncoder
from dcai.errors import DcaiError
from dcai.incentives import DepositRefundTake, Gamified, HiddenTestSet, Incentive, PredictionMarket
from dcai.incentives.deposit_refund_take.trainer import DepositTrainer
from dcai.incentives.gamified.trainer import GamifiedTrainer
from dcai.incentives.prediction_market.trainer import MarketTrainer
from dcai.models import (
    DensePerceptron,
    Explanation,
    NaiveBayes,
    NearestCentroid,
    SparseNearestCentroid,
    SparsePerceptron,
    load,
    save,
)
from dcai.trainer import Trainer

__all__ = [
    "Audit",
    "Chain",
    "Contribution",
    "DcaiError",
    "DensePerceptron",
    "DepositRefundTake",
    "DepositTrainer",
    "EmbeddingEncoder",
    "Explanation",
    "Gamified",
    "GamifiedTrainer",
    "HashingEncoder",
    "HiddenTestSet",
    "Incentive",
    "MarketTrainer",
    "NaiveBayes",
    "NearestCentroid",
    "PredictionMarket",
    "Quote",
    "Receipt",
    "SparseNearestCentroid",
    "SparsePerceptron",
    "TabularEncoder",
    "TextEncoder",
    "Trainer",
    "VectorEncoder",
    "attach",
    "connect",
    "datasets",
    "deploy",
    "errors",
    "load",
    "local_chain",
    "save",
]
