"""Twins: what computes, integer for integer, what the contracts compute; importing them needs nothing but NumPy."""

from dcai.models.twins.averaged import AveragedPerceptronTwin
from dcai.models.twins.centroids import NearestCentroidTwin, SparseNearestCentroidTwin
from dcai.models.twins.counting import CountingTwin
from dcai.models.twins.dense import DenseTwin
from dcai.models.twins.explanation import Explanation
from dcai.models.twins.naive_bayes import NaiveBayesTwin
from dcai.models.twins.perceptron import PerceptronTwin
from dcai.models.twins.perceptrons import DensePerceptronTwin, SparsePerceptronTwin
from dcai.models.twins.sparse import SparseTwin
from dcai.models.twins.twin import EMPTY, NO_SCORE, Twin

__all__ = [
    "EMPTY",
    "NO_SCORE",
    "AveragedPerceptronTwin",
    "CountingTwin",
    "DensePerceptronTwin",
    "DenseTwin",
    "Explanation",
    "NaiveBayesTwin",
    "NearestCentroidTwin",
    "PerceptronTwin",
    "SparseNearestCentroidTwin",
    "SparsePerceptronTwin",
    "SparseTwin",
    "Twin",
]
