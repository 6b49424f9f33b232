"""The normaliser of the maximum likelihood of a multinomial: how much a table can fit."""

from __future__ import annotations

from functools import lru_cache

import numpy as np


@lru_cache(maxsize=4096)
def log_complexity(n_levels: int, n_samples: int) -> float:
    """Log of C(K, n), the sum over all tables of n rows in K cells of their likelihood at best.

    Mononen & Myllymäki (2008): C = Σ_j (n)_j (K-1)^(j) / (n^j j!), falling and rising factorials,
    all terms positive. The same as C(K+2, n) = C(K+1, n) + n/K C(K, n), for any K in O(n).
    """
    if n_levels < 2 or n_samples < 1:
        return 0.0
    j = np.arange(float(n_samples))
    log_terms = np.cumsum(np.log((1.0 - j / n_samples) * ((n_levels - 1.0 + j) / (j + 1.0))))
    top = max(float(log_terms.max()), 0.0)
    return top + float(np.log(np.exp(-top) + np.exp(log_terms - top).sum()))
