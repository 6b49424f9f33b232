"""Distances from a point to the boxes and the leaves of a tree.

A box is passed over by comparing rounded differences with the radius; rounding keeps order, so
no point inside it could have compared otherwise.
"""

from __future__ import annotations

from mitool.kernels.compiled import kernel
from mitool.kernels.types import Places
from mitool.variables import Matrix, Vector

Boxes = tuple[Matrix, Matrix, Places, Matrix]
"""Lowest and highest corners of all nodes, and for the inner ones their cuts; see ``part``."""


@kernel
def take(lanes: Matrix, place: int, point: Vector) -> None:
    """point[a] <- the coordinates of one point of a leaf."""
    for a in range(point.shape[0]):
        point[a] = lanes[a, place]


@kernel
def gap_to(point: Vector, low: Vector, high: Vector) -> float:
    """How far a point is from a box, at least."""
    worst = 0.0
    for a in range(point.shape[0]):
        worst = max(worst, max(low[a] - point[a], point[a] - high[a], 0.0))
    return worst


@kernel
def farthest_in(point: Vector, low: Vector, high: Vector) -> float:
    """How far a point is from the farthest place of a box, maximum norm."""
    worst = 0.0
    for a in range(point.shape[0]):
        worst = max(worst, point[a] - low[a], high[a] - point[a])
    return worst


@kernel
def leaf_distances(point: Vector, lanes: Matrix, first: int, last: int, out: Vector) -> None:
    """Give the distances of a point to those of a leaf in the dimensions first … last - 1."""
    for a in range(first, last, 2):  # two dimensions at a time: half the reads and writes
        b = min(a + 1, last - 1)
        u, v = point[a], point[b]
        if a == first:
            for j in range(out.shape[0]):
                out[j] = max(abs(lanes[a, j] - u), abs(lanes[b, j] - v))
        else:
            for j in range(out.shape[0]):  # adding 0 keeps the store from becoming a branch
                away = max(abs(lanes[a, j] - u), abs(lanes[b, j] - v))
                out[j] = max(away, out[j]) + 0.0


@kernel
def n_within(distances: Vector, radius: float, closed: bool) -> int:
    """How many distances are within the radius."""
    total = 0
    if closed:
        for j in range(distances.shape[0]):
            total += 1 if distances[j] <= radius else 0
    else:
        for j in range(distances.shape[0]):
            total += 1 if distances[j] < radius else 0
    return total
