"""The frame of counts whose entropies are corrected, each for its own bias or all as one table."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from mitool.estimators.base import Value
from mitool.estimators.counted import Counted
from mitool.estimators.countedsides import Side, Sides
from mitool.estimators.several import Values
from mitool.kernels.counts.manyprofiles import CORRECTIONS_OF_MANY, Profiles
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

    def of_joints(self, joints: Iterable[Profiles], x: Side, ys: Sides) -> Iterable[Value]:
        """Estimate from joint profiles, and from either side of each: all at once if they can."""
        of_many = CORRECTIONS_OF_MANY.get(self.correction)
        if of_many is None:
            return super().of_joints(joints, x, ys)
        many = [(of_many(some), some.n_seen) for some in joints]
        h_xy, cells = (np.concatenate(parts) for parts in zip(*many, strict=True))
        constant = np.minimum(ys.n_seen, x.n_seen) < 2
        mi = np.where(constant, 0.0, x.entropy + ys.entropies - h_xy)
        of_x, h_y = [x.entropy] * len(ys), ys.entropies.tolist()
        extras = {"entropy_x": of_x, "entropy_y": h_y, "entropy_xy": h_xy.tolist()}
        seen = {"levels_x": [x.n_seen] * len(ys), "levels_y": ys.n_seen}
        return Values(mi.tolist(), extras, {**seen, "cells": cells.tolist()})

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
