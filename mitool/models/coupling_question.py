"""What is asked of marginals: how much they can share, a bottleneck of each, or a merging."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mitool.choices import Unit
from mitool.errors import UsageError
from mitool.models.coupling_findings import (
    CouplingFinding,
    bottleneck_findings,
    coupling_findings,
)
from mitool.models.level_merging import MergingRequest, merging_findings
from mitool.models.marginals import Marginals, names_of, of_contingency, of_masses
from mitool.result.codes import warn
from mitool.tables import Column, Table
from mitool.tables.namedarrays import NamedArrays, is_numpy, named_arrays, whole
from mitool.units import PER_NAT

FEWEST_NUMBERED = 3
"""Rows, and columns, of which the first may number the rows: two counts are 1 and 2 by chance."""


@dataclass(frozen=True)
class CouplingQuestion:
    """One of three: a coupling, or a bottleneck of a rate, or levels merged by a target.

    ``bottleneck`` and ``loss`` are in ``unit``.
    """

    bottleneck: float | None = None
    target: str | None = None
    levels: int | None = None
    loss: float | None = None
    seed: int = 0
    unit: Unit = "nats"

    def merges(self) -> bool:
        """Whether levels are to be merged; refuse what cannot be meant together."""
        wanted = self.levels is not None or self.loss is not None
        if wanted and self.bottleneck is not None:
            raise UsageError("--bottleneck and the merging of levels exclude each other")
        if self.target is not None and not wanted:
            raise UsageError("--target is of merging: say how far, by --levels L or --loss X")
        return wanted

    def answer(self, marginals: Marginals) -> list[CouplingFinding]:
        """Give the findings of what is asked."""
        if self.merges():
            if len(marginals.parts) != 2:
                raise UsageError(
                    "levels of one column are merged by one target: give --cols COL and --target "
                    "COL, or a contingency table"
                )
            lost = None if self.loss is None else self.loss / PER_NAT[self.unit]
            return merging_findings(marginals, MergingRequest(self.levels, lost, self.seed))
        if self.bottleneck is not None:
            return bottleneck_findings(marginals, self.bottleneck / PER_NAT[self.unit])
        return coupling_findings(marginals)


def in_numpy_files(paths: Sequence[str]) -> tuple[Marginals, list[dict[str, Any]]] | None:
    """Read marginals, or a contingency table, from NumPy files; None where they are tables.

    Also what a report says of each file.
    """
    if not all(is_numpy(path) for path in paths):
        return None
    files = [named_arrays(path) for path in paths]
    named = [pair for file in files for pair in _named(file)]
    return of_arrays(named), [file.entry for file in files]


def _named(file: NamedArrays) -> list[tuple[str, Any]]:
    return [
        (name or file.label, whole(array, name or file.label))
        for name, array in file.arrays.items()
    ]


def of_arrays(named: Sequence[tuple[str, Any]]) -> Marginals:
    """Take one array of two dimensions as a contingency table, others as marginals."""
    if len(named) == 1 and named[0][1].ndim == 2:
        return of_contingency(*named[0])
    return of_masses(named)


def in_tables(tables: Sequence[Table], *, contingency: bool) -> Marginals:
    """Take a table as a contingency table, or the one column of numbers of each as a marginal.

    Columns of text beside them are names of levels, and so is one without a name of its own.
    """
    if contingency and len(tables) > 1:
        raise UsageError(f"a contingency table is one file, got {len(tables)}")
    named = []
    for table in tables:
        columns = table.read(table.names)
        numbers = _numbers(table, columns)
        if not numbers or (not contingency and len(numbers) > 1):
            what = "no numbers" if not numbers else f"{len(numbers)} columns of numbers"
            raise UsageError(
                f"{table.label} has {what}; a marginal has one, a contingency table several"
            )
        if contingency:
            return _contingency(table.label, columns, numbers)
        named.append((table.label, numbers[0].values))
    return of_masses(named)


def _numbers(table: Table, columns: Sequence[Column]) -> list[Column]:
    """Give the columns of numbers; those without a name are row numbers, as pandas writes them."""
    return [each for each in columns if each.labels is None and each.name not in table.aside]


def _contingency(path: str, columns: Sequence[Column], numbers: Sequence[Column]) -> Marginals:
    """Take columns of numbers as a table; the first of the others names its rows."""
    if len(numbers) == len(columns) and _numbers_rows(numbers):
        first = numbers[0]
        shown = {"name": first.name, "first": int(first.values[0]), "last": int(first.values[-1])}
        warn("row_numbers", stacklevel=3, **shown)
        numbers = numbers[1:]
    cells = np.stack([column.values for column in numbers], axis=1)
    names = next((column for column in columns if column not in numbers), None)
    rows: Sequence[str] = [str(row) for row in range(len(cells))]
    if names is not None and not np.isnan(names.values).any():
        rows = names_of(names, names.values)
    return of_contingency(path, cells, (rows, [column.name for column in numbers]))


def _numbers_rows(numbers: Sequence[Column]) -> bool:
    """Whether the first of three or more columns counts three or more rows, from any number."""
    values = numbers[0].values
    if len(numbers) < FEWEST_NUMBERED or len(values) < FEWEST_NUMBERED:
        return False
    return bool(values[0] == np.floor(values[0]) and np.all(np.diff(values) == 1.0))
