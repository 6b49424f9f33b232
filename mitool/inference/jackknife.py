"""Delete-one jackknife: the interval of a value from the values without one unit each.

Quenouille (1956), Tukey (1958); doi:10.1093/biomet/43.3-4.353.
"""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np

from mitool.inference.bounds import check_level, student_quantile, symmetric
from mitool.result import Interval
from mitool.variables import Vector


def delete_one(value: float, without: Vector, level: float) -> Interval | None:
    """Give ``value`` ± t·se, not corrected for bias, with n - 1 degrees of freedom.

    ``without`` (n,) holds the value without each of the n units in turn; None if there are fewer
    than 2, or one, or their spread, is not finite.
    """
    check_level(level)
    n = len(without)
    if n < 2 or not np.isfinite(without).all():
        return None
    with np.errstate(over="ignore"):
        se = sqrt((n - 1) / n * float(np.sum((without - without.mean()) ** 2)))
    if not np.isfinite(se):
        return None
    interval = symmetric(value, se, student_quantile(level, n - 1), level, "jackknife")
    return replace(interval, n_resamples=n)
