"""Bins that hold equally many distinct values, and rows of bins as codes.

Chelombiev, Houghton & O'Donnell (2019), arXiv:1902.09037, cut the activations of a layer so.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.counts.coded import Coded

Numbers = NDArray[Any]  # floats of 32 or 64 bits; compared in their own type, never rounded


MANY = 1 << 18
"""Numbers from which loops are compiled: a run over layers has many such arrays."""
HIGH = 16
"""Bits of a number that say where to begin to look for its cell."""


def distinct(values: Numbers) -> Numbers:
    """Give the distinct values in ascending order; -0.0 and 0.0 are one."""
    if values.size >= MANY:
        return _distinct_by_bits(values)
    ordered = np.sort(values, axis=None)
    ordered += 0.0  # -0.0 + 0.0 is 0.0
    if not len(ordered):
        return ordered
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))]


def _distinct_by_bits(values: Numbers) -> Numbers:
    """Sort numbers by their bits, zeros left out: sooner than by comparing them."""
    from mitool.kernels.counts.distinctbins_loops import (
        DIGIT,
        MASK,
        keys_of,
        numbers_of,
        sort_by_bits,
    )

    bits, top = _bits(values)
    keys = np.empty_like(bits)
    n_some = keys_of(bits, top, keys)
    keys, spare = keys[:n_some], np.empty(n_some, dtype=bits.dtype)
    n_passes = -(-8 * values.itemsize // DIGIT)
    sort_by_bits(keys, spare, np.zeros((n_passes, MASK + 1), dtype=np.int64))
    ordered, found = (spare, keys) if n_passes % 2 else (keys, spare)
    levels = found[: numbers_of(ordered, top, found)].view(values.dtype)
    if n_some == values.size:
        return levels
    return np.insert(levels, int(np.searchsorted(levels, 0)), 0)


def _bits(values: Numbers) -> tuple[NDArray[Any], Any]:
    """Give the bits of numbers as whole numbers in one row, and the bit of the sign."""
    whole = np.dtype(f"u{values.itemsize}")
    top = whole.type(1 << (8 * values.itemsize - 1))
    return np.ascontiguousarray(values).reshape(-1).view(whole), top


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
    """Give how many different edges lie at or below each value, less one; shape of ``values``.

    No value is below the first edge.
    """
    edges = np.unique(edges)
    values = values.astype(edges.dtype, copy=False)  # pooled edges may be finer than one epoch
    cells = np.empty(values.shape, dtype=np.min_scalar_type(len(edges)))
    flat = cells.reshape(-1)
    if values.size < MANY:
        flat[:] = np.searchsorted(edges, values.reshape(-1), side="right") - 1
        return cells
    from mitool.kernels.counts.distinctbins_loops import find_cells

    bits, top = _bits(values)
    own = _bits(edges + 0.0)[0]
    highs = np.where(own < top, own ^ top, ~own) >> (8 * values.itemsize - HIGH)
    counts = np.bincount(highs.astype(np.int64), minlength=1 << HIGH)
    firsts = np.maximum(np.cumsum(counts) - counts - 1, 0)
    bounded = np.append(edges, np.inf).astype(values.dtype)
    numbers, shift = values.reshape(-1), 8 * values.itemsize - HIGH
    find_cells(np.ascontiguousarray(numbers), bits, top, bounded, firsts, shift, flat)
    return cells


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
