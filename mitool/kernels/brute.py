"""Neighbours among few points of many dimensions: all distances, in loops a processor runs wide.

A tree can leave little out there, and pays for its branches.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.compiled import kernel
from mitool.variables import Matrix, Rows, Vector

Places = NDArray[np.int32]


@kernel
def _block_distances(columns: Matrix, i: int, first: int, last: int, out: Vector) -> None:
    """Fill out (n,) with the distances from point i in the dimensions first … last - 1."""
    out[:] = 0.0
    for a in range(first, last, 2):  # two at a time halve the passes over out
        u, v = columns[a], columns[min(a + 1, last - 1)]
        at_u, at_v = u[i], v[i]
        for j in range(out.shape[0]):
            out[j] = max(out[j], abs(u[j] - at_u), abs(v[j] - at_v))


@kernel
def _widen(out: Vector, other: Vector) -> None:
    """Let out[j] be at least other[j]."""
    for j in range(out.shape[0]):
        out[j] = max(out[j], other[j])


@kernel
def _space_distances(space: NDArray[np.bool_], parts: Matrix) -> Any:
    """Distances in a space of some blocks: a block's own, or their maximum in the last part."""
    n_blocks, b = space.shape[0], 0
    while not space[b]:
        b += 1
    if np.count_nonzero(space) == 1:
        return parts[b]
    parts[n_blocks] = parts[b]
    for other in range(b + 1, n_blocks):
        if space[other]:
            _widen(parts[n_blocks], parts[other])
    return parts[n_blocks]


@kernel
def _kth_smallest(distances: Vector, i: int, best: Vector) -> float:
    """The k-th smallest distance, that of point i left out."""
    k = best.shape[0]
    best[:] = np.inf
    for j in range(distances.shape[0]):
        distance = distances[j]
        if distance < best[k - 1] and j != i:
            place = k - 1
            while place > 0 and best[place - 1] > distance:
                best[place] = best[place - 1]
                place -= 1
            best[place] = distance
    return float(best[k - 1])


@kernel
def _count(distances: Vector, radius: float, closed: bool) -> int:
    """How many others lie within the radius of the point whose distances these are."""
    found = 0
    if closed:
        for j in range(distances.shape[0]):
            found += 1 if distances[j] <= radius else 0
        return found - 1
    for j in range(distances.shape[0]):
        found += 1 if distances[j] < radius else 0
    return found - 1 if radius > 0.0 else found


@kernel
def _extent(distances: Vector, joint: Vector, radius: float) -> float:
    """How far the points within the joint radius (closed) reach."""
    reach = 0.0
    for j in range(joint.shape[0]):
        if joint[j] <= radius:
            reach = max(reach, distances[j])
    return float(reach)


@kernel
def neighbor_counts(
    columns: Matrix,
    ends: Rows,
    spaces: NDArray[np.bool_],
    closed: bool,
    box: bool,
    first: int,
    last: int,
    best: Vector,
    parts: Matrix,
    joint: Vector,
    out: Places,
) -> None:
    """out[s, i] <- how many others of point i lie in space s within its k-th joint distance.

    columns (n_dims, n); block b ends before dimension ends[b]; spaces (n_spaces, n_blocks);
    points first … last - 1; parts (n_blocks + 1, n) and joint (n,) are for its own use.
    """
    n_blocks = ends.shape[0]
    for i in range(first, last):
        start = 0
        for b in range(n_blocks):
            _block_distances(columns, i, start, ends[b], parts[b])
            start = ends[b]
        joint[:] = parts[0]
        for b in range(1, n_blocks):
            _widen(joint, parts[b])
        radius = _kth_smallest(joint, i, best)
        for s in range(spaces.shape[0]):
            distances = _space_distances(spaces[s], parts)
            reach = _extent(distances, joint, radius) if box else radius
            out[s, i] = _count(distances, reach, closed)
