"""The rows of a column in ascending order of value: what neighbours and ranks begin with."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.variables.kinds import Vector

Order = NDArray[np.signedinteger[Any]]  # row numbers, as narrow as they fit

SORTED_BY_DIGITS = range(2_000, 3_000_000)
"""So many values; fewer and more are sorted about as soon by comparing them."""
SIGN = np.int64(-(2**63))
MOST_IN_32_BITS = 2**31 - 1


def ascending(values: Vector) -> Order:
    """Give the places of values (n,) in ascending order, missing ones last, in 32 bits if they fit.

    Equal values stand in no particular order.
    """
    by_digits = len(values) in SORTED_BY_DIGITS
    order = _by_digits(np.ascontiguousarray(values)) if by_digits else values.argsort()
    return order.astype(np.int32) if len(order) <= MOST_IN_32_BITS else order


def _by_digits(values: Vector) -> Order:
    """Sort by three digits of 16 bits, the last ones first, and then what differs in the rest.

    Digits are counted, not compared. What they leave unsorted is little, mostly nothing, and a
    stable sort merges what is in order already. That takes 17 ns a value at 10⁴, 22 at 10⁵ and 51
    at 10⁶, where the usual sort takes 34, 52 and 89 by AVX-512 on Zen 4, 14, 20 and 28 by AVX2,
    61, 85 and 111 by neither.
    """
    last, *others = _digits(values)
    order = np.argsort(last, kind="stable")
    for digits in others:
        order = order[np.argsort(digits[order], kind="stable")]
    line = values[order]
    if (line[:-1] <= line[1:]).all():
        return order
    return order[np.argsort(line, kind="stable")]  # missing values, too, which are not in order


def _digits(values: Vector) -> list[NDArray[np.uint16]]:
    """Give 48 bits of integers that ascend as the values do, the last 16 of them first."""
    bits = values.view(np.int64)
    keys = bits >> 63
    keys |= SIGN
    keys ^= bits
    return [(keys >> shift).astype(np.uint16) for shift in (16, 32, 48)]
