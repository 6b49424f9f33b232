"""Which sample belongs to which context: the pairs that are not negatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.once import once

Places = NDArray[np.int64]
Selection = slice | Places

N_PARTS = 4
"""Every fourth context is a part: of two parts half the contexts, of one a quarter."""


@dataclass(frozen=True, eq=False)
class Pairing:
    """``owner`` (n_samples,) is the row of the context that each column was drawn in."""

    owner: Places
    n_contexts: int

    @classmethod
    def diagonal(cls, shape: tuple[int, int], n_samples: int, label: str) -> Pairing:
        """Give ``n_samples`` columns to each row in turn."""
        n_rows, n_columns = shape
        if n_columns != n_rows * n_samples:
            several = f"{n_samples} samples a context ask for {n_rows * n_samples} columns"
            raise MitoolError(
                f"{label} has {n_rows} rows and {n_columns} columns, "
                + (several if n_samples > 1 else "and no diagonal of pairs")
                + "; say by --samples M how many columns belong to each row, or by --positives "
                "FILE which row each column belongs to"
            )
        return cls(np.arange(n_columns) // n_samples, n_rows)

    @classmethod
    def of_rows(cls, rows: NDArray[Any], shape: tuple[int, int], label: str) -> Pairing:
        """Take the row, from 0, that each column belongs to."""
        owner = np.asarray(rows)
        if owner.shape != shape[1:]:
            raise MitoolError(
                f"the positives name {owner.size} rows for the {shape[1]} columns of {label}; "
                "name one for each column"
            )
        if (
            owner.dtype.kind not in "fiu"
            or (owner != np.floor(owner)).any()
            or owner.min() < 0
            or owner.max() >= shape[0]
        ):
            raise MitoolError(
                f"the positives of {label} must be whole numbers from 0 to {shape[0] - 1}, the "
                "row of each column"
            )
        return cls(owner.astype(np.int64), shape[0])

    @property
    def n_samples(self) -> int:
        """How many samples there are in all."""
        return len(self.owner)

    @once
    def counts(self) -> Places:
        """How many samples each context has, (n_contexts,)."""
        return np.bincount(self.owner, minlength=self.n_contexts)

    @once
    def is_square(self) -> bool:
        """Whether each context has one sample, so that either may be the context."""
        return bool((self.counts == 1).all())

    @once
    def order(self) -> Places:
        """The columns in the order of their contexts."""
        return np.argsort(self.owner, kind="stable")

    @once
    def _starts(self) -> Places:
        return np.concatenate([[0], np.cumsum(self.counts)])

    def positives_of(self, start: int, stop: int) -> tuple[Places, Places]:
        """Give the places of the pairs in a tile: their rows, from ``start``, and columns."""
        columns = self.order[self._starts[start] : self._starts[stop]]
        return self.owner[columns] - start, columns

    @once
    def column_parts(self) -> list[Selection]:
        """The columns of each part."""
        if np.array_equal(self.owner, np.arange(self.n_contexts)):
            return [slice(part, None, N_PARTS) for part in range(N_PARTS)]
        return [np.flatnonzero(self.owner % N_PARTS == part) for part in range(N_PARTS)]

    def members(self, parts: Sequence[int]) -> tuple[Places, Places]:
        """Give the contexts of some parts, and the samples they own, in order."""
        is_in = np.isin(np.arange(self.n_contexts) % N_PARTS, parts)
        return np.flatnonzero(is_in), np.flatnonzero(is_in[self.owner])

    def sums_by_context(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add up numbers of samples, (n_samples,), to one for each context."""
        total = np.bincount(self.owner, weights=values, minlength=self.n_contexts)
        return np.asarray(total, dtype=np.float64)
