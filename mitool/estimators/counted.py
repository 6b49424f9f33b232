"""The frame of all estimators made of counts: mutual information as a sum of entropies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators.base import DISCRETE, Accepted, Estimator, Value
from mitool.estimators.streamed import Batches, Count
from mitool.kernels.batches.cells import Cells
from mitool.kernels.counts.coded import Coded, code_rows, combine
from mitool.kernels.counts.cooccurrence import contingency, count_pairs
from mitool.kernels.counts.profiles import Profile, profile, without_one
from mitool.kernels.types import Counts
from mitool.variables import Kind, Variable, Vector
from mitool.variables.kinds import MAX_LEVELS


@dataclass(frozen=True)
class Counted(Estimator):
    """I = H(X) + H(Y) - H(X,Y) of counts; a subclass says what the entropy of counts is."""

    accepts: ClassVar[Accepted] = DISCRETE
    accepts_given: ClassVar[frozenset[Kind]] = frozenset({"discrete"})
    intervals: ClassVar[tuple[str, ...]] = (
        "jackknife",
        "chi2",
        "studentised",
        "subsample",
        "group-jackknife",
    )
    entropy_estimand: ClassVar[str] = "entropy"
    replacement: ClassVar[bool] = True
    family: ClassVar[str] = "counts"
    cost: ClassVar[str] = "O(n) time and memory"

    def of_counts(self, counts: Profile) -> Value:
        """Give the entropy of a table of counts; ``Value.mi`` holds it, in nats."""
        raise NotImplementedError

    def without_one(self, counts: Profile) -> Vector:
        """Give the entropy without one row of a cell, for each distinct count."""
        smaller = (without_one(counts, i) for i in range(len(counts.sizes)))
        return np.array([self.of_counts(p).mi for p in smaller])

    def joint_entropy(self, h_xy: Any, h_x: Any, h_y: Any) -> Any:
        """Give the joint entropy in the light of those of the margins; numbers or arrays."""
        return h_xy

    def prepare(self, x: Variable) -> Coded:
        """Code the rows of a variable, its columns taken jointly."""
        coded = code_rows(x.values)
        refuse_distinct(x.name, coded.n_levels, len(x))
        return coded.packed()

    def entropy(self, x: Coded) -> Value:
        """Give the entropy of one prepared variable; ``Value.mi`` holds it, in nats."""
        return Value(self.margin(x))

    def margin(self, x: Coded) -> float:
        """Give the entropy of one prepared variable, kept with it."""
        if self not in x.kept:
            x.kept[self] = self.of_counts(profile(x.counts, x.n_seen)).mi
        return float(x.kept[self])

    def join(self, x: Coded, y: Coded) -> Value:
        """Estimate from two prepared variables of the same rows."""
        sides = ((x.n_seen, self.margin(x)), (y.n_seen, self.margin(y)))
        return self._joined(count_pairs(x, y), *sides)

    def of_cells(self, cells: Cells, x: Variable, y: Variable) -> Value:
        """Estimate from different joint rows and how often each occurs; x and y need no rows."""
        sides, first = [], 0
        for variable in (x, y):
            counts = cells.margin(first, first + variable.n_dims)
            refuse_distinct(variable.name, len(counts), cells.n)
            sides.append((len(counts), self.of_counts(profile(counts, len(counts))).mi))
            first += variable.n_dims
        if min(n_levels for n_levels, _ in sides) < 2:
            return Value(0.0)
        return self._joined(cells.counts, *sides)

    def _joined(self, counts: Counts, x: tuple[int, float], y: tuple[int, float]) -> Value:
        """Estimate from joint counts, and from the levels and the entropy of either side."""
        (n_x, h_x), (n_y, h_y) = x, y
        joint = profile(counts, n_x * n_y)
        whole = self.of_counts(joint)
        h_xy = float(self.joint_entropy(whole.mi, h_x, h_y))
        mi = 0.0 if min(n_x, n_y) < 2 else h_x + h_y - h_xy  # exactly 0, not up to rounding
        extras = {"entropy_x": h_x, "entropy_y": h_y, "entropy_xy": h_xy, **whole.extras}
        facts = {"levels_x": n_x, "levels_y": n_y, "cells": int(joint.n_seen)}
        return Value(mi, extras, {**facts, **whole.facts})

    def join_given(self, x: Coded, y: Coded, z: Coded) -> Value:
        """Estimate I(X;Y|Z) by the chain of entropies; the same counts give what surrounds it.

        ``interaction_information`` is I(X;Y|Z) - I(X;Y), positive where x and y tell more of each
        other once z is known; ``total_correlation`` is H(X) + H(Y) + H(Z) - H(X,Y,Z).
        """
        xz, yz, xyz = combine(x, z), combine(y, z), combine(x, y, z)
        k_z = z.n_seen
        h_xz = self.of_counts(profile(xz.counts, x.n_seen * k_z)).mi
        h_yz = self.of_counts(profile(yz.counts, y.n_seen * k_z)).mi
        whole = self.of_counts(profile(xyz.counts, x.n_seen * y.n_seen * k_z))
        h_z, pair = self.margin(z), self.join(x, y)
        constant = min(x.n_seen, y.n_seen) < 2
        cmi = 0.0 if constant else h_xz + h_yz - h_z - whole.mi
        extras = {
            "unconditional_mi": pair.mi,
            "interaction_information": cmi - pair.mi,
            "total_correlation": self.margin(x) + self.margin(y) + h_z - whole.mi,
        }
        levels = {"levels_x": x.n_seen, "levels_y": y.n_seen, "levels_given": k_z}
        return Value(cmi, extras, {**levels, "cells": xyz.n_seen})

    def local(self, x: Coded, y: Coded) -> Vector:
        """Give the pointwise mutual information, shape (n,), less each row's share of the bias."""
        terms, _ = self._pointwise(x, y)
        terms += self.join(x, y).mi - terms.mean()
        return terms

    def local_normalized(self, x: Coded, y: Coded) -> Vector:
        """Give normalised pointwise mutual information of the counts, shape (n,), -1 to 1.

        Bouma (2009): the pointwise term over minus the log of the pair's share, 1 where two
        levels occur only together. It is 0 where all rows are the same.
        """
        terms, log_share = self._pointwise(x, y)
        normalized = np.zeros(len(terms))
        np.divide(terms, -log_share, out=normalized, where=log_share < 0.0)
        return normalized

    def _pointwise(self, x: Coded, y: Coded) -> tuple[Vector, Vector]:
        """Give log p(x,y) / p(x)p(y) and log p(x,y) of each row, by plain frequencies."""
        both, n = combine(x, y), len(x)
        log_share: Vector = np.log(both.counts / n)[both.codes]
        separate = np.log(x.counts[x.codes] / n) + np.log(y.counts[y.codes] / n)
        return log_share - separate, log_share

    def delete_one(self, x: Coded, y: Coded) -> tuple[Vector, Counts]:
        """Give the estimate without one row of each occupied cell, and the rows in each cell.

        Both of shape (n_cells,): all that a jackknife needs, and no row is touched.
        """
        cells = contingency(x, y)
        if min(x.n_seen, y.n_seen) < 2:
            return np.zeros(len(cells.counts)), cells.counts
        parts = (
            (x.counts, x.n_seen, x.counts[cells.x]),
            (y.counts, y.n_seen, y.counts[cells.y]),
            (cells.counts, x.n_seen * y.n_seen, cells.counts),
        )
        h = []
        for counts, n_levels, sizes in parts:
            p = profile(counts, n_levels)
            h.append(self.without_one(p)[np.searchsorted(p.sizes, sizes)])
        return h[0] + h[1] - self.joint_entropy(h[2], h[0], h[1]), cells.counts


@dataclass(frozen=True)
class OfLabels(Counted):
    """Those that count labels as they are, and so need no look at all rows before they count."""

    def first_counts(self) -> tuple[Count, ...]:
        """Give what the first pass counts of numbers: labels are counted in any case."""
        return ()

    def streamed(self, batches: Batches) -> Value:
        """Estimate from the counts of joint rows, which add up."""
        return self.of_cells(batches.cells, batches.x, batches.y)


def refuse_distinct(name: str, n_levels: int, n_rows: int) -> None:
    """Raise where every row is a level of its own."""
    if n_levels == n_rows > MAX_LEVELS:
        raise MitoolError(
            f"{name!r} has a different value in each of its {n_rows} rows, which cannot be "
            "counted; take fewer columns together, group its values, or use -e bins"
        )
