"""The twins: models that compute, integer for integer, what the contracts compute."""

from dcai.models.sparse_perceptron import SparsePerceptron

__all__ = ["SparsePerceptron"]
