"""Columns cut into digits, whole numbers so small that sums of their products have no rounding.

A number is cut at places that do not depend on the others (Demmel & Nguyen 2013,
doi:10.1109/ARITH.2013.9), so what is summed up is the same in any order of rows and in any batches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.once import once
from mitool.variables import Matrix, Vector

BITS = 20
"""Of a digit, its sign included."""
PLACES = 4
"""Digits of a number: what lies below 2**-60 of the largest in its column is cut off."""
BLOCK = 1 << 13
"""Rows summed up at a time: products of two digits, 2**38, add up to less than 2**53."""
BLOCKS = 1 << 9
"""Sums over blocks that add up to less than 2**63."""
LOWEST = -100
"""The first place of a column of zeros: below that of any number."""
KEPT = 1 << 16
"""Rows whose digits are kept, 32 bytes a value; those of more are cut anew, block by block."""

Whole = NDArray[Any]  # Python's whole numbers, which have no end


@dataclass(frozen=True, eq=False)
class Digits:
    """Columns of shape (n, d) in digits: whole numbers of at most 2**19.

    The first digits of column j count ``2**(BITS * top[j])``, the next 2**-BITS of that.
    """

    values: Matrix

    @once
    def size(self) -> Vector:
        """The largest size in each column, 0 of no rows; shape (d,)."""
        columns = self.values.T
        return np.array([max(c.max(initial=0.0), -c.min(initial=0.0)) for c in columns])

    @once
    def top(self) -> NDArray[np.int64]:
        """The places of the first digits, shape (d,)."""
        return first_places(self.size)

    @once
    def _all(self) -> NDArray[np.float64]:
        """The digits of all rows (see ``cut``)."""
        return cut(self.values, self.top)

    def blocks(self) -> Iterator[NDArray[np.float64]]:
        """Yield the digits of some rows after the other (see ``cut``)."""
        for start in range(0, len(self.values), BLOCK):
            rows = slice(start, start + BLOCK)
            is_kept = len(self.values) <= KEPT
            yield self._all[:, rows] if is_kept else cut(self.values[rows], self.top)

    @once
    def moments(self) -> Whole:
        """The sums of the digits behind the first column, their products' behind the first row."""
        return added_up(block @ block.T for block in self.blocks())

    def products(self, other: Digits) -> Whole:
        """Sum up the products with the digits of other columns of the same rows."""
        return self.products_with([other])

    def products_with(self, others: Sequence[Digits]) -> Whole:
        """Sum up the products with the digits of several columns side by side, as one product."""

        def product(first: NDArray[np.float64], *seconds: NDArray[np.float64]) -> Any:
            second = seconds[0][1:] if len(seconds) == 1 else np.vstack([s[1:] for s in seconds])
            return first[1:] @ second.T

        blocks = zip(self.blocks(), *(other.blocks() for other in others), strict=True)
        return added_up(product(*some) for some in blocks)


def first_places(size: Vector) -> NDArray[np.int64]:
    """Give the place of the first digit of columns whose largest sizes are these, shape (d,).

    Half of what the place before would count is more than the largest: all digits there are 0.
    """
    exponents = np.frexp(size)[1].astype(np.int64)
    return np.where(size > 0.0, -(-(exponents + 1) // BITS) - 1, LOWEST)


def cut(values: Matrix, top: NDArray[np.int64]) -> NDArray[np.float64]:
    """Cut values (n, d) into digits from the first places on, shape (1 + d * PLACES, n).

    The first row is of ones: products with it are sums.
    """
    digits = np.ones((1 + values.shape[1] * PLACES, len(values)))
    parts = digits[1:].reshape(-1, PLACES, len(values))
    for column, place, out in zip(values.T, top.tolist(), parts, strict=True):
        shift = -BITS * place
        rest = column * np.ldexp(1.0, shift // 2)  # in two steps: one factor may overflow
        rest *= np.ldexp(1.0, shift - shift // 2)
        for digit in out:
            np.rint(rest, out=digit)
            rest -= digit
            rest *= 2.0**BITS
    return digits


def added_up(blocks: Iterable[NDArray[np.float64]]) -> Whole:
    """Add up sums over blocks, which are whole numbers, without an end to their size."""
    total: Any = 0
    part: Any = np.int64(0)
    for number, block in enumerate(blocks, 1):
        part = part + block.astype(np.int64)
        if number % BLOCKS == 0:
            total, part = total + part.astype(object), np.int64(0)
    return np.asarray(total + part.astype(object))


def joined(digits: Whole) -> Whole:
    """Join the PLACES digits that lie beside each other, shape (m, d * PLACES), to (m, d)."""
    weights = np.array([1 << BITS * (PLACES - 1 - place) for place in range(PLACES)], dtype=object)
    return np.asarray(digits.reshape(len(digits), -1, PLACES) @ weights)
