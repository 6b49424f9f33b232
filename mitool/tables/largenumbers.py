"""Whole numbers too large for floats: counted from the first of their column, exactly.

A float tells whole numbers apart up to 2**53. Stamps in nanoseconds, long keys and decimals of many
digits lie beyond, often all near one another: their distances fit where they do not. Where a
column's first value is so large, all its values are given as distances from it. Only the first
decides, so that a column read in pieces gets the same numbers as one read whole.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.tables.column import Column, Origin

LARGEST = 1 << 53
"""Up to here floats hold every whole number."""

LONG_AGO = 1 << 22
"""Seconds, 48 days: beyond them a float of seconds has no nanoseconds."""

WIDEST = 2.0**62
"""Distances below it are surely in the range of 64 bits, whatever rounding did to the guess."""

Mask = NDArray[np.bool_] | None


def start_from(first: int, most: int = LARGEST) -> int:
    """Give what a column that begins with ``first`` is counted from: 0 up to ``most``."""
    return first if abs(first) > most else 0


def first_present(values: NDArray[Any], missing: Mask) -> int | None:
    """Give the first value that is not missing; None if there is none."""
    if not len(values):
        return None
    if missing is None or not missing[0]:
        return int(values[0])
    present = np.flatnonzero(~missing)
    return int(values[present[0]]) if len(present) else None


def distances(values: NDArray[Any], start: int) -> NDArray[Any]:
    """Give whole numbers less ``start``: exact in 64 bits, as floats where one is too far off."""
    if not start:
        return values
    near = np.abs(values.astype(np.float64) - float(start)) < WIDEST
    exact: NDArray[np.int64] = (
        values - np.array(start % 2**64, np.uint64).astype(values.dtype)
    ).view(np.int64)
    if near.all():
        return exact
    return np.where(near, exact.astype(np.float64), values.astype(np.float64) - float(start))


def counted(
    name: str, values: NDArray[Any], missing: Mask, start: int, per_unit: int, origin: Origin
) -> Column:
    """Make a column of whole numbers (n,), of which ``per_unit`` are one, less ``start``.

    Where values are missing there may be anything. Where floats do not tell all of them apart, the
    column says so.
    """
    apart = distances(values if missing is None else np.where(missing, start, values), start)
    floats = divided(apart, per_unit)
    ranks = ranks_if_merged(values, floats, missing) if may_merge(apart, per_unit) else None
    if missing is not None:
        floats[missing] = np.nan
    return Column(name, floats, None, origin, Fraction(start, per_unit), ranks)


def divided(values: NDArray[Any], per_unit: int) -> NDArray[np.float64]:
    """Give whole numbers as multiples of ``per_unit``: the same floats for the same quotients.

    Seconds that are stored as nanoseconds equal those that are stored as such.
    """
    if per_unit == 1 or values.dtype.kind == "f":
        return np.asarray(values, dtype=np.float64) / per_unit
    sizes = np.abs(values)
    whole = sizes // per_unit
    return np.asarray(np.copysign(whole + (sizes - whole * per_unit) / per_unit, values))


def may_merge(values: NDArray[Any], per_unit: int) -> bool:
    """Whether some whole numbers so large may be one when divided; steps of 1000 are larger."""
    if not len(values):
        return False
    largest = max(abs(int(values.min())), abs(int(values.max())))
    if per_unit == 1 or largest <= LARGEST // 4:
        return largest > LARGEST
    return largest > LARGEST // 4 * 1000 or values.dtype.kind == "f" or bool((values % 1000).any())


def ranks_if_merged(
    values: NDArray[Any], floats: NDArray[np.float64], missing: Mask
) -> NDArray[np.int64] | None:
    """Number the different values in their order, if floats do not tell all of them apart."""
    present = slice(None) if missing is None else ~missing
    different, codes = np.unique(values[present], return_inverse=True)
    if len(np.unique(floats[present])) == len(different):
        return None
    ranks = np.zeros(len(values), dtype=np.int64)
    ranks[present] = codes.reshape(-1)
    return ranks
