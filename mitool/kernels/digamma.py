"""The digamma function in plain numpy: importing scipy.special would cost a small job most.

Recurrence up to 10, then the asymptotic series: Abramowitz & Stegun (1964), 6.3.5 and 6.3.18.
"""

from __future__ import annotations

import numpy as np

from mitool.variables import Vector

SHIFT = 10.0
SERIES = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12)


def digamma(x: Vector) -> Vector:
    """Give the digamma of positive numbers, to about 1e-14 of max(1, |value|)."""
    x = np.array(x, dtype=np.float64)
    steps = np.zeros_like(x)
    while (small := x < SHIFT).any():
        steps[small] += 1.0 / x[small]
        x[small] += 1.0
    inverse = 1.0 / (x * x)
    series = np.zeros_like(x)
    for coefficient in reversed(SERIES):
        series = (series + coefficient) * inverse
    return np.log(x) - 0.5 / x - series - steps
