"""Which columns are kept: the best by their scores, or those that are significant."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mitool.errors import UsageError
from mitool.variables import Vector

DEFAULT_K = 10
"""As of scikit-learn's ``SelectKBest``."""


@dataclass(frozen=True)
class Choice:
    """At most ``k`` columns, of those whose p-value is at most ``alpha`` where that is given."""

    k: int | None = None
    alpha: float | None = None

    def __post_init__(self) -> None:
        if self.k is not None and self.k < 1:
            raise UsageError(f"k must be at least 1, got {self.k}")
        if self.alpha is not None and not 0.0 < self.alpha <= 1.0:
            raise UsageError(f"alpha must be above 0 and at most 1, got {self.alpha}")

    def mask(self, scores: Vector, p_values: Vector) -> NDArray[np.bool_]:
        """Mark the columns that are kept; of equal scores the first is better, NaN never."""
        usable = ~np.isnan(scores)
        most = self.k or DEFAULT_K
        if self.alpha is not None:
            usable &= p_values <= self.alpha
            most = self.k or len(scores)
        best = np.argsort(-scores, kind="stable")
        kept = np.zeros(len(scores), dtype=bool)
        kept[best[usable[best]][:most]] = True
        return kept
