"""What a user should be told about these data and this estimate.

The cheap checks run inside every estimate. Each has a stable code, a threshold with its reason,
and one sentence that needs no statistics to be understood.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod

import numpy as np

from mitool.result import Note
from mitool.variables import Matrix, Variable, Vector

FEW_ROWS = 100  # below it unflagged 95 % intervals were seen to cover 0.91 at best
DISTINCT_SHARE = 0.95
MANY_TIES = 0.5
FEW_DISTINCT = 0.05
DUPLICATE_SHARE = 0.01
FEW_ROWS_COPIED = 20  # so many counts have a common divisor by chance once in 2^20
SINGLETON_SHARE = 0.05
MANY_DIMS = 6  # nearest-neighbour bias was -0.05 to -0.9 nats from here on
AUTOCORRELATION = 0.3
ROWS_PER_CELL = 5
CEILING_SHARE = 0.7  # at .74 of it the bias was -2 %, at .88 it was -8 %
NEAR_ENTROPY = 0.95
SPREAD_RATIO = 10.0
HEAVY_KURTOSIS = 20.0


def data_notes(x: Variable, y: Variable, given: Variable | None) -> Iterator[Note]:
    """What the variables themselves show, before any estimate."""
    variables = (x, y) if given is None else (x, y, given)
    for variable in variables:
        yield from variable_notes(variable)
    yield from size_notes(len(x))
    yield from _duplicates(x, y)
    yield from _autocorrelation(x, y)


def variable_notes(variable: Variable) -> tuple[Note, ...]:
    """What one variable shows: its kind, constant columns, repeated values (kept)."""
    found: tuple[Note, ...] = variable.remember("notes", lambda: tuple(_notes(variable)))
    return found


def _notes(variable: Variable) -> Iterator[Note]:
    yield from variable.notes
    n_samples = len(variable)
    for column, (name, kind) in enumerate(zip(variable.names, variable.kinds, strict=True)):
        n_distinct = variable.n_distinct(column)
        if n_distinct == 1:
            yield constant(name)
        elif kind != "discrete":
            yield from ties(name, n_distinct, n_samples)


def size_notes(n_rows: int) -> Iterator[Note]:
    """What the number of rows alone shows."""
    if n_rows < FEW_ROWS:
        yield Note("small_n", f"only {n_rows} rows: estimates of MI vary much at this size")


def constant(name: str) -> Note:
    """Say that a column does not vary."""
    return Note("constant", f"column {name!r} has one value in all rows used", (name,))


def ties(name: str, n_distinct: int, n_samples: int) -> Iterator[Note]:
    """What repeated values of a numeric column show."""
    if n_distinct >= DISTINCT_SHARE * n_samples:
        return
    message = f"column {name!r} has {n_distinct} different values in {n_samples} rows"
    many = n_distinct < MANY_TIES * n_samples
    yield Note("ties", message, (name,), "warning" if many else "note")
    if n_distinct < FEW_DISTINCT * n_samples:
        yield Note(
            "discrete_as_continuous",
            f"column {name!r} is taken as a number although it repeats {n_distinct} values; if "
            f"they are classes or counts, --discrete {name} is the better choice",
            (name,),
        )


def _duplicates(x: Variable, y: Variable) -> Iterator[Note]:
    """Whole rows that repeat although each variable hardly does: copied records."""
    n_samples = len(x)
    if x.kind == y.kind == "discrete" or n_samples < 2:
        return
    if (n_copies := _copies_of_all(x, y)) > 1:
        yield Note(
            "duplicate_rows",
            f"every row of {x.name!r} and {y.name!r} is there {n_copies} times; copies make any "
            "nearest-neighbour estimate too high: remove them if they are not real",
            (*x.names, *y.names),
        )
        return
    if not {x.kind, y.kind} <= {"continuous"}:  # labels and atoms coincide without copying
        return
    distinct = (x.n_distinct(), y.n_distinct())
    if max(distinct) == n_samples or min(distinct) < DISTINCT_SHARE / 2 * n_samples:
        return
    n_repeated = n_samples - _n_distinct_rows(x, y)
    n_expected = n_samples - max(distinct)
    if n_repeated > DUPLICATE_SHARE * n_samples and n_repeated > 0.5 * n_expected:
        yield Note(
            "duplicate_rows",
            f"{n_repeated} of {n_samples} rows repeat another row exactly; copies make any "
            "nearest-neighbour estimate too high: remove them if they are not real",
            (*x.names, *y.names),
        )


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
    found: int = variable.remember(
        "divisor", lambda: _divisor(variable.values[variable.order(), :1])
    )
    return found


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


def lag_one(values: Vector) -> float:
    """The autocorrelation of a series at lag 1."""
    centred = values - values.mean()
    power = float(centred @ centred)
    return float(centred[1:] @ centred[:-1]) / power if power > 0 else 0.0


def _persistence(variable: Variable) -> float:
    """The largest lag-1 autocorrelation of the columns, kept with the variable."""
    columns = range(variable.n_dims)
    found: float = variable.remember(
        "persistence", lambda: max(lag_one(variable.values[:, j]) for j in columns)
    )
    return found


def _autocorrelation(x: Variable, y: Variable) -> Iterator[Note]:
    if len(x) < FEW_ROWS or "discrete" in x.kinds + y.kinds:
        return
    phi_x, phi_y = _persistence(x), _persistence(y)
    if min(phi_x, phi_y) > AUTOCORRELATION:
        effective = len(x) * (1 - phi_x * phi_y) / (1 + phi_x * phi_y)
        yield Note(
            "autocorrelation",
            f"neighbouring rows of {x.name!r} and {y.name!r} resemble each other (lag-1 "
            f"autocorrelation {phi_x:.2f} and "
            f"{phi_y:.2f}; worth about {effective:.0f} independent rows): if the rows are in time, "
            "say --order time; if the file is merely sorted, say --order none",
            (*x.names, *y.names),
        )


def table_notes(
    x: Variable, y: Variable, n_rows: int, facts: Mapping[str, float]
) -> Iterator[Note]:
    """What to know of an estimate from counts; ``facts`` hold the levels counted (bins too)."""
    n_cells = prod(int(facts.get(f"levels_{side}", 1)) for side in ("x", "y", "given"))
    if n_cells > n_rows / ROWS_PER_CELL:
        yield Note(
            "undersampled_table",
            f"{x.name!r} and {y.name!r} have {n_cells} cells for {n_rows} rows: fewer than "
            f"{ROWS_PER_CELL} rows a cell leave a bias that no correction removes",
            (*x.names, *y.names),
        )


def neighbour_notes(
    x: Variable, y: Variable, mi: float, facts: Mapping[str, float]
) -> Iterator[Note]:
    """What to know of an estimate from nearest neighbours; ``facts`` hold rows it left out."""
    names = (*x.names, *y.names)
    n_single = int(facts.get("n_singletons", 0))
    if n_single > SINGLETON_SHARE * len(x):
        side = x if x.kind == "discrete" else y
        yield Note(
            "singletons",
            f"{n_single} of {len(x)} rows are alone with their label in {side.name!r} and left "
            "out of the estimate; if it holds numbers, read it as numbers",
            side.names,
        )
    dims = x.n_dims + y.n_dims
    if dims >= MANY_DIMS:
        yield Note(
            "dimension",
            f"{dims} columns together: nearest-neighbour estimates come out too low here",
            names,
        )
    ceiling = float(np.log(len(x)))
    if mi > CEILING_SHARE * ceiling:
        yield Note(
            "ceiling",
            f"the estimate of {x.name!r} and {y.name!r} is near the largest that {len(x)} rows can "
            f"show ({ceiling:.2f} nats): read it as a lower bound",
            names,
        )
    for side in (x, y):
        if side.kind == "discrete" and mi > NEAR_ENTROPY * entropy_of_labels(side):
            yield Note(
                "near_deterministic",
                f"the other variable all but determines {side.name!r}: the estimate is near its "
                "entropy, where an interval is too narrow",
                side.names,
            )


def scale_notes(variable: Variable) -> tuple[Note, ...]:
    """What to know of numeric columns taken as they are, without a transform (kept)."""
    found: tuple[Note, ...] = variable.remember("scale", lambda: tuple(_scale_notes(variable)))
    return found


def _scale_notes(variable: Variable) -> Iterator[Note]:
    numeric = [j for j, kind in enumerate(variable.kinds) if kind != "discrete"]
    values = variable.values[:, numeric]
    spread = values.std(axis=0)
    if len(numeric) > 1 and spread.min() > 0 and spread.max() > SPREAD_RATIO * spread.min():
        yield Note(
            "scale",
            f"the columns of {variable.name!r} differ {spread.max() / spread.min():.0f}-fold in "
            "spread, so distances see only the widest; --transform normal makes them equal",
            variable.names,
        )
    for j, column, sd in zip(numeric, values.T, spread, strict=True):
        name = variable.names[j]
        squares = np.square((column - column.mean()) / sd) if sd > 0 else column
        if sd > 0 and np.mean(np.square(squares)) > HEAVY_KURTOSIS:
            yield Note(
                "heavy_tails",
                f"column {name!r} has a few values far from all others, which blur distances "
                "among the rest; --transform normal tames them",
                (name,),
            )


def entropy_of_labels(variable: Variable) -> float:
    """The plug-in entropy of a variable's joint rows, in nats."""
    share = np.bincount(variable.codes) / len(variable)
    return -float(share @ np.log(share))
