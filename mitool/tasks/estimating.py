"""A matrix as estimates, for callers that hold them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from mitool.result import Estimate
from mitool.tasks.families import adjusted_estimates
from mitool.tasks.running import stretches
from mitool.tasks.work import PairBatch

if TYPE_CHECKING:
    from mitool.tasks.maximum import FamilyBatch

Follow = Callable[[Iterable[Any], int, str], Iterable[Any]]
"""Passes items on and shows progress: the items, how many there are, and what they are called."""


def estimated(pairs: PairBatch, n_jobs: int, follow: Follow) -> list[Estimate]:
    """Estimate all pairs by one estimator, in nats, and adjust the p-values for their number."""
    n_pairs = len(pairs.pairs)
    if pairs.adjust == "max":
        from mitool.tasks.maximum import FamilyBatch

        tested = FamilyBatch.of(pairs, n_jobs, lambda s: follow(s, n_pairs, "pairs permuted"))
        return _estimates_of(tested, n_pairs, n_jobs, follow)
    estimates = _estimates_of(pairs, n_pairs, n_jobs, follow)
    return estimates if pairs.adjust == "none" else adjusted_estimates(estimates, pairs.adjust)


def _estimates_of(
    batch: PairBatch | FamilyBatch, n_pairs: int, n_jobs: int, follow: Follow
) -> list[Estimate]:
    finished = stretches(batch.estimates, [range(n_pairs)], n_jobs)
    estimates = (estimate for stretch in finished for estimate in stretch.results)
    return list(follow(estimates, n_pairs, "pairs"))
