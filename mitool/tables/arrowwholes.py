"""Arrow's whole numbers, times and decimals: what is stored of them is counted exactly."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.tables.arrowbuffers import floats, nulls, stored
from mitool.tables.column import Column
from mitool.tables.largenumbers import LARGEST, LONG_AGO, first_present, ranks_if_merged, start_from

PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
DAY = 86400


def units_of(kind: Any) -> int | None:
    """Give how many of the whole numbers that a type stores make 1, or a second; None of labels."""
    import pyarrow.types as types

    if types.is_integer(kind) or types.is_date32(kind):
        return 1
    if types.is_decimal(kind):
        return int(10 ** max(kind.scale, 0))
    if types.is_date64(kind):
        return PER_SECOND["ms"]
    return PER_SECOND[kind.unit] if types.is_temporal(kind) else None


def start_of(values: Any) -> int | None:
    """Give what the whole numbers of an Arrow column are counted from; None if all are missing."""
    import pyarrow.types as types

    per_unit = units_of(values.type)
    if per_unit is None:
        return 0
    for chunk in values.chunks if hasattr(values, "chunks") else [values]:
        if types.is_decimal(values.type):
            first = next(
                (n for v in chunk if (n := unscaled(v.as_py(), per_unit)) is not None), None
            )
        else:
            first = first_present(*whole(chunk))
        if first is not None:
            is_time = types.is_temporal(values.type)
            return start_from(first, LONG_AGO * per_unit if is_time else LARGEST)
    return None


def wholes(values: Any) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """Give the whole numbers that an Arrow column stores, and which are missing."""
    parts = [whole(chunk) for chunk in values.chunks]
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return np.empty(0, dtype=np.int64), None
    if all(missing is None for _, missing in parts):
        return np.concatenate([part for part, _ in parts]), None
    masks = [np.zeros(len(part), bool) if mask is None else mask for part, mask in parts]
    return np.concatenate([part for part, _ in parts]), np.concatenate(masks)


def whole(chunk: Any) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """Give the same of one Arrow array; dates are seconds."""
    import pyarrow.types as types

    kind = chunk.type
    if types.is_temporal(kind):
        narrow = types.is_date32(kind) or types.is_time32(kind)
        values = stored(chunk.view("int32" if narrow else "int64"))
        return values * np.int64(DAY) if types.is_date32(kind) else values, nulls(chunk)
    return stored(chunk), nulls(chunk)


def unscaled(value: Decimal | None, per_unit: int) -> int | None:
    """Give a decimal as the whole number that is stored of it."""
    return None if value is None else int(Fraction(value) * per_unit)


def decimals(name: str, values: Any, start: int, per_unit: int) -> Column:
    """Convert decimals, to the nearest floats as in the same CSV file where these hold them."""
    nearest = floats(values.cast("string").cast("float64").chunks)
    largest = np.abs(nearest).max(initial=0.0, where=~np.isnan(nearest))
    if not start and largest * per_unit <= LARGEST:
        return Column(name, nearest)
    missing = np.isnan(nearest)
    exact = [unscaled(value, per_unit) for value in values.to_pylist()]
    if start:  # the quotient of two whole numbers is the float nearest to it
        apart = [np.nan if n is None else (n - start) / per_unit for n in exact]
        nearest = np.array(apart, dtype=np.float64)
    ranks = ranks_if_merged(np.array(exact, dtype=object), nearest, missing)
    return Column(name, nearest, None, "number", Fraction(start, per_unit), ranks)
