"""When an interval is honest: signs of a bias larger than it covers.

Drifts of the estimate with n and with its scale, and a Gaussian copula that finds more, are
measured in standard errors of sampling. On 35 distributions not used for choosing the rule, 95 %
intervals covered 0.95 (n = 500) and 0.93 (n = 1000) where none fired, 0.75 where one did, and every
real bias was flagged but in 1 % of samples (studies/reliability.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mitool.result import Note

N_DRIFT = 1.5
SCALE_DRIFT = 1.5
COPULA = 2.0

LOW = frozenset(
    {
        "n_drift",
        "k_drift",
        "below_gaussian_bound",
        "dimension",
        "duplicate_rows",
        "autocorrelation",
        "ceiling",
        "below_zero",
        "near_deterministic",
        "undersampled_table",
        "sparse_levels",
    }
)
"""The notes that make an interval unreliable."""


@dataclass(frozen=True)
class Evidence:
    """Estimates of the same quantity that should agree within a few standard errors.

    ``quarter`` is the mean over quarters of the rows, ``coarser`` the estimate at the next larger
    scale, ``copula`` the bias-corrected MI of a Gaussian copula; None where there is none.
    """

    estimate: float
    se: float
    quarter: float | None = None
    coarser: float | None = None
    copula: float | None = None


def notes(evidence: Evidence) -> Iterator[Note]:
    """Say which of them disagree."""
    estimate, se = evidence.estimate, evidence.se
    quarter, coarser, copula = evidence.quarter, evidence.coarser, evidence.copula
    if quarter is not None and abs(estimate - quarter) > N_DRIFT * se:
        yield Note(
            "n_drift",
            f"a quarter of the rows gives {quarter:.3g} nats instead of {estimate:.3g}: "
            "the estimate still depends on how many rows there are",
        )
    if coarser is not None and abs(estimate - coarser) > SCALE_DRIFT * se:
        yield Note(
            "k_drift",
            f"more neighbours give {coarser:.3g} nats instead of {estimate:.3g}: "
            "the estimate depends on its resolution",
        )
    if copula is not None and copula > estimate + COPULA * se:
        yield Note(
            "below_gaussian_bound",
            f"a Gaussian copula alone finds {copula:.3g} nats: the estimate is too low",
        )
