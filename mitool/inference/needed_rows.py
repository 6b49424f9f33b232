"""How many rows it takes to know a mutual information as well as is wanted, by a pilot of n rows.

Standard errors fall as the root of the rows; what no dependence leaves of an estimate falls as a
power of them that the estimator has.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, hypot, inf, log, sqrt
from statistics import NormalDist

from mitool.inference.bounds import growth

POWER = 0.8
"""How often a test is to find what is there."""
MOST_ROWS = 1e15
HALVINGS = 60  # of a range of logarithms: more digits than a number of rows has


def rows_for_width(n_rows: int, half_width: float, wanted: float, drift: float = 0.0) -> int:
    """Give the rows of an interval of ± ``wanted``, where ``n_rows`` gave ± ``half_width``.

    What a drift adds to it is taken to fall as n, the rest as the root of n: where it all fell as
    the root of n, too many rows were asked for of a circle and of a parabola, whose drift is soon
    gone (of 3978 and 3002 rows the intervals were .56 and .72 of what was wanted).
    """
    of_drift = abs(drift) / 2.0
    sampling = half_width - of_drift
    root = (sampling + sqrt(sampling**2 + 4.0 * of_drift * wanted)) / (2.0 * wanted)
    return ceil(n_rows * root**2 * (1.0 - 1e-12))


@dataclass(frozen=True)
class Null:
    """Estimates of ``n_rows`` rows without dependence: their spread, and where a test rejects.

    ``critical`` is how far above their mean that is; both fall as n to the power -``exponent``:
    1/2 where neighbours are counted, 1 where 2 n times the estimate has a χ² distribution.
    """

    n_rows: int
    spread: float
    critical: float
    exponent: float

    def rows_to_find(self, mi: float) -> float:
        """Give the rows with which a test finds an MI in ``POWER`` of all samples; inf if none.

        The estimate is as far above its null mean as the MI, give or take its standard error,
        which grows with the MI (``bounds.growth``).
        """
        low, high = 0.0, log(MOST_ROWS)
        if not self._finds(mi, MOST_ROWS):
            return inf
        for _ in range(HALVINGS):
            middle = (low + high) / 2.0
            low, high = (low, middle) if self._finds(mi, exp(middle)) else (middle, high)
        return ceil(exp(high))

    def _finds(self, mi: float, n_rows: float) -> bool:
        shrunk = (self.n_rows / n_rows) ** self.exponent
        se = hypot(self.spread * shrunk, sqrt(growth(mi, n_rows) * mi))
        return bool(mi >= self.critical * shrunk + NormalDist().inv_cdf(POWER) * se)
