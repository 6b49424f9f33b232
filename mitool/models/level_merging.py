"""Merging the levels of a column that tell alike of a target, on one half of the rows.

On the rows that merge them, levels seem to tell more than they do: 1,000 levels of 1,000 rows that
are independent of the target, merged to 2, seem to tell .29 nats. So what they tell is counted on
the other half, and what merging lost is called in-sample.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError, UsageError
from mitool.kernels.counts.agglomeration import merged_levels
from mitool.models.coupling_findings import CouplingFinding
from mitool.models.couplings import entropy_of
from mitool.models.marginals import Marginal, Marginals
from mitool.seeds import stream, task_name
from mitool.variables import Matrix

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class MergingRequest:
    """How far levels are merged: to a number of them, or up to a loss of information, nats."""

    n_levels: int | None = None
    most_lost: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if (self.n_levels is None) == (self.most_lost is None):
            raise UsageError("say how far to merge levels, either by --levels or by --loss")
        if self.n_levels is not None and self.n_levels < 1:
            raise UsageError(f"--levels must be at least 1, got {self.n_levels}")
        if self.most_lost is not None and not 0.0 <= self.most_lost < np.inf:
            raise UsageError(f"--loss must be 0 or more, got {self.most_lost:g}")

    def target_of(self, joint: Matrix) -> Codes:
        """Give the level that each row of a table is merged into: the lowest of its group."""
        most = np.inf if self.most_lost is None else self.most_lost
        return merged_levels(joint, self.n_levels or 1, most).target


def merging_findings(marginals: Marginals, request: MergingRequest) -> list[CouplingFinding]:
    """Merge the levels of the first of two marginals by what they tell of the second.

    A joint table is merged as it is; rows are split by the seed into a half that merges and a half
    that counts. A level that the first half lacks goes to the merged level nearest the prior.
    """
    x, y = marginals.parts
    if marginals.joint is not None:
        target, n_unseen = _targets(marginals.joint, request)
        return [_finding(marginals, target, marginals.joint, marginals.joint, n_unseen)]
    codes = marginals.codes
    if codes is None:
        raise UsageError("levels are merged by a target: give columns, or a contingency table")
    n = len(codes)
    if n < 4:
        raise MitoolError(f"merging needs at least 4 rows, 2 to merge by and 2 to count, got {n}")
    task = task_name("coupling", x.name, y.name, "halves")
    order = stream(request.seed, task).permutation(n)
    joint, other = (
        _table(codes[rows], (len(x.levels), len(y.levels)))
        for rows in (order[: n // 2], order[n // 2 :])
    )
    target, n_unseen = _targets(joint, request)
    return [_finding(marginals, target, joint, other, n_unseen)]


def _targets(joint: Matrix, request: MergingRequest) -> tuple[Codes, int]:
    """Give where each level goes, and how many were not seen."""
    target, unseen = request.target_of(joint), joint.sum(axis=1) == 0.0
    if unseen.any():
        target[unseen] = _nearest_prior(joint, target)
    return target, int(unseen.sum())


def _table(codes: Codes, shape: tuple[int, int]) -> Matrix:
    cells = np.bincount(codes[:, 0] * shape[1] + codes[:, 1], minlength=shape[0] * shape[1])
    return np.asarray(cells.reshape(shape) / len(codes))


def _nearest_prior(joint: Matrix, target: Codes) -> int:
    """Give the merged level whose conditional is nearest that of all rows, by KL from the prior."""
    merged = _merged(joint, target)
    names = np.flatnonzero(merged.sum(axis=1) > 0.0)
    prior = joint.sum(axis=0)
    conditionals = merged[names] / merged[names].sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(prior > 0.0, prior * np.log(prior / conditionals), 0.0)
    return int(names[np.argmin(ratios.sum(axis=1))])


def _merged(joint: Matrix, target: Codes) -> Matrix:
    merged = np.zeros_like(joint)
    np.add.at(merged, target, joint)
    return merged


def _information(joint: Matrix) -> float:
    margins = entropy_of(joint.sum(axis=0)) + entropy_of(joint.sum(axis=1))
    return margins - entropy_of(joint.ravel())


def _finding(
    marginals: Marginals, target: Codes, joint: Matrix, other: Matrix, n_unseen: int
) -> CouplingFinding:
    x, y = marginals.parts
    merged = _merged(other, target)
    in_sample = _information(_merged(joint, target))
    n = marginals.n_rows
    return CouplingFinding(
        x=x.name,
        y=y.name,
        estimator="agglomerative",
        mi=_information(merged),
        estimand="merged_mi",
        form="as given" if n is None else "held-out half",
        extras={"entropy": entropy_of(merged.sum(axis=1)), "mi_in_sample": in_sample},
        loss_in_sample=_information(joint) - in_sample,
        facts={"levels": len(np.unique(target)), "unseen_levels": n_unseen},
        n_used=None if n is None else n - n // 2,
        n_dropped=marginals.n_dropped,
        table=_map(x, target),
    )


def _map(x: Marginal, target: Codes) -> dict[str, list[object]]:
    return {
        x.name: list(x.levels),
        "merged_into": [x.levels[place] for place in target],
        "mass": x.masses.tolist(),
    }
