"""How far to one side of each point its nearest neighbours lie."""

from __future__ import annotations

import numpy as np

from mitool.variables import Matrix

NEIGHBOURS = 8
"""Of each point: what is made of their sidedness was measured with so many."""
MOST_QUERIES = 5000
"""Points whose neighbours are asked for, evenly over the rows: a mean over more tells nothing."""


def sidedness(points: Matrix, k: int) -> float:
    """Give k times the mean square of the mean offset of the k nearest of each point.

    Offsets are in units of the distance to the k-th, by the maximum norm, and the square is the
    sum over the columns of ``points`` (n, d). Where the density is even, neighbours lie on all
    sides, and it is (d k + 2) / 3 k; where the density rises or falls within their reach, or ends,
    it is more. NaN for k or fewer points, or copies of points alone.
    """
    from scipy.spatial import cKDTree

    n = len(points)
    if n <= k:
        return float("nan")
    rows = np.unique(np.linspace(0, n - 1, min(n, MOST_QUERIES)).astype(np.int64))
    found = cKDTree(points).query(points[rows], k + 1, p=np.inf)
    distances, nearest = map(np.asarray, found)
    total = points[nearest].sum(axis=1) - (k + 1) * points[rows]  # the point itself adds nothing
    reach = distances[:, -1]
    apart = reach > 0.0
    if not apart.any():
        return float("nan")
    offsets = total[apart] / (k * reach[apart, None])
    return float(k * np.square(offsets).sum(axis=1).mean())
