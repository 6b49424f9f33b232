"""Pieces of columns as levels, whole numbers that rows are counted by; which may be labels."""

from __future__ import annotations

from collections.abc import Collection
from math import floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.batches.buckets import Numbers
from mitool.kernels.batches.cells import Levels
from mitool.kernels.types import Counts
from mitool.tables.largenumbers import LARGEST
from mitool.tables.piece import Piece
from mitool.variables.kinds import MAX_LEVELS

Declared = tuple[Collection[str], Collection[str]]
"""The columns whose kind the user decides: the discrete, and the continuous."""

SHORT = 1 << 14
"""Whole numbers of a range up to this are levels as they are."""


def short_levels(piece: Piece) -> Levels | None:
    """Take labels, and whole numbers of a short range, as they are; None of others."""
    if piece.labels is not None:
        return _numbered(piece, piece.stored, 0, len(piece.labels))
    if not (piece.high - piece.low < SHORT and -LARGEST < piece.low <= piece.high < LARGEST):
        return None
    codes, low = piece.stored, floor(piece.low)
    if codes.dtype.kind == "f":
        whole = np.where(piece.missing, low, codes) if piece.missing is not None else codes
        codes = whole.astype(np.int64)
        if not bool(np.all(codes == whole)):
            return None
    return _numbered(piece, codes, low, int(piece.high) - low + 1)


def levels_of(piece: Piece) -> Levels:
    """Code any column; numbers far apart are sorted."""
    short = short_levels(piece)
    if short is not None:
        return short
    values, codes = np.unique(piece.values, return_inverse=True)  # NaN is one, and the last
    return Levels(codes, 0, values)


def _numbered(piece: Piece, codes: NDArray[Any], low: int, n_levels: int) -> Levels:
    """Give levels from ``low`` on; missing values share one more, the last."""
    values = low + np.arange(float(n_levels))
    if piece.missing is None:
        return Levels(codes, low, values)
    codes = np.where(piece.missing, low + n_levels, codes.astype(np.int64))
    return Levels(codes, low, np.append(values, np.nan))


def may_be_labels(name: str, counts: Counts | Numbers | None, declared: Declared) -> bool:
    """Tell whether a column may hold labels, by what was counted so far; ``Counts`` are of words.

    Numbers may unless they are too many for labels, or the user calls them continuous.
    """
    discrete, continuous = declared
    if not isinstance(counts, Numbers) or name in discrete:
        return True
    few = counts.buckets is None and len(counts.values) <= MAX_LEVELS
    return few and name not in continuous
