"""Shared machine-learning models that live in smart contracts."""
