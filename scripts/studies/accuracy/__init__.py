"""Accuracy on real data sets, beside scikit-learn: docs/accuracy.md."""
