"""The rule of the nearest centroid."""

from __future__ import annotations

from abc import ABC
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dcai.errors import InvalidInput
from dcai.models.twins.counting import CountingTwin
from dcai.models.twins.twin import Features

_FRACTION_BITS = 32

# Whole parts of scores that fit beside the fraction.
_MAX_WHOLE = 2 ** (63 - _FRACTION_BITS) - 1


class CentroidTwin(CountingTwin, ABC):
    """A model whose classes are the averages of their samples, its centroids; the nearest one wins.

    score = |x|² - |x - centroid|² = 2 x · centroid - |centroid|², in units of 2**-32, rounded towards zero. So does
    scikit-learn's ``NearestCentroid``. `totals_` are the squared norms of the sums.
    """

    def _growth(self, features: Features, label: int) -> int:
        # |s + x|² = |s|² + 2 s · x + |x|²
        return int((2 * self.sums_[label, features.indices] + features.values) @ features.values)

    def _totals(self, sums: NDArray[np.int64]) -> NDArray[np.int64]:
        # 4,096 squares of 24 bits, or 32,792 (all that a trainer holds) of 16: below 2**58.
        totals: NDArray[np.int64] = (sums * sums).sum(axis=-1)
        return totals

    def _row_scores(self, rows: object) -> NDArray[np.int64]:
        used = len(self.classes)
        # Empty classes get a score of some kind.
        counts = np.maximum(self.counts_[:used], 1)
        # 17 bits times 42 of a dense product (32 of a sparse one), less 48: an int64.
        numerators = 2 * counts * self._dots(rows, self.sums_[:used]) - self.totals_[:used]
        whole, rest = np.divmod(np.abs(numerators), counts**2)
        if (whole > _MAX_WHOLE).any():
            raise InvalidInput(
                "A score of this model leaves the range of int64, since its sums cannot come from as many samples as "
                "it counts; don't trust it, or ask its twin's scores_of for one sample."
            )
        # The rest is below counts**2, so below 2**32, and fits beside 32 more bits where there is no sign.
        fraction = (rest.astype(np.uint64) << np.uint64(_FRACTION_BITS)) // (counts**2).astype(np.uint64)
        scores: NDArray[np.int64] = np.sign(numerators) * ((whole << _FRACTION_BITS) + fraction.astype(np.int64))
        return scores

    def _score(self, features: Features, label: int) -> int:
        return self._score_of(int(self.sums_[label, features.indices] @ features.values), label)

    def _terms(self, features: Features, label: int) -> tuple[int, list[int]]:
        dots = np.cumsum(self.sums_[label, features.indices] * features.values).tolist()
        scores = [self._score_of(dot, label) for dot in (0, *dots)]
        return scores[0], [after - before for before, after in pairwise(scores)]

    def _score_of(self, dot: int, label: int) -> int:
        count = int(self.counts_[label])
        numerator = 2 * count * dot - int(self.totals_[label])
        size = (abs(numerator) << _FRACTION_BITS) // count**2
        return size if numerator >= 0 else -size
