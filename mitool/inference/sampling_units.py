"""Rows that stay together when a sample is resampled: single rows, blocks in time, or groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from mitool.errors import MitoolError
from mitool.variables import Codes, Rows

Kind = Literal["rows", "blocks", "groups"]


@dataclass(frozen=True, eq=False)
class Units:
    """A partition of the rows: unit ``u`` holds ``rows[starts[u]:starts[u + 1]]``.

    Blocks have a ``length``, which the user ``fixed`` or the data chose.
    """

    kind: Kind
    rows: Rows
    starts: Rows
    length: int = 1
    fixed: bool = False

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def n_rows(self) -> int:
        """How many rows there are in all."""
        return len(self.rows)

    @property
    def sizes(self) -> Rows:
        """How many rows each unit holds; shape (n_units,)."""
        return np.diff(self.starts)

    def take(self, chosen: Rows) -> Rows:
        """Give the rows of some units, unit by unit in the order given."""
        if self.kind == "rows":
            return chosen
        sizes = self.sizes[chosen]
        ends = np.cumsum(sizes)
        within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - sizes, sizes)
        rows: Rows = self.rows[np.repeat(self.starts[chosen], sizes) + within]
        return rows

    def in_file_order(self, chosen: Rows) -> Rows:
        """Give the rows of some different units in the order of the file."""
        taken = np.zeros(self.n_rows, dtype=np.bool_)
        taken[self.take(chosen)] = True
        return np.flatnonzero(taken)


def single_rows(n_rows: int) -> Units:
    """Every row by itself: independent rows."""
    return Units("rows", np.arange(n_rows), np.arange(n_rows + 1))


def blocks(n_rows: int, length: int, *, fixed: bool = False) -> Units:
    """Contiguous blocks of nearly equal length, none shorter than ``length`` rows."""
    check_block(n_rows, length)
    n_blocks = n_rows // length
    starts = np.linspace(0, n_rows, n_blocks + 1).round().astype(np.int64)
    return Units("blocks", np.arange(n_rows), starts, length, fixed)


def groups(codes: Codes | Sequence[int]) -> Units:
    """Rows of one code together (a subject, a batch); codes of shape (n,)."""
    labels = np.asarray(codes)
    order = np.argsort(labels, kind="stable")
    ordered = labels[order]
    changes = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    starts = np.concatenate(([0], changes, [len(labels)])).astype(np.int64)
    return Units("groups", order, starts)


def check_block(n_rows: int, length: int) -> None:
    """Refuse a block that is empty or does not leave two blocks in the series."""
    if not 1 <= length <= n_rows // 2:
        raise MitoolError(
            f"a block of {length} rows does not fit: the series has {n_rows} rows, so a block "
            f"may have 1 to {n_rows // 2}"
        )
