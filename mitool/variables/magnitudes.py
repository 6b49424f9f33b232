"""Sizes that squares can hold: that of 1e200 is infinite, and that of 1e-200 is 0."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.variables.kinds import Vector
from mitool.variables.variable import Matrix, Variable

Exponents = NDArray[np.signedinteger]

SMALLEST, LARGEST = 1e-140, 1e140


def near_one(values: Vector) -> Vector:
    """Give values of extreme size times the power of two that brings the largest near 1: exact."""
    if has_squares(values):
        return values
    return np.asarray(np.ldexp(values, -int(np.frexp(_largest(values))[1])))


def exponents(variable: Variable) -> Exponents:
    """Give the power of two that each column of extreme size is divided by, else 0 (kept)."""
    powers: Exponents = variable.remember("exponents", lambda: _exponents(*variable.ends))
    return powers


def _exponents(low: Vector, high: Vector) -> Exponents:
    largest = np.maximum(high, -low)
    return np.where(_can_be_squared(largest), 0, np.frexp(largest)[1])


def lines_near_one(variable: Variable) -> Matrix:
    """Give the columns of a variable as lines (d, n), each as ``near_one`` does."""
    lines = np.ascontiguousarray(variable.values.T)
    powers = exponents(variable)
    return np.ldexp(lines, -powers[:, None]) if powers.any() else lines


def centred(lines: Matrix) -> Matrix:
    """Give lines (d, n) less their means, which are those of ``mean`` in half its time."""
    means: Matrix = np.add.reduce(lines, axis=1, keepdims=True) / lines.shape[1]
    return lines - means


def deviation(values: Vector) -> float:
    """Give the standard deviation of values of any size."""
    if has_squares(values):
        return float(values.std())
    exponent = int(np.frexp(_largest(values))[1])
    return float(np.ldexp(near_one(values).std(), exponent))


def require_squares(name: str, values: Matrix) -> None:
    """Refuse numbers whose distances cannot be squared."""
    if not has_squares(values):
        raise MitoolError(
            f"{name!r} holds values as large as {_largest(values):.3g}, whose squares no number "
            "holds; change their unit, or use --transform standard"
        )


def has_squares(values: Vector | Matrix) -> bool:
    """Whether the squares of the largest values are neither infinite nor lost."""
    return bool(_can_be_squared(_largest(values)))


def _can_be_squared(largest: Any) -> Any:
    """Whether the square of a size, or of each, is neither infinite nor lost."""
    return (largest == 0.0) | ((largest > SMALLEST) & (largest < LARGEST))


def _largest(values: Vector | Matrix) -> float:
    largest = np.maximum.reduce(values, axis=None, initial=0.0)
    return max(float(largest), -float(np.minimum.reduce(values, axis=None, initial=0.0)))
