"""Counting neighbours: what every nearest-neighbour estimator is made of.

All ways to count yield the same integers, so the choice among them is only speed: all distances
at once while loading the compiler would take longer, strips for two one-dimensional variables,
all pairs of few points in many dimensions, trees for the rest. Distances are maximum norms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from mitool.kernels.budget import Budget
from mitool.kernels.neighbors import dense
from mitool.kernels.neighbors.margin import FAR, Margin
from mitool.kernels.neighbors.structures import counter, searcher
from mitool.kernels.neighbors.tallies import Ball, NeighborCounts, Scales, Tally, tallied
from mitool.kernels.types import Places
from mitool.parallel import call_over_rows
from mitool.variables import Rows, Vector

UNCOMPILED = Budget(200_000_000, Path(__file__).parent)
"""Nanoseconds in which distances are computed without the compiler before it is loaded."""
OVERHEAD = 6
"""Nanoseconds for each pair of rows; a column takes one more."""
ROWS_AT_ONCE = 1 << 14
"""Rows that the orders which one call takes have together."""


def neighbor_counts(
    blocks: Sequence[Margin],
    spaces: Sequence[Sequence[int]],
    k: int,
    ball: Ball = "open",
) -> NeighborCounts:
    """Count, for every point, the others in each space within the distance of its k-th neighbour.

    The k-th neighbour is sought in the joint space of all ``blocks``; a space names the blocks
    it is made of. ``ball`` is ``open`` (strictly closer), ``closed``, or ``box`` (closed, the
    radius in each space being how far the points within the k-th distance reach in it; for
    the two spaces of two blocks). Shape (n_spaces, n).
    """
    return neighbor_counts_at(blocks, spaces, [k], ball)[0]


def neighbor_counts_at(
    blocks: Sequence[Margin],
    spaces: Sequence[Sequence[int]],
    ks: Sequence[int],
    ball: Ball = "open",
) -> list[NeighborCounts]:
    """Give ``neighbor_counts`` for several k: what is searched is built once."""
    if _dense_is_sooner(len(blocks[0]), sum(block.n_dims for block in blocks)):
        values = [block.values for block in blocks]
        return dense.neighbor_counts(values, spaces, [(k, ball) for k in ks])
    if [block.n_dims for block in blocks] == [1, 1] and list(spaces) == [(0,), (1,)]:
        return _counts_in_plane(blocks[0], blocks[1], [(k, ball) for k in ks])
    margins = [joined([blocks[block] for block in space]) for space in spaces]
    joint = joined(blocks)
    counters = (partial(counter, margin) for margin in margins)
    call_over_rows([partial(searcher, joint), *counters], len(joint))  # kept with the margins
    reaches = (searcher(joint).kth_distance(k) for k in ks)
    return [_counts_within(margins, joint, radius, ball, blocks[0].n_dims) for radius in reaches]


def _counts_within(
    margins: Sequence[Margin], joint: Margin, radius: Vector, ball: Ball, n_first: int
) -> NeighborCounts:
    """Count within the radius in each space, or within what it reaches there, for boxes."""
    radii = [radius] * len(margins)
    if ball == "box":
        radii = list(searcher(joint).extents(radius, n_first))
    pairs = zip(margins, radii, strict=True)
    return np.array([counter(m).count(radius, closed=ball != "open") for m, radius in pairs])


def counts_at_scales(x: Margin, y: Margin, scales: Scales) -> list[NeighborCounts]:
    """Give ``neighbor_counts`` in x and in y for several k, ascending, and their balls.

    By one search if it can.
    """
    if _dense_is_sooner(len(x), x.n_dims + y.n_dims):
        return dense.neighbor_counts((x.values, y.values), ((0,), (1,)), scales)
    if x.n_dims == y.n_dims == 1:
        return _counts_in_plane(x, y, scales)
    return [neighbor_counts((x, y), ((0,), (1,)), k, ball) for k, ball in scales]


def tallies_at_scales(x: Margin, y: Margin, scales: Scales) -> list[Tally]:
    """Tally the counts of ``counts_at_scales``, those in x and those in y together."""
    if x.n_dims != 1 or y.n_dims != 1:
        return [tallied(counts) for counts in counts_at_scales(x, y, scales)]
    if _dense_is_sooner(len(x)):
        found = dense.neighbor_counts((x.values, y.values), ((0,), (1,)), scales)
        return [tallied(counts) for counts in found]
    from mitool.kernels.neighbors import strips

    return strips.tallies(x, y, scales)


def permuted_tallies(
    x: Margin, y: Margin, orders: Iterable[Rows], scales: Scales
) -> Iterator[list[Tally]]:
    """Yield ``tallies_at_scales`` with the rows of y in each of several orders.

    Where n is small, one call of compiled code takes several.
    """
    at_once = ROWS_AT_ONCE // len(x)
    if x.n_dims == y.n_dims == 1 and at_once > 1 and not _dense_is_sooner(len(x)):
        from mitool.kernels.neighbors import strips

        return strips.permuted_tallies(x, y, orders, at_once, scales)
    return (tallies_at_scales(x, y.permute(rows), scales) for rows in orders)


def kth_distance(margin: Margin, k: int) -> Vector:
    """Give the distance of every point's k-th neighbour, shape (n,)."""
    if margin.n_dims == 1:
        out = np.empty(len(margin))
        out[margin.order] = _kth_on_line(margin.ascending, k)
        return out
    if _dense_is_sooner(len(margin), margin.n_dims):
        return dense.kth_distance(margin.values, k)
    return searcher(margin).kth_distance(k)


def reach(margin: Margin, k: int) -> Vector:
    """Give ``kth_distance``, infinite where no k others share a row's labels, shape (n,)."""
    radius = kth_distance(margin, k)
    radius[radius >= FAR] = np.inf
    return radius


def count_within(margin: Margin, radius: Vector, *, closed: bool = False) -> Places:
    """Count, for every point, the others within its radius (strictly, unless closed)."""
    if _dense_is_sooner(len(margin), margin.n_dims):
        return dense.count_within(margin.values, radius, closed=closed)
    return counter(margin).count(radius, closed=closed)


def announce(n_joins: int, n_rows: int) -> None:
    """Say how many joins of how many rows are ahead: whether the compiler will pay is known."""
    UNCOMPILED.announce(n_joins * n_rows * n_rows * (OVERHEAD + 2))


def joined(blocks: Sequence[Margin]) -> Margin:
    """Give the margin of the joint space of some blocks."""
    if len(blocks) == 1:
        return blocks[0]
    return Margin(np.hstack([block.values for block in blocks]), blocks=tuple(blocks))


def _kth_on_line(line: Vector, k: int) -> Vector:
    """Of the k + 1 windows of k + 1 neighbours that hold a point, take the one closest to it."""
    n = len(line)
    best = np.full(n, np.inf)
    for below in range(k + 1):
        held = slice(below, n - k + below)
        reach = np.maximum(line[held] - line[: n - k], line[k:] - line[held])
        best[held] = np.minimum(best[held], reach)
    return best


def _counts_in_plane(x: Margin, y: Margin, scales: Scales) -> list[NeighborCounts]:
    from mitool.kernels.neighbors import strips

    return strips.neighbor_counts(x, y, scales)


def _dense_is_sooner(n: int, n_dims: int = 2) -> bool:
    loops = "strips_loops" if n_dims == 2 else "steps_loops"
    return UNCOMPILED.allows(n * n * (OVERHEAD + n_dims), loops)
