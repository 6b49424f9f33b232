"""The frame of all estimators made of counts: mutual information as a sum of entropies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators.base import DISCRETE, Accepted, Estimator, Value
from mitool.kernels.counts import Coded, Counts, code, combine, count_pairs, table
from mitool.kernels.entropies import Profile, profile, without_one
from mitool.kinds import MAX_LEVELS
from mitool.variables import Variable, Vector


@dataclass(frozen=True)
class Counted(Estimator):
    """I = H(X) + H(Y) - H(X,Y) of counts; a subclass says what the entropy of counts is."""

    accepts: ClassVar[Accepted] = DISCRETE
    intervals: ClassVar[tuple[str, ...]] = (
        "jackknife",
        "chi2",
        "studentised",
        "subsample",
        "group-jackknife",
    )
    replacement: ClassVar[bool] = True
    family: ClassVar[str] = "counts"
    cost: ClassVar[str] = "O(n) time and memory"

    def of_counts(self, counts: Profile) -> Value:
        """Give the entropy of a table of counts; ``Value.mi`` holds it, in nats."""
        raise NotImplementedError

    def prepare(self, x: Variable) -> Coded:
        """Code the rows of a variable, its columns taken jointly."""
        coded = combine(*(code(x.values[:, i]) for i in range(x.n_dims)))
        if coded.n_levels == len(x) > MAX_LEVELS:
            raise MitoolError(
                f"{x.name!r} has a different value in each of its {len(x)} rows, which cannot be "
                "counted; take fewer columns together, group its values, or use -e bins"
            )
        return coded

    def entropy(self, x: Coded) -> Value:
        """Give the entropy of one prepared variable; ``Value.mi`` holds it, in nats."""
        if self not in x.kept:
            x.kept[self] = self.of_counts(profile(x.counts, x.n_seen))
        found: Value = x.kept[self]
        return found

    def join(self, x: Coded, y: Coded) -> Value:
        """Estimate from two prepared variables of the same rows."""
        joint = profile(count_pairs(x, y), x.n_seen * y.n_seen)
        facts = {"levels_x": x.n_seen, "levels_y": y.n_seen, "cells": int(joint.n_seen)}
        h_x, h_y, h_xy = self.entropy(x).mi, self.entropy(y).mi, self.of_counts(joint).mi
        constant = min(x.n_seen, y.n_seen) < 2
        mi = 0.0 if constant else h_x + h_y - h_xy  # exactly 0, not up to rounding
        return Value(mi, {"entropy_x": h_x, "entropy_y": h_y, "entropy_xy": h_xy}, facts)

    def delete_one(self, x: Coded, y: Coded) -> tuple[Vector, Counts]:
        """Give the estimate without one row of each occupied cell, and the rows in each cell.

        Both of shape (n_cells,): all that a jackknife needs, and no row is touched.
        """
        cells = table(x, y)
        if min(x.n_seen, y.n_seen) < 2:
            return np.zeros(len(cells.counts)), cells.counts
        sizes = (x.counts[cells.x], y.counts[cells.y], cells.counts)
        levels = (x.n_seen, y.n_seen, x.n_seen * y.n_seen)
        whole = (x.counts, y.counts, cells.counts)
        h = [
            self._without(profile(counts, k), at)
            for counts, k, at in zip(whole, levels, sizes, strict=True)
        ]
        return h[0] + h[1] - h[2], cells.counts

    def _without(self, p: Profile, sizes: Counts) -> Vector:
        """Give the entropy without one row of a cell, for cells of the given sizes."""
        entropies = [self.of_counts(without_one(p, i)).mi for i in range(len(p.sizes))]
        return np.array(entropies)[np.searchsorted(p.sizes, sizes)]
