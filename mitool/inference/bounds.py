"""The level and the two ends of an interval, these from a center and a standard error."""

from __future__ import annotations

from dataclasses import replace
from math import exp, hypot
from statistics import NormalDist

from mitool.errors import UsageError
from mitool.result import Interval

MANY_DEGREES = 40
AT_LEAST = 0.9
"""Of what sampling alone makes of an interval, how much is left where the bias moves it."""


def check_level(level: float) -> None:
    """Refuse a level that is not a probability between 0 and 1."""
    if not 0.0 < level < 1.0:
        hint = f"; {level:g} % is {level / 100:g}" if 50.0 <= level < 100.0 else ""
        raise UsageError(f"the level of an interval must lie between 0 and 1, got {level:g}{hint}")


def quantile(level: float) -> float:
    """Normal quantile of a two-sided level: 1.96 for 0.95."""
    return NormalDist().inv_cdf(0.5 + level / 2.0)


def student_quantile(level: float, degrees: int) -> float:
    """Student quantile of a two-sided level."""
    from scipy.special import stdtrit  # a third of a second that only a jackknife needs

    return float(stdtrit(degrees, 0.5 + level / 2.0))


def resampled_quantile(level: float, n_resamples: int) -> float:
    """Student quantile of an error that is the deviation of so many resamples: 2.01 of 50.

    By the first terms of its expansion in one over the degrees (Abramowitz & Stegun 26.7.5), within
    0.0002 of it for levels up to 0.99.
    """
    degrees = n_resamples - 1
    if degrees < MANY_DEGREES:
        return student_quantile(level, degrees)
    z = quantile(level)
    first, second = (z**3 + z) / 4.0, (5.0 * z**5 + 16.0 * z**3 + 3.0 * z) / 96.0
    return z + first / degrees + second / degrees**2


def symmetric(center: float, se: float, width: float, level: float, method: str) -> Interval:
    """``center ± width · se``."""
    return Interval(center - width * se, center + width * se, level, method, se)


def growth(mi: float, n: float) -> float:
    """By how much the variance of an estimate of n rows grows with each nat of MI."""
    return 2.25 * exp(-max(mi, 0.0) / 2.0) / n


def growing(center: float, se: float, width: float, level: float, method: str, n: int) -> Interval:
    """Give the values t with (t - center)² ≤ width² (se² + g (t - center)), as Wilson (1927).

    The variance of an estimate of MI grows with the MI, fastest near 0: by 2 exp(-2 I) / n a nat
    for Gaussian pairs, where n var = 1 - exp(-2 I). Here g = 2.25 exp(-I / 2) / n (``growth``),
    because with heavy tails it is more and goes on. A sample that looks less dependent than it is
    also looks
    more certain, and a symmetric interval misses above (studies/coverage.md).
    """
    shift = width**2 * growth(center, n) / 2.0
    reach = hypot(width * se, shift)
    return Interval(center + shift - reach, center + shift + reach, level, method, se)


def moved(interval: Interval, estimate: float, bias: float, drift: float) -> Interval:
    """Move an interval by an expected bias; a drift as in ``reaching`` is held for all that.

    Neither end is nearer to the estimate than most of what sampling alone and the drift make of it.
    """
    above, below = interval.high - estimate, estimate - interval.low
    return replace(
        interval,
        low=estimate - max(below - bias, AT_LEAST * below - drift),
        high=estimate + max(above + bias, AT_LEAST * above + drift),
        se=hypot(interval.se, drift),
        drift=drift,
    )


def reaching(interval: Interval, drift: float) -> Interval:
    """Let one end reach further: the upper one by a drift that is positive, else the lower one.

    The standard error takes the drift in quadrature.
    """
    return replace(
        interval,
        low=interval.low + min(drift, 0.0),
        high=interval.high + max(drift, 0.0),
        se=hypot(interval.se, drift),
        drift=drift,
    )
