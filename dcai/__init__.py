"""Shared machine-learning models that live in smart contracts."""

from dcai import datasets, errors
from dcai.chain import Chain, Receipt, connect, local_chain
from dcai.encoders import Coding, EmbeddingEncoder, HashingEncoder, TabularEncoder, TextEncoder, VectorEncoder
from dcai.errors import DcaiError
from dcai.incentives import DepositRefundTake, Gamified, HiddenTestSet, Incentive, PredictionMarket
from dcai.incentives.deposit_refund_take.trainer import DepositContribution, DepositTrainer
from dcai.incentives.gamified.standing import Standing
from dcai.incentives.gamified.trainer import GamifiedContribution, GamifiedTrainer, Leader
from dcai.incentives.prediction_market.course import Course, Phase
from dcai.incentives.prediction_market.scores import Score
from dcai.incentives.prediction_market.trainer import MarketContribution, MarketTrainer
from dcai.models import (
    DensePerceptron,
    Explanation,
    Model,
    NaiveBayes,
    NearestCentroid,
    SparseNearestCentroid,
    SparsePerceptron,
    load,
    save,
)
from dcai.models.twins import Twin
from dcai.trainer.audit import Audit
from dcai.trainer.contribution import Contribution, Quote
from dcai.trainer.deploy import attach, deploy
from dcai.trainer.trainer import Trainer

__all__ = [
    "Audit",
    "Chain",
    "Coding",
    "Contribution",
    "Course",
    "DcaiError",
    "DensePerceptron",
    "DepositContribution",
    "DepositRefundTake",
    "DepositTrainer",
    "EmbeddingEncoder",
    "Explanation",
    "Gamified",
    "GamifiedContribution",
    "GamifiedTrainer",
    "HashingEncoder",
    "HiddenTestSet",
    "Incentive",
    "Leader",
    "MarketContribution",
    "MarketTrainer",
    "Model",
    "NaiveBayes",
    "NearestCentroid",
    "Phase",
    "PredictionMarket",
    "Quote",
    "Receipt",
    "Score",
    "SparseNearestCentroid",
    "SparsePerceptron",
    "Standing",
    "TabularEncoder",
    "TextEncoder",
    "Trainer",
    "Twin",
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
