"""The frame of counts whose entropies are corrected, each for its own bias or all as one table."""

from __future__ import annotations

import numpy as np

from mitool.estimators.base import Value
from mitool.estimators.counted import Counted, Side
from mitool.kernels.counts.profiles import (
    CORRECTIONS,
    Correction,
    Profile,
    shrunk,
    shrunk_without_one,
    uniform_weight,
    without_one,
)
from mitool.variables import Matrix


class Corrected(Counted):
    """Those with a parameter ``correction``, which says what the entropy of counts is.

    Shrinkage draws the joint table towards the uniform one, as Hausser & Strimmer (2009) and their
    program do, and sums up its margins: these take the weight of the whole table, and mutual
    information is never negative. The other corrections are of each entropy by itself.
    """

    correction: Correction

    def of_counts(self, counts: Profile) -> Value:
        """Give the entropy of a table of counts."""
        return Value(CORRECTIONS[self.correction](counts))

    def within(self, side: Side, whole: Profile) -> float:
        """Give the entropy of a margin in the light of the whole table."""
        if self.correction != "shrink":
            return side.entropy
        return shrunk(side.counts, uniform_weight(whole))

    def without_one_within(self, side: Profile, whole: Profile) -> Matrix:
        """Give that without one row, for each distinct count of the table and of the margin."""
        if self.correction != "shrink":
            return super().without_one_within(side, whole)
        smaller = (without_one(whole, i) for i in range(len(whole.sizes)))
        return shrunk_without_one(side, np.array([uniform_weight(p) for p in smaller]))
