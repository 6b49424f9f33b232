"""A matrix as estimates, for callers that hold them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mitool.result import Estimate
from mitool.tasks.families import adjusted_estimates
from mitool.tasks.running import stretches
from mitool.tasks.work import PairBatch

if TYPE_CHECKING:
    from mitool.tasks.maximum import FamilyBatch
    from mitool.tasks.maximum import Follow as FollowScores
    from mitool.tasks.prescreened import PrescreenedBatch

Follow = Callable[[Iterable[Any], int, str], Iterable[Any]]
"""Passes items on and shows progress: the items, how many there are, and what they are called."""


def estimated(batch: PairBatch | PrescreenedBatch, n_jobs: int, follow: Follow) -> list[Estimate]:
    """Estimate all pairs by one estimator, in nats, and adjust the p-values for their number."""
    outline = batch.outline
    n_pairs, how = outline.n_tasks, outline.adjust
    if how == "max":
        tested = tested_together(batch, n_jobs, lambda s: follow(s, n_pairs, "pairs permuted"))
        return _estimates_of(tested, n_pairs, n_jobs, follow)
    estimates = _estimates_of(batch, n_pairs, n_jobs, follow)
    n_tests = None if isinstance(batch, PairBatch) else batch.n_tests
    return estimates if how == "none" else adjusted_estimates(estimates, how, n_tests)


def tested_together(
    batch: PairBatch | PrescreenedBatch, n_jobs: int, follow: FollowScores
) -> FamilyBatch | PrescreenedBatch:
    """Permute all columns at once; give the pairs, still to be estimated, with their tests."""
    from mitool.tasks.maximum import FamilyBatch

    if isinstance(batch, PairBatch):
        return FamilyBatch.of(batch, n_jobs, follow)
    return replace(batch, pairs=FamilyBatch.of(batch.inner, n_jobs, follow))


def _estimates_of(
    batch: PairBatch | FamilyBatch | PrescreenedBatch, n_pairs: int, n_jobs: int, follow: Follow
) -> list[Estimate]:
    finished = stretches(batch.estimates, [range(n_pairs)], n_jobs)
    estimates = (estimate for stretch in finished for estimate in stretch.results)
    return list(follow(estimates, n_pairs, "pairs"))
