"""Strictly increasing functions of one standard normal column: they leave the information alone.

Czyż, Grabowski, Vogt, Beerenwinkel & Marx (2023), Beyond Normal, arXiv:2306.11078, use the
normal-cdf, half-cube, wiggly, asinh and bimodal ones.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import ndtr, ndtri

from mitool.errors import UsageError
from mitool.variables import Matrix


def half_cube(z: Matrix) -> Matrix:
    """Lengthen the tails: sign(z) |z|^(3/2)."""
    return np.sign(z) * np.abs(z) ** 1.5


def wiggly(z: Matrix) -> Matrix:
    """Add waves whose slopes sum to less than one."""
    return z + 0.4 * np.sin(z) + 0.2 * np.sin(1.7 * z + 1.0) + 0.03 * np.sin(3.3 * z - 2.5)


def bimodal(z: Matrix) -> Matrix:
    """Map a normal to an even mixture of N(0, 1) and N(5, 1/4), by its quantiles."""
    grid = np.linspace(-8.0, 9.0, 3401)
    below = 0.5 * ndtr(grid) + 0.5 * ndtr(2.0 * (grid - 5.0))
    above = 0.5 * ndtr(-grid) + 0.5 * ndtr(-2.0 * (grid - 5.0))
    scores = np.where(below < 0.5, ndtri(below), -ndtri(above))
    return np.interp(z, scores, grid)


MARGINS: dict[str, Callable[[Matrix], Matrix]] = {
    "none": lambda z: z,
    "normal-cdf": ndtr,
    "half-cube": half_cube,
    "wiggly": wiggly,
    "asinh": np.arcsinh,
    "bimodal": bimodal,
    "exp": np.exp,
    "cube": lambda z: z**3,
}


def check_margins(name: str) -> None:
    """Refuse a name that is not in the table."""
    if name not in MARGINS:
        raise UsageError(f"no margins {name!r}; there are: {', '.join(MARGINS)}")
