"""The twins: models that compute, integer for integer, what the contracts compute."""

from dcai.models.base import Model
from dcai.models.counting import CountingModel
from dcai.models.dense import DenseModel
from dcai.models.dense_perceptron import DensePerceptron
from dcai.models.explanation import Explanation
from dcai.models.file import load, save
from dcai.models.naive_bayes import NaiveBayes
from dcai.models.nearest_centroid import NearestCentroid
from dcai.models.perceptron import Perceptron
from dcai.models.sparse import SparseModel
from dcai.models.sparse_nearest_centroid import SparseNearestCentroid
from dcai.models.sparse_perceptron import SparsePerceptron

__all__ = [
    "CountingModel",
    "DenseModel",
    "DensePerceptron",
    "Explanation",
    "Model",
    "NaiveBayes",
    "NearestCentroid",
    "Perceptron",
    "SparseModel",
    "SparseNearestCentroid",
    "SparsePerceptron",
    "load",
    "save",
]
