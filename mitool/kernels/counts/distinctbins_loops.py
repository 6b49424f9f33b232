"""Numbers sorted by their bits, and the cell of each among a few edges.

The bits of numbers are in their order once the sign is turned, and all bits of those below 0.
"""

from __future__ import annotations

from typing import Any

from mitool.kernels.compiled import kernel

DIGIT = 11
MASK = (1 << DIGIT) - 1


@kernel
def keys_of(bits: Any, top: Any, keys: Any) -> int:
    """keys[:m] <- whole numbers in the order of the numbers with these bits; zeros are left out.

    Gives m. ``top`` is the bit of the sign.
    """
    m = 0
    for i in range(bits.shape[0]):
        b = bits[i]
        keys[m] = b ^ top if b < top else ~b
        m += (b & ~top) != 0
    return m


@kernel
def sort_by_bits(keys: Any, spare: Any, counts: Any) -> None:
    """Keys or spare <- keys ascending, by a stable pass of 11 bits for each row of counts.

    Both (n,) whole numbers without sign; counts (passes, 2**11), of zeros. Passes go to and fro:
    an odd number ends in spare.
    """
    n_digits = counts.shape[0]
    for i in range(keys.shape[0]):
        key = keys[i]
        for digit in range(n_digits):
            counts[digit, (key >> (digit * DIGIT)) & MASK] += 1
    for digit in range(n_digits):
        total = 0
        for j in range(counts.shape[1]):
            here = counts[digit, j]
            counts[digit, j] = total
            total += here
        shift, row = digit * DIGIT, counts[digit]
        for i in range(keys.shape[0]):
            key = keys[i]
            j = (key >> shift) & MASK
            spare[row[j]] = key
            row[j] += 1
        keys, spare = spare, keys


@kernel
def numbers_of(keys: Any, top: Any, bits: Any) -> int:
    """bits[:m] <- the bits of the numbers of ascending keys, each once; gives m."""
    m = 0
    for i in range(keys.shape[0]):
        key = keys[i]
        if i == 0 or key != keys[i - 1]:
            bits[m] = key ^ top if key >= top else ~key
            m += 1
    return m


@kernel
def find_cells(
    values: Any, bits: Any, top: Any, edges: Any, firsts: Any, shift: int, out: Any
) -> None:
    """out[i] <- the last edge at or below values[i], whose bits are bits[i].

    No value is below the first edge, and an infinite one stands behind the last. firsts[h] is an
    edge at or below all values whose keys, without their last ``shift`` bits, are h.
    """
    for i in range(values.shape[0]):
        b = bits[i]
        key = b ^ top if b < top else ~b
        at, value = firsts[key >> shift], values[i]
        while edges[at + 1] <= value:
            at += 1
        out[i] = at
