from .averaged import AveragedPerceptron
from .base import Model
from .centroids import NearestCentroid, SparseNearestCentroid
from .counting import CountingModel
from .file import load, save
from .naive_bayes import NaiveBayes
from .perceptrons import DensePerceptron, SparsePerceptron
from .twins.explanation import Explanation

__all__ = [
    "AveragedPerceptron",
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
