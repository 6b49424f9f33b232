"""p-values of many tests at once: false-discovery rate and family-wise error."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mitool.errors import MitoolError
from mitool.inference.permutation import p_value
from mitool.variables import Rows, Vector


def benjamini_hochberg(p: Vector, n_tests: int) -> Vector:
    """False-discovery rate of independent or positively dependent tests (1995)."""
    return _step_up(p, np.arange(1, len(p) + 1) / n_tests)


def benjamini_yekutieli(p: Vector, n_tests: int) -> Vector:
    """False-discovery rate under any dependence (2001)."""
    ranks = np.arange(1, len(p) + 1)
    return _step_up(p, ranks / (n_tests * _harmonic(n_tests)))


def holm(p: Vector, n_tests: int) -> Vector:
    """Family-wise error under any dependence (1979)."""
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * (n_tests - np.arange(len(p))))
    return _placed(np.minimum(stepped, 1.0), order)


def by_largest(scores: Vector, largest: Vector) -> Vector:
    """Family-wise error by the largest score under shared permutations (Westfall & Young 1993).

    ``scores`` are the observed ones, shape (n_tests,), NaN where there is no test, and ``largest``
    holds the largest of all tests in each permutation, shape (N,). Each test has been standardised
    over all N + 1 of its own.
    """
    return np.array([np.nan if s != s else p_value(s, largest) for s in scores.tolist()])


def _step_up(p: Vector, factors: Vector) -> Vector:
    order = np.argsort(p, kind="stable")
    stepped = np.minimum.accumulate((p[order] / factors)[::-1])[::-1]
    return _placed(np.minimum(stepped, 1.0), order)


def _placed(ordered: Vector, order: Rows) -> Vector:
    placed = np.empty(len(ordered))
    placed[order] = ordered
    return placed


def _harmonic(n: int) -> float:
    """Sum 1 / k for k = 1 … n."""
    return float(np.sum(1.0 / np.arange(1, n + 1)))


ADJUSTMENTS: dict[str, Callable[[Vector, int], Vector]] = {
    "bh": benjamini_hochberg,
    "by": benjamini_yekutieli,
    "holm": holm,
}
"""Adjustments of p-values alone; ``max`` needs the permutations themselves."""


def adjusted(p: Vector, how: str, n_tests: int | None = None) -> Vector:
    """Adjust p-values, shape (n,); NaN marks a test that failed and stays out.

    Of more tests, ``n_tests``, the others were left out for what they might have shown, and count
    as if their p were 1: none that stands here becomes smaller for it.
    """
    adjusted = np.full(len(p), np.nan)
    valid = ~np.isnan(p)
    n_failed = len(p) - int(np.count_nonzero(valid))
    adjusted[valid] = ADJUSTMENTS[how](p[valid], (n_tests or len(p)) - n_failed)
    return adjusted


def check_resolution(n_permutations: int, n_tests: int, how: str, level: float = 0.05) -> None:
    """Refuse so few permutations that no test could pass, were it the only true one."""
    factor = {
        "bh": float(n_tests),
        "by": n_tests * _harmonic(n_tests),
        "holm": float(n_tests),
        "max": 1.0,
    }[how]
    needed = int(np.ceil(factor / level - 1e-9)) - 1
    if n_permutations < needed:
        raise MitoolError(
            f"{n_permutations} permutations cannot show one dependence alone among {n_tests} tests "
            f"(adjusted p of {level:g}, --adjust {how}); use --permutations {needed} or more"
        )
