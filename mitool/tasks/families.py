"""Many tests as one family: which adjustments are possible, and the scores of each test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mitool.choices import Adjustment
from mitool.errors import MitoolError, UsageError
from mitool.inference.multiplicity import adjusted, check_resolution
from mitool.inference.permutation import against, joined, standardised
from mitool.result import Estimate, Note, Test
from mitool.result.codes import note_of
from mitool.uncertainty import Uncertainty
from mitool.uncertainty.test import Trial
from mitool.variables import Matrix, Vector


def check_adjustment(
    how: Adjustment | None, uncertainty: Uncertainty, n_tests: int
) -> Iterator[Note]:
    """Refuse so few permutations that no test could pass; note it if no adjustment was asked."""
    if how not in (None, "none") and not uncertainty.tests:
        raise UsageError(f"--adjust {how} is for p-values; add --permutations 999")
    if how == "max":
        _check_maximum(uncertainty)
    if uncertainty.n_permutations is None or how == "none":
        return
    try:
        check_resolution(uncertainty.n_permutations, n_tests, how or "bh")
    except MitoolError as error:
        if how:
            raise
        yield note_of("perm_floor", reason=error)


def _check_maximum(uncertainty: Uncertainty) -> None:
    if uncertainty.n_permutations is None:
        raise UsageError("--adjust max compares permutations; use --permutations 999")
    if uncertainty.sequential:
        raise UsageError(
            "--sequential ends each test by itself, and --adjust max needs all permutations of "
            "all; leave out one of them"
        )


def untested(uncertainty: Uncertainty) -> Uncertainty:
    """Leave out the test of each pair by itself: all are tested together by all permutations."""
    return replace(
        uncertainty,
        n_permutations=None,
        test="auto",
        statistic="auto",
        sequential=False,
        tail=False,
    )


def with_test(estimate: Estimate, test: Test | None, p_adjusted: float) -> Estimate:
    """Give an estimate its test and the p-value as one of many; NaN where there is none."""
    if test is None or estimate.status == "failed":
        return estimate
    p = None if p_adjusted != p_adjusted else p_adjusted
    return replace(estimate, test=replace(test, p_adjusted=p))


def adjusted_estimates(
    estimates: Sequence[Estimate], how: Adjustment, n_tests: int | None = None
) -> list[Estimate]:
    """Give one family of estimates with the p-values of their tests adjusted for their number.

    ``n_tests`` is how many there are with those left out for what they might have shown.
    """
    p_values = [np.nan if e.test is None else e.test.p_value for e in estimates]
    pairs = zip(estimates, adjusted(np.array(p_values), how, n_tests).tolist(), strict=True)
    return [with_test(estimate, estimate.test, p) for estimate, p in pairs]


@dataclass(frozen=True)
class Scored:
    """The standardised statistics of a pair, the observed one first, shape (N + 1,)."""

    scores: Vector
    method: str | None = None
    """How the rows were moved; None where the pair cannot be tested."""

    @classmethod
    def of(cls, trial: Trial, drawn: Matrix) -> Scored:
        """Score a trial by what was drawn for it, shape (N, k)."""
        scores = standardised(joined(trial.observed, drawn, trial.of)[:, None])[:, 0]
        return cls(scores, f"{trial.name}-{trial.of.name}" if drawn.shape[1] > 1 else trial.name)

    def test(self, *, tail: bool) -> Test | None:
        """Test the pair by itself: by the scores of the family, so no p is above the adjusted."""
        if self.method is None:
            return None
        observed, drawn = (float(self.scores[0]),), self.scores[1:, None]
        test = against(observed, drawn, method=self.method, tail=tail)
        return replace(test, chance=None)  # what is compared are scores, and no estimates
