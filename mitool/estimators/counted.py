"""The frame of all estimators made of counts: mutual information as a sum of entropies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar

import numpy as np

from mitool.estimators.base import DISCRETE, Accepted, Estimator, Value
from mitool.estimators.countedsides import Side, Sides, refuse_distinct
from mitool.kernels.counts.coded import Coded, code_rows, combine
from mitool.kernels.counts.cooccurrence import contingency, count_pairs
from mitool.kernels.counts.crossings import are_dense
from mitool.kernels.counts.manyprofiles import Profiles, profiles_with_each
from mitool.kernels.counts.profiles import Profile, profile, without_one
from mitool.kernels.types import Counts
from mitool.once import once, token_of
from mitool.variables import Kind, Matrix, Variable, Vector

MOST_CELLS = 10**100
"""Tables of more cells are taken for tables of so many, whose square a number still holds."""


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

    def n_cells(self, column_levels: Sequence[int]) -> int:
        """Give how many cells a table could have whose columns have so many levels each."""
        return min(prod(column_levels), MOST_CELLS)

    def within(self, side: Side, whole: Profile) -> float:
        """Give the entropy of a margin in the light of the whole table."""
        return side.entropy

    def without_one_within(self, side: Profile, whole: Profile) -> Matrix:
        """Give that without one row, for each distinct count of the table and of the margin."""
        return np.broadcast_to(self.without_one(side), (len(whole.sizes), len(side.sizes)))

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
        """Give the entropy of one prepared variable."""
        return self.side(x).entropy

    def side(self, x: Coded) -> Side:
        """Give the counts and the entropy of one prepared variable, kept with it."""
        kept: Side | None = x.kept.get(self._key)
        if kept is None:
            kept = x.kept[self._key] = self.side_of(x.counts, x.column_levels)
        return kept

    _key = once(token_of)

    def side_of(self, counts: Counts, column_levels: Sequence[int]) -> Side:
        """Give the same of the counts of its joint rows, and the levels in each of its columns."""
        profiled = profile(counts, self.n_cells(column_levels))
        return Side(profiled, self.of_counts(profiled).mi)

    def join(self, x: Coded, y: Coded) -> Value:
        """Estimate from two prepared variables of the same rows."""
        return self._joined(count_pairs(x, y), self.side(x), self.side(y))

    def abreast(self, ys: Sequence[Coded]) -> Sides:
        """Give prepared variables as ``join_each`` takes them soonest, in any stretch."""
        return Sides.of(ys, [self.side(y) for y in ys])

    def join_each(self, x: Coded, ys: Sequence[Coded]) -> Iterable[Value]:
        """Give what ``join`` gives of x and each y."""
        others = ys if isinstance(ys, Sides) else self.abreast(ys)
        if not are_dense(x, others.coded):
            return [self.join(x, y) for y in ys]
        first = self.side(x)
        n_levels = [min(first.counts.n_levels * n, MOST_CELLS) for n in others.n_levels]
        return self.of_joints(profiles_with_each(x, others.coded, n_levels), first, others)

    def of_joints(self, joints: Iterable[Profiles], x: Side, ys: Sides) -> Iterable[Value]:
        """Estimate from joint profiles, and from either side of each."""
        each = (joint for some in joints for joint in some)
        return [self._of_joint(joint, x, y) for joint, y in zip(each, ys.margins, strict=True)]

    def _joint_profile(self, counts: Counts, x: Side, y: Side) -> Profile:
        """Give the profile of a joint table, which has a cell for each two cells of its sides."""
        return profile(counts, self._n_joint(x, y))

    def _n_joint(self, x: Side, y: Side) -> int:
        return min(x.counts.n_levels * y.counts.n_levels, MOST_CELLS)

    def _joined(self, counts: Counts, x: Side, y: Side) -> Value:
        """Estimate from joint counts, and from either side."""
        return self._of_joint(self._joint_profile(counts, x, y), x, y)

    def _of_joint(self, joint: Profile, x: Side, y: Side) -> Value:
        whole, h_x, h_y = self.of_counts(joint), self.within(x, joint), self.within(y, joint)
        h_xy = float(self.joint_entropy(whole.mi, h_x, h_y))
        constant = min(x.n_seen, y.n_seen) < 2
        mi = 0.0 if constant else h_x + h_y - h_xy  # exactly 0, not up to rounding
        extras = {"entropy_x": h_x, "entropy_y": h_y, "entropy_xy": h_xy, **whole.extras}
        facts = {"levels_x": x.n_seen, "levels_y": y.n_seen, "cells": int(joint.n_seen)}
        return Value(mi, extras, {**facts, **whole.facts})

    def join_given(self, x: Coded, y: Coded, z: Coded) -> Value:
        """Estimate I(X;Y|Z) by the chain of entropies; the same counts give what surrounds it.

        ``interaction_information`` is I(X;Y|Z) - I(X;Y), positive where x and y tell more of each
        other once z is known; ``total_correlation`` is H(X) + H(Y) + H(Z) - H(X,Y,Z).
        """
        whole = self.side(combine(x, y, z))
        parts = (x, y, z, combine(x, z), combine(y, z))
        h_x, h_y, h_z, h_xz, h_yz = (self.within(self.side(p), whole.counts) for p in parts)
        constant = min(x.n_seen, y.n_seen) < 2
        cmi = 0.0 if constant else h_xz + h_yz - h_z - whole.entropy
        pair = self.join(x, y).mi
        extras = {
            "unconditional_mi": pair,
            "interaction_information": cmi - pair,
            "total_correlation": h_x + h_y + h_z - whole.entropy,
        }
        levels = {"levels_x": x.n_seen, "levels_y": y.n_seen, "levels_given": z.n_seen}
        return Value(cmi, extras, {**levels, "cells": whole.n_seen})

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
        whole = self._joint_profile(cells.counts, self.side(x), self.side(y))
        at, h = np.searchsorted(whole.sizes, cells.counts), []
        for coded, codes in ((x, cells.x), (y, cells.y)):
            p = self.side(coded).counts
            beside = np.searchsorted(p.sizes, coded.counts[codes])
            h.append(self.without_one_within(p, whole)[at, beside])
        h_xy = self.without_one(whole)[at]
        return h[0] + h[1] - self.joint_entropy(h_xy, h[0], h[1]), cells.counts
