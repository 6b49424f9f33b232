"""Bins that hold equally many distinct values, and rows of bins as codes.

Chelombiev, Houghton & O'Donnell (2019), arXiv:1902.09037, cut the activations of a layer so.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.counts.coded import Coded

Numbers = NDArray[Any]  # floats of 32 or 64 bits; compared in their own type, never rounded


def distinct(values: Numbers) -> Numbers:
    """Give the distinct values in ascending order; -0.0 and 0.0 are one."""
    ordered = np.sort(values, axis=None)
    ordered += 0.0  # -0.0 + 0.0 is 0.0
    if not len(ordered):
        return ordered
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))]


def low_edge(least: Any) -> Any:
    """Give the lowest edge where nothing is known: 0 if no value is below, else just below all."""
    if least >= 0:
        return least.dtype.type(0)
    return np.nextafter(least, least.dtype.type(-np.inf))


def distinct_edges(levels: Numbers, n_bins: int, low: Any) -> Numbers:
    """Give ``low``, then every level at which a bin of distinct values begins, then the largest.

    ``levels`` are distinct and ascending. What equals ``low`` is not counted among them, nor does
    it fall into any of the ``n_bins``; the largest level is a cell of its own. Edges repeat where
    levels are fewer than bins, and where there are none ``low`` stands alone.
    """
    above = levels[levels != low]
    if not len(above):
        return np.array([low], dtype=levels.dtype)
    starts = np.arange(n_bins) * len(above) // n_bins
    return np.concatenate(([low], above[starts], above[-1:])).astype(levels.dtype)


def cells_between(values: Numbers, edges: Numbers) -> NDArray[Any]:
    """Give how many different edges lie at or below each value, less one; shape of ``values``."""
    edges = np.unique(edges)
    cells = np.searchsorted(edges, values.reshape(-1), side="right")
    return (cells.reshape(values.shape) - 1).astype(np.min_scalar_type(len(edges)))


def code_cells(cells: NDArray[Any]) -> Coded:
    """Code equal rows alike, in the order in which they first occur; cells of shape (n, d)."""
    rows = np.ascontiguousarray(cells)
    width = rows.shape[1] * rows.itemsize
    text, known = rows.tobytes(), dict[bytes, int]()
    codes = [
        known.setdefault(text[start : start + width], len(known))
        for start in range(0, len(rows) * width, width)
    ]
    n_levels = len(known)
    return Coded(np.array(codes, dtype=np.min_scalar_type(max(n_levels - 1, 0))), n_levels)
