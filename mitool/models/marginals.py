"""What couplings are asked of: the levels of columns and their masses, and their joint table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.kernels.counts.coded import code_rows
from mitool.models.couplings import entropy_of
from mitool.once import once
from mitool.tables import Column
from mitool.variables import Matrix, Vector

TOLERANCE = 1e-6
"""How far a sum of probabilities may be from 1: single precision and printed digits."""

Codes = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Marginal:
    """One marginal: its name, its levels in order, and their masses, which sum to 1."""

    name: str
    levels: tuple[str, ...]
    masses: Vector

    @once
    def entropy(self) -> float:
        """Its entropy, nats."""
        return entropy_of(self.masses)


@dataclass(frozen=True, eq=False)
class Marginals:
    """Marginals of one table; ``codes`` (n_rows, n_marginals) are its rows, if it has rows.

    ``joint`` is the table of two of them, as shares.
    """

    parts: list[Marginal]
    codes: Codes | None = None
    joint: Matrix | None = None
    n_dropped: int = 0

    @property
    def n_rows(self) -> int | None:
        """How many rows there are, if they are of rows."""
        return None if self.codes is None else len(self.codes)

    @once
    def joint_entropy(self) -> float | None:
        """The joint entropy that was seen, by plain frequencies; None where nothing joint was."""
        if self.joint is not None:
            return entropy_of(self.joint.ravel())
        if self.codes is None:
            return None
        return entropy_of(code_rows(self.codes.astype(np.float64)).counts / len(self.codes))


def of_columns(columns: Sequence[Column]) -> Marginals:
    """Count the levels of columns over the rows that are complete in all."""
    values = np.stack([column.values for column in columns])
    kept = np.asarray(~np.isnan(values).any(axis=0))
    n = int(kept.sum())
    if not n:
        names = ", ".join(repr(column.name) for column in columns)
        raise MitoolError(f"no row has a value in all of {names}")
    parts, codes = [], []
    for column in columns:
        values, code, counts = np.unique(
            column.values[kept], return_inverse=True, return_counts=True
        )
        if len(values) == n > 2:
            raise MitoolError(
                f"column {column.name!r} has a different value in each of its {n} rows, which "
                "cannot be counted; group its values first"
            )
        parts.append(Marginal(column.name, names_of(column, values), counts / n))
        codes.append(code)
    return Marginals(parts, np.stack(codes, axis=1).astype(np.int64), None, len(kept) - n)


def names_of(column: Column, values: Vector) -> tuple[str, ...]:
    """Give the names of values of a column: its labels, or its numbers as they are written."""
    if column.labels is None:
        return tuple(column.number(float(value)) for value in values)
    return tuple(column.labels[int(value)] for value in values)


def of_masses(named: Sequence[tuple[str, NDArray[np.float64]]]) -> Marginals:
    """Take probability vectors, which sum to 1."""
    parts = []
    for name, values in named:
        masses = _shares(name, values, "probabilities")
        off = float(masses.sum()) - 1.0
        if abs(off) > TOLERANCE:
            raise MitoolError(
                f"{name} sums to {1.0 + off:.6g} and not to 1; divide it by its sum, or give "
                "counts of both columns as a contingency table"
            )
        parts.append(Marginal(name, _numbered(len(masses)), masses / masses.sum()))
    return Marginals(parts)


def of_contingency(
    name: str, table: NDArray[np.float64], levels: tuple[Sequence[str], Sequence[str]] | None = None
) -> Marginals:
    """Take a contingency table of counts or of shares, rows by columns."""
    if table.ndim != 2 or 0 in table.shape:
        raise MitoolError(f"{name} has the shape {table.shape}; a contingency table has two sides")
    cells = _shares(name, table.ravel(), "counts")
    total = float(cells.sum())
    if total <= 0.0:
        raise MitoolError(f"{name} counts nothing: all its cells are 0")
    joint = cells.reshape(table.shape) / total
    names = levels or tuple(map(_numbered, joint.shape))
    rows = Marginal(f"rows of {name}", tuple(names[0]), joint.sum(axis=1))
    columns = Marginal(f"columns of {name}", tuple(names[1]), joint.sum(axis=0))
    return Marginals([rows, columns], None, joint)


def _shares(name: str, values: NDArray[np.float64], what: str) -> Vector:
    if values.ndim != 1 or not values.size:
        raise MitoolError(f"{name} has the shape {values.shape}; {what} are one dimension")
    masses = np.asarray(values, dtype=np.float64)
    wrong = np.flatnonzero(~(np.isfinite(masses) & (masses >= 0.0)))
    if len(wrong):
        place = int(wrong[0])
        raise MitoolError(
            f"{name} holds {masses[place]:g} in place {place + 1}; {what} are finite and not "
            "below 0"
        )
    return masses


def _numbered(n_levels: int) -> tuple[str, ...]:
    return tuple(str(level) for level in range(n_levels))
