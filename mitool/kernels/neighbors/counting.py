"""Counting neighbours: what every nearest-neighbour estimator is made of.

All ways to count yield the same integers, so the choice among them is only speed: all distances
at once while loading the compiler would take longer, strips for two one-dimensional variables,
sets of bits for few points in many dimensions, trees for the rest. Distances are maximum norms.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mitool.kernels.digamma import digammas_up_to
from mitool.kernels.neighbors import dense
from mitool.kernels.neighbors.dense import Ball, Counts, Tally, Wanted, tallied
from mitool.kernels.neighbors.margin import FAR, Margin, Places
from mitool.parallel import call_over_rows
from mitool.variables import Rows, Vector

if TYPE_CHECKING:
    from mitool.kernels.neighbors.bits import Bits
    from mitool.kernels.neighbors.squares import Squares
    from mitool.kernels.neighbors.strips import Line
    from mitool.kernels.neighbors.tree import Tree

COMPILER_PAIRS = 6_000_000
"""Distances computed without the compiler in the time that loading it takes, about 0.5 s."""
ROWS_AT_ONCE = 1 << 14
"""Rows that the orders which one call takes have together."""
BITS_TO_SEARCH = 25
"""Times the cube of the dimensions: up to so many rows, sets of bits search faster than trees."""
BITS_TO_COUNT = 1000
"""Times the square of the dimensions: up to so many rows, they count faster."""


def neighbor_counts(
    blocks: Sequence[Margin],
    spaces: Sequence[Sequence[int]],
    k: int,
    ball: Ball = "open",
) -> Counts:
    """Count, for every point, the others in each space within the distance of its k-th neighbour.

    The k-th neighbour is sought in the joint space of all ``blocks``; a space names the blocks
    it is made of. ``ball`` is ``open`` (strictly closer), ``closed``, or ``box`` (closed, the
    radius in each space being how far the points within the k-th distance reach in it; for
    the two spaces of two blocks). Shape (n_spaces, n).
    """
    if _dense_is_sooner(len(blocks[0])):
        return dense.neighbor_counts([block.values for block in blocks], spaces, k, ball)
    if [block.n_dims for block in blocks] == [1, 1] and list(spaces) == [(0,), (1,)]:
        return _counts_in_plane(blocks[0], blocks[1], [(k, ball)])[0]
    margins = [joined([blocks[block] for block in space]) for space in spaces]
    joint = joined(blocks)
    counters = (partial(_counted, margin) for margin in margins)
    call_over_rows([partial(_searched, joint), *counters], len(joint))  # kept with the margins
    radius = _searched(joint).kth_distance(k)
    halves = [radius] * len(spaces)
    if ball == "box":
        halves = list(_searched(joint).extents(radius, blocks[0].n_dims))
    found = zip(margins, halves, strict=True)
    return np.array([_counted(m).count(half, closed=ball != "open") for m, half in found])


def counts_at_scales(x: Margin, y: Margin, wanted: Wanted) -> list[Counts]:
    """Give ``neighbor_counts`` in x and in y for several k, ascending, and their balls.

    By one search if it can.
    """
    if x.n_dims == y.n_dims == 1 and not _dense_is_sooner(len(x)):
        return _counts_in_plane(x, y, wanted)
    return [neighbor_counts((x, y), ((0,), (1,)), k, ball) for k, ball in wanted]


def tallies_at_scales(x: Margin, y: Margin, wanted: Wanted) -> list[Tally]:
    """Tally the counts of ``counts_at_scales``, those in x and those in y together."""
    if x.n_dims == y.n_dims == 1 and not _dense_is_sooner(len(x)):
        from mitool.kernels.neighbors import strips

        return strips.tallies(x, y, wanted)
    return [tallied(neighbor_counts((x, y), ((0,), (1,)), k, ball)) for k, ball in wanted]


def permuted_tallies(
    x: Margin, y: Margin, orders: Iterable[Rows], wanted: Wanted
) -> Iterator[list[Tally]]:
    """Yield ``tallies_at_scales`` with the rows of y in each of several orders.

    Where n is small, one call of compiled code takes several.
    """
    at_once = ROWS_AT_ONCE // len(x)
    if x.n_dims == y.n_dims == 1 and at_once > 1 and not _dense_is_sooner(len(x)):
        from mitool.kernels.neighbors import strips

        return strips.permuted_tallies(x, y, orders, at_once, wanted)
    return (tallies_at_scales(x, y.permute(rows), wanted) for rows in orders)


def kth_distance(margin: Margin, k: int) -> Vector:
    """Give the distance of every point's k-th neighbour, shape (n,)."""
    if margin.n_dims == 1:
        out = np.empty(len(margin))
        out[margin.order] = _kth_on_line(margin.ascending, k)
        return out
    if _dense_is_sooner(len(margin)):
        return dense.kth_distance(margin.values, k)
    return _searched(margin).kth_distance(k)


def reach(margin: Margin, k: int) -> Vector:
    """Give ``kth_distance``, infinite where no k others share a row's labels, shape (n,)."""
    radius = kth_distance(margin, k)
    radius[radius >= FAR] = np.inf
    return radius


def count_within(margin: Margin, radius: Vector, *, closed: bool = False) -> Places:
    """Count, for every point, the others within its radius (strictly, unless closed)."""
    if _dense_is_sooner(len(margin)):
        return dense.count_within(margin.values, radius, closed=closed)
    return _counted(margin).count(radius, closed=closed)


def mean_digamma(tally: Tally, n: int, shift: int = 0) -> float:
    """Give the mean over n points of the sum over spaces of psi(count + shift), all positive."""
    return mean_of(digammas_up_to, tally, n, shift)


def mean_of(values_up_to: Callable[[int], Vector], tally: Tally, n: int, shift: int = 0) -> float:
    """Give the mean over n points of the sum over spaces of a function of count + shift > 0.

    ``values_up_to(n)`` are its values at 1 … n. From a tally of the counts: the order of rows and
    of spaces cannot move a bit of it.
    """
    used = tally[1 - shift :]
    return float((used * values_up_to(len(used))).sum()) / n


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


def _counts_in_plane(x: Margin, y: Margin, wanted: Wanted) -> list[Counts]:
    from mitool.kernels.neighbors import strips

    return strips.neighbor_counts(x, y, wanted)


def _searched(margin: Margin) -> Bits | Tree:
    """Give what finds the k-th neighbour in several dimensions soonest."""
    return margin.bits if len(margin) <= BITS_TO_SEARCH * margin.n_dims**3 else margin.tree


def _counted(margin: Margin) -> Line | Squares | Bits | Tree:
    """Give what counts neighbours soonest."""
    if margin.n_dims == 1:
        from mitool.kernels.neighbors.strips import Line

        return Line(margin.order, margin.ascending)
    if margin.n_dims == 2:
        return margin.squares
    return margin.bits if len(margin) <= BITS_TO_COUNT * margin.n_dims**2 else margin.tree


_spent = 0


def expect(n_joins: int, n_rows: int) -> None:
    """Say how much work is ahead: the compiler is then loaded at once if it will pay."""
    global _spent
    if n_joins * n_rows * n_rows > COMPILER_PAIRS:
        _spent = COMPILER_PAIRS


def _dense_is_sooner(n: int) -> bool:
    """Rent or buy: load the compiler once the small jobs together have cost as much as it does."""
    global _spent
    if "mitool.kernels.compiled" in sys.modules or _spent + n * n > COMPILER_PAIRS:
        return False
    _spent += n * n
    return True
