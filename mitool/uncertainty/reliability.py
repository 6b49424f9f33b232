"""Whether an interval can be relied on: the estimate is made again in ways that should agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain

import numpy as np

from mitool.diagnostics.row_notes import FEW_ROWS
from mitool.errors import MitoolError
from mitool.estimators.parameters import create
from mitool.inference.evidence import Evidence, evidence_notes
from mitool.inference.resampling import parts
from mitool.inference.sampling_units import single_rows
from mitool.measure.measurement import Measurement
from mitool.measure.method import Method
from mitool.parallel import map_if_long
from mitool.result import Interval, Note
from mitool.result.codes import gravity_of, note_of
from mitool.seeds import stream
from mitool.uncertainty.interval import task_of
from mitool.variables import Rows

Way = Callable[[], float | None]
"""Makes the estimate again; None where it cannot."""

QUARTERS, HALVES = 4, 2
SHUFFLES = 2
FEWEST_ROWS_IN_A_PART = 25


def notes(measurement: Measurement, interval: Interval, n_jobs: int = 1) -> Iterator[Note]:
    """Say what disagrees with an estimate; counts are judged by their cells instead."""
    if measurement.method.estimator.family == "counts":
        return
    yield from _few_rows(measurement)
    if interval.sampling_se == 0.0:
        return
    n, fewest = len(measurement.x), FEWEST_ROWS_IN_A_PART
    n_parts = next((many for many in (QUARTERS, HALVES) if many * fewest <= n), None)
    ways: list[Way] = [partial(_coarser, measurement), partial(_copula, measurement)]
    every = chain(ways, _ways_in_parts(measurement, n_parts))
    coarser, copula, *in_parts = map_if_long(lambda way: way(), every, n_jobs)
    missing = not in_parts or None in in_parts
    mean = None if missing else float(np.mean(np.array(in_parts, dtype=np.float64)))
    quarter, half = (mean if n_parts == many else None for many in (QUARTERS, HALVES))
    values = measurement.value.mi, interval.sampling_se, quarter, coarser, copula, half
    has_unit = measurement.method.estimator.has_unit
    yield from evidence_notes(Evidence(*values, has_unit, interval.apart))


def _few_rows(measurement: Measurement) -> Iterator[Note]:
    x, y = measurement.x, measurement.y
    if len(x) < FEW_ROWS:
        words = {"n_rows": len(x), "x": x.name, "y": y.name, "enough": FEW_ROWS}
        yield note_of("few_rows", (*x.names, *y.names), **words)


def is_low(all_notes: Iterable[Note]) -> bool:
    """Whether one of the notes makes the interval unreliable."""
    return any(gravity_of(note) != "plain" for note in all_notes)


def _ways_in_parts(measurement: Measurement, n_parts: int | None) -> Iterator[Way]:
    """Give what estimates on each part of the rows, in some ways to part them."""
    units, seed = single_rows(len(measurement.x)), measurement.method.seed
    task = task_of(measurement, "quarters")
    for shuffle in range(SHUFFLES if n_parts else 0):
        for rows in parts(units, n_parts or 1, stream(seed, task, shuffle)):
            yield partial(_on_part, measurement, rows)


def _on_part(measurement: Measurement, rows: Rows) -> float | None:
    try:
        return measurement.replicate(rows)
    except MitoolError:  # too few in all levels of a condition
        return None


def _coarser(measurement: Measurement) -> float | None:
    coarser = measurement.coarser()
    try:
        return None if coarser is None else coarser.value.mi
    except MitoolError:  # more neighbours than all levels of a condition have rows
        return None


def _copula(measurement: Measurement) -> float | None:
    """The Gaussian copula of numeric variables, re-scored, where the estimand is their MI."""
    x, y, method = measurement.x, measurement.y, measurement.method
    if method.estimator.estimand != "mi" or method.estimator.family == "gaussian":
        return None
    copula = create("gcmi", {"rescore": True})
    if measurement.given is not None or (x.kind, y.kind) not in copula.accepts:
        return None
    if len(x) < 2 * (x.n_dims + y.n_dims) + 20:
        return None
    bound = Method("gcmi", copula, copula.default_transform, method.seed)
    try:
        return replace(measurement, method=bound).value.mi
    except MitoolError:  # columns of one side determine another: it is without bound
        return None
