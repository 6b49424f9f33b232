"""The digamma function in plain numpy: importing scipy.special would cost a small job most.

Recurrence (of reals up to 10, of integers in a table up to 16), then the asymptotic series:
Abramowitz & Stegun (1964), 6.3.5 and 6.3.18.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.variables import Vector

EULER_GAMMA = 0.57721566490153286061
SHIFT = 10.0
SERIES = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12)
TABLE_END = 16
KEPT = 1 << 16
TABLE = np.array(
    [np.nan]
    + [sum(1.0 / j for j in range(n - 1, 0, -1)) - EULER_GAMMA for n in range(1, TABLE_END)]
)


def digamma(x: Vector) -> Vector:
    """Give the digamma of positive numbers, to about 1e-14 of max(1, |value|)."""
    x = np.array(x, dtype=np.float64)
    steps = np.zeros_like(x)
    while (small := x < SHIFT).any():
        steps[small] += 1.0 / x[small]
        x[small] += 1.0
    return _series(x) - steps


@cache
def integer_digamma(n: int) -> float:
    """Give psi(n) of an integer n >= 1, within 5e-16 times max(1, psi)."""
    return float(integer_digammas(np.array([n]))[0])


def integer_digammas(n: NDArray[np.integer[Any]]) -> Vector:
    """Give psi of each of the integers n >= 1; psi(0) does not exist and is NaN."""
    largest = int(n.max(initial=0))
    if largest < KEPT:
        return np.asarray(_kept(1 << largest.bit_length())[n])
    return _computed(n)


def digammas_up_to(n: int) -> Vector:
    """Give psi(1) … psi(n); not to be written to."""
    if n < KEPT:
        return _kept(1 << n.bit_length())[1 : n + 1]
    return _computed(np.arange(1, n + 1))


def halfway_to_logarithm_up_to(n: int) -> Vector:
    """Give the mean of psi and log of 1 … n; not to be written to."""
    if n < KEPT:
        return _kept_halfway(1 << n.bit_length())[:n]
    return _halfway(n)


@cache
def _kept_halfway(size: int) -> Vector:
    """Give the same of 1 … size - 1: every pair of a matrix asks for it twice."""
    return _halfway(size - 1)


def _halfway(n: int) -> Vector:
    return np.asarray((digammas_up_to(n) + np.log(np.arange(1, n + 1))) / 2.0)


@cache
def _kept(size: int) -> Vector:
    """Give psi(0) … psi(size - 1): small jobs ask for the same numbers again and again."""
    return _computed(np.arange(size))


def _computed(n: NDArray[np.integer[Any]]) -> Vector:
    out = _series(np.maximum(n, TABLE_END).astype(np.float64))
    small = n < TABLE_END
    out[small] = TABLE[n[small]]
    return out


def _series(x: Vector) -> Vector:
    """Give the asymptotic series for numbers from 10 on."""
    inverse = 1.0 / (x * x)
    tail = np.zeros_like(x)
    for coefficient in reversed(SERIES):
        tail = (tail + coefficient) * inverse
    return np.asarray(np.log(x) - 0.5 / x - tail)
