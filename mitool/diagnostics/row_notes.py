"""What rows show: how many there are, copies of whole records, and likeness of neighbours."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mitool.result import Note
from mitool.result.codes import note_of
from mitool.variables import Matrix, Variable, Vector
from mitool.variables.magnitudes import centred, lines_near_one
from mitool.variables.repeats import DISTINCT_SHARE

FEW_ROWS = 100  # below it unflagged 95 % intervals were seen to cover 0.91 at best
DUPLICATE_SHARE = 0.01
FEW_ROWS_COPIED = 20  # so many counts have a common divisor by chance once in 2^20
AUTOCORRELATION = 0.3
BLOCK = 1 << 13


def size_notes(n_rows: int) -> Iterator[Note]:
    """What the number of rows alone shows."""
    if n_rows < FEW_ROWS:
        yield note_of("small_n", n_rows=n_rows)


def duplicates(x: Variable, y: Variable) -> Iterator[Note]:
    """Whole rows that repeat although each variable hardly does: copied records."""
    n_samples = len(x)
    if x.kind == y.kind == "discrete" or n_samples < 2:
        return
    if (n_copies := _copies_of_all(x, y)) > 1:
        what = f"every row of {x.name!r} and {y.name!r} is there {n_copies} times"
        yield note_of("duplicate_rows", (*x.names, *y.names), what=what)
        return
    if not {x.kind, y.kind} <= {"continuous"}:  # labels and atoms coincide without copying
        return
    distinct = (x.n_distinct(), y.n_distinct())
    if max(distinct) == n_samples or min(distinct) < DISTINCT_SHARE / 2 * n_samples:
        return
    n_repeated = n_samples - _n_distinct_rows(x, y)
    n_expected = n_samples - max(distinct)
    if n_repeated > DUPLICATE_SHARE * n_samples and n_repeated > 0.5 * n_expected:
        what = f"{n_repeated} of {n_samples} rows repeat another row exactly"
        yield note_of("duplicate_rows", (*x.names, *y.names), what=what)


def _copies_of_all(x: Variable, y: Variable) -> int:
    """How many times every row is there: 1, unless a whole table was stacked on itself."""
    if any(_divisor_of_column(variable) == 1 for variable in (x, y)):
        return 1
    rows = _ordered_rows(x, y)
    n_different = 1 + int(np.count_nonzero((rows[1:] != rows[:-1]).any(axis=1)))
    return _divisor(rows) if n_different >= FEW_ROWS_COPIED else 1


def _divisor_of_column(variable: Variable) -> int:
    """What ``_divisor`` finds in the first column, kept with the variable."""
    if variable.n_distinct() > len(variable) // 2:  # so that a value is there once
        return 1
    kept: int = variable.remember(
        "divisor", lambda: _divisor(variable.values[variable.order(), :1])
    )
    return kept


def _divisor(ordered: Matrix) -> int:
    """The greatest number that divides how often each different row is there."""
    changes = np.flatnonzero((ordered[1:] != ordered[:-1]).any(axis=1)) + 1
    counts = np.diff(changes, prepend=0, append=len(ordered))
    return int(np.gcd.reduce(counts))


def _n_distinct_rows(x: Variable, y: Variable) -> int:
    """Count different joint rows, looking only at neighbours in the order of x."""
    rows = _ordered_rows(x, y)
    return 1 + int(np.count_nonzero((rows[1:] != rows[:-1]).any(axis=1)))


def _ordered_rows(x: Variable, y: Variable) -> Matrix:
    """Joint rows, equal ones side by side where each variable is one column."""
    order = np.lexsort((y.values[:, 0], x.values[:, 0]))
    return np.hstack((x.values, y.values))[order]


def lags_one(lines: Matrix) -> Vector:
    """The autocorrelations at lag 1 of series (d, n) of no extreme size, 0 of a constant."""
    around = centred(lines)
    power, products = _products(around, around), _products(around[:, 1:], around[:, :-1])
    lags: Vector = np.divide(products, power, out=np.zeros_like(power), where=power > 0)
    return lags


def _products(first: Matrix, second: Matrix) -> Vector:
    """The products of lines (d, n), in pieces too short for BLAS to take threads, which wait."""
    starts = range(0, first.shape[1], BLOCK)
    pieces = (np.vecdot(first[:, i : i + BLOCK], second[:, i : i + BLOCK]) for i in starts)
    products: Vector = sum(pieces, np.zeros(len(first)))
    return products


def _persistence(variable: Variable) -> float:
    """The largest lag-1 autocorrelation of the columns, kept with the variable."""
    kept: float = variable.remember(
        "persistence", lambda: float(lags_one(lines_near_one(variable)).max())
    )
    return kept


def persists(variable: Variable) -> bool:
    """Whether neighbouring rows of a variable of numbers resemble each other."""
    if len(variable) < FEW_ROWS or "discrete" in variable.kinds:
        return False
    return _persistence(variable) > AUTOCORRELATION


def autocorrelation(x: Variable, y: Variable) -> Iterator[Note]:
    """Neighbouring rows that resemble each other in both variables."""
    if persists(x) and persists(y):
        phi_x, phi_y = _persistence(x), _persistence(y)
        effective = len(x) * (1 - phi_x * phi_y) / (1 + phi_x * phi_y)
        words = {"phi_x": phi_x, "phi_y": phi_y, "n_effective": effective}
        yield note_of("autocorrelation", (*x.names, *y.names), x=x.name, y=y.name, **words)
