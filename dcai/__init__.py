"""Shared machine-learning models that live in smart contracts."""

from dcai import datasets, errors
from dcai.auditing import Audit
from dcai.chain import Chain, Receipt, connect, local_chain
from dcai.encoders import TabularEncoder, TextEncoder
from dcai.errors import DcaiError
from dcai.incentives import DepositRefundTake
from dcai.models import SparsePerceptron
from dcai.trainer import Contribution, Quote, Trainer, attach, deploy

__all__ = [
    "Audit",
    "Chain",
    "Contribution",
    "DcaiError",
    "DepositRefundTake",
    "Quote",
    "Receipt",
    "SparsePerceptron",
    "TabularEncoder",
    "TextEncoder",
    "Trainer",
    "attach",
    "connect",
    "datasets",
    "deploy",
    "errors",
    "local_chain",
]
