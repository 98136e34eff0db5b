"""Accuracy on real sets, beside scikit-learn: docs/accuracy.md."""
