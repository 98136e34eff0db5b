"""The twin of contracts/models/NaiveBayes.sol."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from numbers import Real
from operator import mul
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dcai.errors import InvalidInput
from dcai.models.twins.counting import CountingTwin
from dcai.models.twins.fields import field
from dcai.models.twins.lanes import UINT16
from dcai.models.twins.log import log, log_products
from dcai.models.twins.sparse import SparseTwin
from dcai.models.twins.twin import Features
from dcai.untrusted import shortened

if TYPE_CHECKING:
    from scipy import sparse

_THOUSAND = 1_000

_CHUNK = 9
"""Features whose counts are multiplied before a logarithm is taken: nine of 26 bits each fit into an int256."""


class NaiveBayesTwin(SparseTwin, CountingTwin):
    """Multinomial naive Bayes over binary features: which class is most likely if features come independently.

    score = ln P(class) + the sum over the sample's features of ln P(feature | class), in units of 1e-9, where
    P(class) = its share of all samples and P(feature | class) = (its count + smoothing) / (counts of all features +
    smoothing * number of features). scikit-learn's ``MultinomialNB`` with ``alpha=smoothing`` does the same. Logarithms
    are rounded down, each by less than 1e-9. `totals_` are the sums of the counts.

    Parameters
    ----------
    classes, n_features, max_classes, names_checked
        See `State`.
    smoothing : float
        0.001 to 65.535, in whole thousandths: how often every feature counts as seen before the first sample.
    """

    contracts = ("NaiveBayes",)

    _lane = UINT16
    _asking_gas = (250, 300)
    # logarithms
    _vector_gas = (4_700, 240)

    def __init__(
        self,
        classes: Sequence[str],
        n_features: int,
        max_classes: int | None = None,
        *,
        smoothing: float = 1.0,
        names_checked: bool = True,
    ) -> None:
        self._smoothing = _thousandths(smoothing)
        super().__init__(classes, n_features, max_classes, names_checked=names_checked)

    def arguments(self) -> dict[str, Any]:
        """Return the smoothing."""
        return {"smoothing": self._smoothing / _THOUSAND}

    @classmethod
    def _own_arguments(cls, given: Mapping[str, object]) -> dict[str, Any]:
        return {"smoothing": field(given, "smoothing", float, int)}

    def _smoothing_thousandths(self) -> int:
        return self._smoothing

    def _growth(self, features: Features, label: int) -> int:
        return len(features.indices)

    def _totals(self, sums: NDArray[np.int64]) -> NDArray[np.int64]:
        totals: NDArray[np.int64] = sums.sum(axis=-1)
        return totals

    def _row_scores(self, rows: sparse.csr_matrix) -> NDArray[np.int64]:
        sizes = np.diff(rows.indptr).astype(np.int64)
        chunks = -(-sizes // _CHUNK)
        # The number of the first chunk of each row.
        firsts = np.cumsum(chunks) - chunks
        within = np.arange(chunks.sum()) - np.repeat(firsts, chunks)
        starts = np.repeat(rows.indptr[:-1], chunks) + _CHUNK * within
        # Up to 32,792 features of at most 18e9 each, and as many of 30e9: an int64.
        scores = np.zeros((rows.shape[0], len(self.classes)), dtype=np.int64)
        for label in np.flatnonzero(~self._empty()).tolist():
            logs = log_products(self._factors(label, rows.indices), starts)
            scores[:, label] = self._prior(label) - sizes * self._log_total(label)
            # reduceat has no sums of nothing
            scores[sizes > 0, label] += np.add.reduceat(logs, firsts[sizes > 0])
        return scores

    def _score(self, features: Features, label: int) -> int:
        factors = self._factors(label, features.indices).tolist()
        chunks = [factors[start : start + _CHUNK] for start in range(0, len(factors), _CHUNK)]
        likelihood = sum(log(math.prod(chunk)) for chunk in chunks)
        return self._prior(label) + likelihood - len(factors) * self._log_total(label)

    def _terms(self, features: Features, label: int) -> tuple[int, list[int]]:
        factors = self._factors(label, features.indices).tolist()
        log_total = self._log_total(label)
        terms = []
        for start in range(0, len(factors), _CHUNK):
            logs = [0, *map(log, accumulate(factors[start : start + _CHUNK], mul))]
            terms += [after - before - log_total for before, after in pairwise(logs)]
        return self._prior(label), terms

    def _factors(self, label: int, indices: NDArray[np.integer]) -> NDArray[np.int64]:
        factors: NDArray[np.int64] = _THOUSAND * self.sums_[label, indices] + self._smoothing
        return factors

    def _prior(self, label: int) -> int:
        return log(int(self.counts_[label])) - log(int(self.counts_[: len(self.classes)].sum()))

    def _log_total(self, label: int) -> int:
        total = _THOUSAND * int(self.totals_[label])
        return log(total + self._smoothing * self.n_features)


def _thousandths(given: object) -> int:
    """Return a smoothing in thousandths, or refuse it."""
    # An int beyond this may be too large for a float.
    real: Any = given if isinstance(given, Real) and not isinstance(given, bool) else 0
    exact = float(real) * _THOUSAND if 0 < real <= UINT16.highest else 0.0
    thousandths = round(exact)
    # A float32 is as near to what it was written as.
    if not 1 <= thousandths <= UINT16.highest or not math.isclose(thousandths, exact, rel_tol=1e-7):
        raise InvalidInput(
            f"smoothing must be a number of whole thousandths from 0.001 to 65.535, not {shortened(given)}; 1.0 is "
            "usual."
        )
    return thousandths
