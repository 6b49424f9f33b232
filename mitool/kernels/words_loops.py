"""Sets as words of 64 bits."""

from __future__ import annotations

import numpy as np

from mitool.kernels.compiled import kernel

PAIRS, FOURS = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333)
EIGHTS, ONES = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)
ONE, TWO, FOUR, LAST = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(56)


@kernel
def n_bits(word: np.uint64) -> int:
    """How many bits are set: the form that compilers turn into one instruction."""
    word = word - ((word >> ONE) & PAIRS)
    word = (word & FOURS) + ((word >> TWO) & FOURS)
    word = (word + (word >> FOUR)) & EIGHTS
    return int(np.int64((word * ONES) >> LAST))
