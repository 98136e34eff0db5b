"""What `dcai` exports. Each name is imported from its module when it is first used."""

from . import datasets, errors
from .chain import Call, Chain, Receipt, connect, local_chain
from .encoders import Coding, EmbeddingEncoder, HashingEncoder, TabularEncoder, TextEncoder, VectorEncoder
from .errors import DcaiError
from .incentives import DepositRefundTake, Gamified, HiddenTestSet, Incentive, PredictionMarket
from .incentives.deposit_refund_take.trainer import DepositContribution, DepositTrainer
from .incentives.gamified.standing import Standing
from .incentives.gamified.trainer import GamifiedContribution, GamifiedTrainer, Leader
from .incentives.prediction_market.course import Course, Phase
from .incentives.prediction_market.paying import Payments, Unpaid
from .incentives.prediction_market.scores import Score
from .incentives.prediction_market.trainer import MarketContribution, MarketTrainer
from .models import (
    AveragedPerceptron,
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
from .models.twins import Twin
from .trainer.attach import attach
from .trainer.audit import Audit
from .trainer.contribution import Contribution, Quote
from .trainer.deploy import deploy
from .trainer.trainer import Trainer

__version__: str

__all__ = [
    "Audit",
    "AveragedPerceptron",
    "Call",
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
    "Payments",
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
    "Unpaid",
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
