"""Models: scikit-learn's classifiers around the twins of contracts.

They import scikit-learn when they are first asked for; `dcai.models.twins` never does.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dcai.models.twins.explanation import Explanation

if TYPE_CHECKING:
    from dcai.models.base import Model
    from dcai.models.centroids import NearestCentroid, SparseNearestCentroid
    from dcai.models.counting import CountingModel
    from dcai.models.file import load, save
    from dcai.models.naive_bayes import NaiveBayes
    from dcai.models.perceptrons import DensePerceptron, SparsePerceptron

__all__ = [
    "CountingModel",
    "DensePerceptron",
    "Explanation",
    "Model",
    "NaiveBayes",
    "NearestCentroid",
    "SparseNearestCentroid",
    "SparsePerceptron",
    "load",
    "save",
]

_LAZY = {
    "CountingModel": "counting",
    "DensePerceptron": "perceptrons",
    "Model": "base",
    "NaiveBayes": "naive_bayes",
    "NearestCentroid": "centroids",
    "SparseNearestCentroid": "centroids",
    "SparsePerceptron": "perceptrons",
    "load": "file",
    "save": "file",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
