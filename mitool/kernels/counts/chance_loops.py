"""What levels share by chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.compiled import kernel

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]


@kernel
def expected_terms(sizes: Numbers, log_factorials: Floats, out: Floats) -> None:
    """out[u, v] <- mean of k log k, k the rows in which levels of sizes u and v meet by chance.

    k is hypergeometric; its shares are summed from the likeliest k on, outwards.
    """
    n = len(log_factorials) - 1
    for u in range(len(sizes)):
        for v in range(u + 1):
            a, b = sizes[u], sizes[v]
            low, high = max(0, a + b - n), min(a, b)
            middle = min(max((a + 1) * (b + 1) // (n + 2), low), high)
            first = np.exp(
                log_factorials[a] + log_factorials[n - a] - log_factorials[n]
                + log_factorials[b] + log_factorials[n - b]
                - log_factorials[middle] - log_factorials[a - middle]
                - log_factorials[b - middle] - log_factorials[n - a - b + middle]
            )  # fmt: skip
            total, whole, share, k = 0.0, 0.0, first, middle
            while k <= high and share > 1e-22:
                total, whole = total + share * k * np.log(max(k, 1)), whole + share
                share *= (a - k) * (b - k) / ((k + 1.0) * (n - a - b + k + 1.0))
                k += 1
            share, k = first, middle
            while k > low and share > 1e-22:
                share *= k * (n - a - b + k) / ((a - k + 1.0) * (b - k + 1.0))
                k -= 1
                total, whole = total + share * k * np.log(max(k, 1)), whole + share
            out[u, v] = out[v, u] = total / whole
