"""The structures that neighbours are sought and counted with, and which of them is soonest.

All of them yield the same numbers. Each is built when first needed and kept with its margin.
Their loops are imported only here and only when needed: the compiler takes time to load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mitool.kernels.neighbors.margin import Margin

if TYPE_CHECKING:
    from mitool.kernels.neighbors.line import Line
    from mitool.kernels.neighbors.squares import Squares
    from mitool.kernels.neighbors.steps import Pairs
    from mitool.kernels.neighbors.tree import Tree

PAIRS_TO_SEARCH = 32
"""Times the cube of the dimensions: up to so many rows, all pairs are searched before a tree is."""
PAIRS_TO_COUNT = 2000
"""Times the square of the dimensions: up to so many rows, all pairs are counted before."""
PAIRS_IN_PLANE = 1000
"""Rows of two dimensions, which squares count as fast from here on; half where they were sorted."""


def searcher(margin: Margin) -> Pairs | Tree:
    """Give what finds the k-th neighbour in several dimensions soonest."""
    if len(margin) <= PAIRS_TO_SEARCH * margin.n_dims**3:
        return _pairs(margin)
    return _tree(margin)


def counter(margin: Margin) -> Line | Squares | Pairs | Tree:
    """Give what counts the points within a distance soonest."""
    if margin.n_dims == 1:
        from mitool.kernels.neighbors.line import Line

        return Line(margin.order, margin.ascending)
    if margin.n_dims == 2 and len(margin) > PAIRS_IN_PLANE // (2 if margin.blocks else 1):
        from mitool.kernels.neighbors.squares import Squares

        return margin.kept(Squares)
    if len(margin) <= PAIRS_TO_COUNT * margin.n_dims**2:
        return _pairs(margin)
    return _tree(margin)


def _pairs(margin: Margin) -> Pairs:
    from mitool.kernels.neighbors.steps import Pairs

    return margin.kept(Pairs)


def _tree(margin: Margin) -> Tree:
    from mitool.kernels.neighbors.tree import Tree

    return margin.kept(Tree)
