"""The settings and twins of models of two classes, from bytes."""

from dcai.models.twins import SparsePerceptronTwin


def settings(features):
    """Return the model's part of a trainer's settings."""
    return bytes([2]) + features.to_bytes(2, "big") + bytes([2]) + bytes(6)


def perceptron(parameters, classes=("no", "yes")):
    """Return the sparse perceptron with these parameters: two bytes of bias, then a byte a weight."""
    return SparsePerceptronTwin.from_parameters(settings(len(parameters) - 2), parameters, classes)
