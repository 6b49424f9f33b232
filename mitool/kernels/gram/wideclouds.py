"""Clouds of points of many columns, such as the units of a layer: equal rows are found by bytes.

Rows of hundreds of numbers are told apart by hashing, not by sorting all their columns.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from mitool.kernels.gram.clouds import Cloud
from mitool.variables import Matrix, Rows, Vector


def wide_cloud(values: Matrix, width: float) -> Cloud:
    """Merge equal rows and divide by √2 widths, like ``clouds.cloud``; the points in byte order."""
    index, counts, places = merged_rows(values)
    points = values[places]
    points = (points - points.mean(axis=0)) / (sqrt(2.0) * width)
    return Cloud(np.ascontiguousarray(points), None, counts, index, width)


def merged_rows(values: Matrix) -> tuple[Rows, Vector, Rows]:
    """Give the point of each row, the rows on each point, and one row for each point.

    Points are numbered in the order of their bytes, so that the order of rows changes nothing.
    """
    rows = np.ascontiguousarray(values + 0.0)  # -0.0 becomes 0.0
    keys = [row.tobytes() for row in rows]
    first: dict[bytes, int] = {}
    for row, key in enumerate(keys):
        first.setdefault(key, row)
    ordered = sorted(first)
    number = {key: at for at, key in enumerate(ordered)}
    index = np.array([number[key] for key in keys], dtype=np.int64)
    places = np.array([first[key] for key in ordered], dtype=np.int64)
    return index, np.bincount(index, minlength=len(ordered)).astype(np.float64), places
