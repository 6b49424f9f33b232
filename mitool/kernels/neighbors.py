"""Counting neighbours: what every nearest-neighbour estimator is made of.

All ways to count yield the same integers, so the choice among them is only speed: all distances
at once while loading the compiler would take longer, strips for two one-dimensional variables,
brute force for few points in many dimensions, trees for the rest. Distances are maximum norms.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np

from mitool.kernels import dense
from mitool.kernels.dense import Ball, Counts
from mitool.kernels.digamma import integer_digammas
from mitool.kernels.margin import FAR, Margin, Places
from mitool.parallel import for_slices
from mitool.variables import Vector

COMPILER_PAIRS = 6_000_000
"""Distances computed without the compiler in the time that loading it takes, about 0.5 s."""
BRUTE_ROWS = 100
"""Times the square of all dimensions: up to so many rows, brute force is faster than trees."""


def neighbor_counts(
    blocks: Sequence[Margin],
    spaces: Sequence[Sequence[int]],
    k: int,
    ball: Ball = "open",
    *,
    by_row: bool = True,
) -> Counts:
    """Count, for every point, the others in each space within the distance of its k-th neighbour.

    The k-th neighbour is sought in the joint space of all ``blocks``; a space names the blocks
    it is made of. ``ball`` is ``open`` (strictly closer), ``closed``, or ``box`` (closed, the
    radius in each space being how far the points within the k-th distance reach in it; for
    the two spaces of two blocks). Shape (n_spaces, n), columns in the order of rows, or in any
    order if not ``by_row``.
    """
    if _dense_is_sooner(len(blocks[0])):
        return dense.neighbor_counts([block.values for block in blocks], spaces, k, ball)
    if [block.n_dims for block in blocks] == [1, 1] and list(spaces) == [(0,), (1,)]:
        return _counts_in_plane(blocks[0], blocks[1], [k], ball, by_row)[0]
    if _brute_is_faster(len(blocks[0]), sum(block.n_dims for block in blocks)):
        return _counts_by_brute_force(blocks, spaces, k, ball)
    joint = joined(blocks).tree
    radius = joint.kth_distance(k)
    halves = [radius] * len(spaces)
    if ball == "box":
        halves = list(joint.extents(radius, blocks[0].n_dims))
    out = np.empty((len(spaces), len(radius)), dtype=np.int32)
    for row, space in enumerate(spaces):
        margin = joined([blocks[block] for block in space])
        out[row] = _count_compiled(margin, halves[row], closed=ball != "open")
    return out


def counts_at_scales(
    x: Margin, y: Margin, sizes: Sequence[int], ball: Ball = "open", *, by_row: bool = True
) -> list[Counts]:
    """Give ``neighbor_counts`` in x and in y for several k, ascending, by one search if it can."""
    if x.n_dims == y.n_dims == 1 and not _dense_is_sooner(len(x)):
        return _counts_in_plane(x, y, sizes, ball, by_row)
    return [neighbor_counts((x, y), ((0,), (1,)), k, ball, by_row=by_row) for k in sizes]


def kth_distance(margin: Margin, k: int) -> Vector:
    """Give the distance of every point's k-th neighbour, shape (n,)."""
    if margin.n_dims == 1:
        out = np.empty(len(margin))
        out[margin.order] = _kth_on_line(margin.ascending, k)
        return out
    if _dense_is_sooner(len(margin)):
        return dense.kth_distance(margin.values, k)
    return margin.tree.kth_distance(k)


def reach(margin: Margin, k: int) -> Vector:
    """Give ``kth_distance``, infinite where no k others share a row's labels, shape (n,)."""
    radius = kth_distance(margin, k)
    radius[radius >= FAR] = np.inf
    return radius


def count_within(margin: Margin, radius: Vector, *, closed: bool = False) -> Places:
    """Count, for every point, the others within its radius (strictly, unless closed)."""
    if _dense_is_sooner(len(margin)):
        return dense.count_within(margin.values, radius, closed=closed)
    return _count_compiled(margin, radius, closed=closed)


def mean_digamma(counts: Counts, shift: int = 0) -> float:
    """Give the mean over points of the sum over spaces of psi(count + shift), all positive.

    The counts are tallied first: the order of rows and of spaces cannot move a bit of it.
    """
    tally = np.bincount(counts.reshape(-1))[1 - shift :]
    digammas = integer_digammas(np.arange(1, 1 + len(tally)))
    return float((tally * digammas).sum()) / int(counts.shape[1])


def joined(blocks: Sequence[Margin]) -> Margin:
    """Give the margin of the joint space of some blocks."""
    if len(blocks) == 1:
        return blocks[0]
    joint = Margin(np.hstack([block.values for block in blocks]))
    if all(block.n_dims == 1 for block in blocks):  # sorted before, or once for all spaces
        vars(joint)["lines"] = tuple(blocks)
    return joint


def _kth_on_line(line: Vector, k: int) -> Vector:
    """Of the k + 1 windows of k + 1 neighbours that hold a point, take the one closest to it."""
    n = len(line)
    best = np.full(n, np.inf)
    for below in range(k + 1):
        held = slice(below, n - k + below)
        reach = np.maximum(line[held] - line[: n - k], line[k:] - line[held])
        best[held] = np.minimum(best[held], reach)
    return best


def _count_compiled(margin: Margin, radius: Vector, *, closed: bool) -> Places:
    if margin.n_dims == 2:
        return margin.squares.count(radius, closed=closed)
    if margin.n_dims > 2:
        return margin.tree.count(radius, closed=closed)
    from mitool.kernels import plane

    out = np.empty(len(radius), dtype=np.int32)
    order = margin.order
    out[order] = plane.count_on_line(margin.ascending, radius[order], closed=closed)
    return out


def _counts_in_plane(
    x: Margin, y: Margin, sizes: Sequence[int], ball: Ball, by_row: bool
) -> list[Counts]:
    from mitool.kernels import plane

    return plane.neighbor_counts(x, y, sizes, ball, by_row=by_row)


def _counts_by_brute_force(
    blocks: Sequence[Margin], spaces: Sequence[Sequence[int]], k: int, ball: Ball
) -> Counts:
    from mitool.kernels import brute

    n, n_blocks = len(blocks[0]), len(blocks)
    columns = np.ascontiguousarray(np.hstack([block.values for block in blocks]).T)
    ends = np.cumsum([block.n_dims for block in blocks])
    members = np.array([[block in space for block in range(n_blocks)] for space in spaces])
    out = np.empty((len(spaces), n), dtype=np.int32)

    def count(first: int, last: int) -> None:
        room = np.empty(k), np.empty((n_blocks + 1, n)), np.empty(n)
        closed, box = ball != "open", ball == "box"
        brute.neighbor_counts(columns, ends, members, closed, box, first, last, *room, out)

    for_slices(count, n)
    return out


def _brute_is_faster(n: int, n_dims: int) -> bool:
    return n <= BRUTE_ROWS * n_dims**2


_spent = 0


def _dense_is_sooner(n: int) -> bool:
    """Rent or buy: load the compiler once the small jobs together have cost as much as it does."""
    global _spent
    if "mitool.kernels.compiled" in sys.modules or _spent + n * n > COMPILER_PAIRS:
        return False
    _spent += n * n
    return True
