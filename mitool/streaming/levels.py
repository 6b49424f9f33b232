"""Pieces of columns as levels: whole numbers that rows are counted by."""

from __future__ import annotations

from math import floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.batches.cells import Levels
from mitool.tables.largenumbers import LARGEST
from mitool.tables.piece import Piece

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
