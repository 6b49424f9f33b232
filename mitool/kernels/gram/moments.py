"""The sums of two Gram matrices that Cauchy-Schwarz and Hilbert-Schmidt measures are made of.

For kernels K of x and Q of y with row sums r and c: Σ K∘Q, 1'r, 1'c and r'c, exactly by symmetric
tiles, or of low rank with bounds. What one side gives does not depend on the other, so that the
same bits come out in whatever order pairs are taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from math import inf, log1p
from typing import Any

import numpy as np

from mitool.kernels.gram.clouds import paired, together
from mitool.kernels.gram.lowrank import Factor, chunks, rest
from mitool.kernels.gram.side import Side
from mitool.kernels.gram.sums import total
from mitool.parallel import map_inside
from mitool.variables import Rows, Vector

SHARES = 10.0  # the logs of the means of K and Q enter the measures about four times each


@dataclass(frozen=True)
class Moments:
    """Means over pairs of n rows: of K∘Q, K, Q and, over n³, of r∘c; errors bound each of them.

    ``normalizers`` are Σ K∘K, r∘r, Q∘Q, c∘c likewise, if known; ``ranks`` None if exact.
    """

    n: int
    kq: float
    k: float
    q: float
    rc: float
    normalizers: tuple[float, float, float, float] | None = None
    errors: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    ranks: tuple[int, int] | None = None


def moments(x: Side, y: Side, tolerance: float | None) -> Moments:
    """Give the means, exactly (None) or so that a log of any is within about ``tolerance`` / 4.

    Low rank is left where it would cost more than the exact sums.
    """
    if tolerance is not None:
        a = x.factored(tolerance / SHARES)
        b = y.factored(tolerance / SHARES) if a is not None else None
        if a is not None and b is not None:
            approximate = _of_low_rank(x, y, a, b)
            if log_error(approximate.kq, approximate.errors[0]) <= tolerance:
                return approximate
    return _exact(x, y)


def log_error(value: float, error: float) -> float:
    """Bound the error of the log of a positive number known to ``error``."""
    return -log1p(-error / value) if 0.0 <= error < value else inf


def _exact(x: Side, y: Side) -> Moments:
    """Sums of each side alone, which stay, and one kernel of the joint rows."""
    (r, square_x), (c, square_y) = x.means, y.means
    own_x, own_y = x.weights @ np.square(r), y.weights @ np.square(c)
    return Moments(
        n=len(x),
        kq=total(together(x.points, y.points)) / len(x) ** 2,
        k=float(x.weights @ r),
        q=float(y.weights @ c),
        rc=float(r[x.points.index] @ c[y.points.index]) / len(x),
        normalizers=(square_x, float(own_x), square_y, float(own_y)),
    )


def _of_low_rank(x: Side, y: Side, a: Factor, b: Factor) -> Moments:
    """One pass over A and B at the joint rows: Σ K∘Q = |A'B|², and what bounds the errors.

    With R and S the diagonals left over, g = √R and h = √S: |Σ (K - AA')∘Q| ≤ g'Qg, the error of
    a row sum of K is at most g_i Σ g, and so on.
    """
    at_x, at_y, weights = paired(x.points, y.points)
    weights = weights / len(x)

    def piece(places: Rows) -> tuple[Any, ...]:
        left, right, w = a.features(at_x[places]), b.features(at_y[places]), weights[places]
        wg, h = w * np.sqrt(rest(left)), np.sqrt(rest(right))
        wh = w * h
        cross = (left * w[:, None]).T @ right
        return cross, w @ left, w @ right, wh @ left, wg @ right, wg.sum(), wh.sum(), wg @ h

    may_know_own = a.kept is not None and b.kept is not None  # and made before threads need them
    pieces = map_inside(piece, chunks(len(weights)))
    ab, p, q, p_h, q_g, g_all, h_all, gh = reduce(_added, pieces)
    error_kq = q_g @ q_g + p_h @ p_h + gh**2
    error_rc = g_all * (q_g @ q) + h_all * (p_h @ p) + g_all * h_all * gh
    return Moments(
        n=len(x),
        kq=float(np.square(ab).sum()),
        k=float(p @ p),
        q=float(q @ q),
        rc=float(p @ ab @ q),
        normalizers=_own(x, a, p) + _own(y, b, q) if may_know_own else None,
        errors=(float(error_kq), g_all**2, h_all**2, float(error_rc)),
        ranks=(a.rank, b.rank),
    )


def _added(one: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def _own(side: Side, factor: Factor, sums: Vector) -> tuple[float, float]:
    """Means of K∘K and of r∘r for one side; kept while its factor is."""
    known = side.memory.get("own")
    if known is None or known[0] is not factor:
        gram = factor.gram(side.weights)
        own = (float(np.square(gram).sum()), float(sums @ gram @ sums))
        known = side.memory["own"] = (factor, own)
    result: tuple[float, float] = known[1]
    return result
