"""Why a model scores a sample as it does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Explanation:
    """The scores of a sample as sums: base + contributions of the features = score, exactly, for every class.

    Attributes
    ----------
    scores : tuple of int, one per class
        What the contract's `score` returns; -2**255 for a class without a sample of its own.
    base : tuple of int, one per class
        The scores of no feature at all; -2**255 for a class without a sample of its own.
    features : tuple of int
        The indices of the sample's features, increasing.
    contributions : tuple of tuple of int, one row per feature, one column per class
        How much the score grows when the feature is added to those before it; 0 for a class without a sample.
    names : tuple of str, one per feature
        What the features are, in an encoder's words; empty where no encoder was asked.
    """

    scores: tuple[int, ...]
    base: tuple[int, ...]
    features: tuple[int, ...]
    contributions: tuple[tuple[int, ...], ...]
    names: tuple[str, ...] = ()
