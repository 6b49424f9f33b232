"""The structures that neighbours are sought and counted with, and which of them is soonest.

All of them yield the same numbers. Each is built when first needed and kept with its margin.
Their loops are imported only here and only when needed: the compiler takes time to load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mitool.kernels.neighbors.margin import Margin

if TYPE_CHECKING:
    from mitool.kernels.neighbors.bits import Bits
    from mitool.kernels.neighbors.line import Line
    from mitool.kernels.neighbors.squares import Squares
    from mitool.kernels.neighbors.tree import Tree

BITS_TO_SEARCH = 25
"""Times the cube of the dimensions: up to so many rows, sets of bits search faster than trees."""
BITS_TO_COUNT = 1000
"""Times the square of the dimensions: up to so many rows, they count faster."""


def searcher(margin: Margin) -> Bits | Tree:
    """Give what finds the k-th neighbour in several dimensions soonest."""
    if len(margin) <= BITS_TO_SEARCH * margin.n_dims**3:
        return _bits(margin)
    return _tree(margin)


def counter(margin: Margin) -> Line | Squares | Bits | Tree:
    """Give what counts the points within a distance soonest."""
    if margin.n_dims == 1:
        from mitool.kernels.neighbors.line import Line

        return Line(margin.order, margin.ascending)
    if margin.n_dims == 2:
        from mitool.kernels.neighbors.squares import Squares

        return margin.kept(Squares)
    if len(margin) <= BITS_TO_COUNT * margin.n_dims**2:
        return _bits(margin)
    return _tree(margin)


def _bits(margin: Margin) -> Bits:
    from mitool.kernels.neighbors.bits import Bits

    return margin.kept(Bits)


def _tree(margin: Margin) -> Tree:
    from mitool.kernels.neighbors.tree import Tree

    return margin.kept(Tree)
