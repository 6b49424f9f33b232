"""The estimate made again: with more neighbours, fewer rows, on other scales and bandwidths."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from mitool.diagnosis.curves import Curve, CurveKind, curves, in_words
from mitool.errors import attempt
from mitool.inference.resampling import parts
from mitool.inference.sampling_units import Units
from mitool.measure.measurement import Measurement
from mitool.parallel import ordered_map
from mitool.result import Note
from mitool.result.codes import note_of
from mitool.seeds import stream
from mitool.uncertainty.interval import task_of

NEIGHBOURS = (1, 2, 3, 4, 5, 7, 10, 15, 20, 30)
FRACTIONS = (8, 4, 2)
FEWEST_ROWS = 25
SHUFFLES = 4
"""Times that the rows are parted: the means of parts then vary by less than the estimate does."""
TRANSFORMS = ("normal", "standard", "rank")


def sweeps(measurement: Measurement, units: Units, n_jobs: int) -> Iterator[Curve]:
    """Give every sweep that the estimator and the variables have; units of rows stay together."""
    if measurement.method.estimator.scales is not None:
        yield _neighbours(measurement, n_jobs)
    yield _rows(measurement, units, n_jobs)
    if measurement.method.estimator.family == "neighbours":
        yield _transforms(measurement)
    if measurement.given is None:
        x, y = measurement.method.transformed(*measurement.variables)
        yield from curves(measurement.method.estimator, x, y)


def _neighbours(measurement: Measurement, n_jobs: int) -> Curve:
    """The estimate with few and many neighbours."""
    method = measurement.method
    assert method.estimator.scales is not None
    parameter = method.estimator.scales[0]
    present = getattr(method.estimator, parameter)
    ks = sorted({*NEIGHBOURS, present})
    ks = [k for k in ks if k < len(measurement.x) // 4] or [present]

    def at(k: int) -> float:
        estimator = replace(method.estimator, **{parameter: k})
        return replace(measurement, method=replace(method, estimator=estimator)).value.mi

    curve = _curve("neighbours", parameter, _swept(at, ks, n_jobs), present)
    return replace(curve, parameter=parameter)


def _rows(measurement: Measurement, units: Units, n_jobs: int) -> Curve:
    """The mean estimate over parts of an eighth, a quarter and half of the rows."""
    n = len(measurement.x)
    rng = stream(measurement.method.seed, task_of(measurement, "diagnose"))

    def at(fraction: int) -> float:
        rows = (part for _ in range(SHUFFLES) for part in parts(units, fraction, rng))
        return float(np.mean([*ordered_map(measurement.replicate, rows, n_jobs)]))

    values = _swept(at, [f for f in FRACTIONS if n // f >= FEWEST_ROWS])
    steps = {n // fraction: mi for fraction, mi in values.items()} | {n: measurement.value.mi}
    return _curve("rows", "rows", steps, n)


def _swept(at: Callable[[int], float], places: Sequence[int], n_jobs: int = 1) -> dict[int, float]:
    """Estimate at each place; those that a level has too few rows for are left out."""

    def value_at(place: int) -> float | None:
        return attempt(lambda: at(place), lambda error: None)

    values = ordered_map(value_at, places, n_jobs)
    return {place: mi for place, mi in zip(places, values, strict=True) if mi is not None}


def _curve(kind: CurveKind, x_label: str, steps: Mapping[int, float], mark: int) -> Curve:
    places, values = tuple(map(float, steps)), tuple(steps.values())
    return Curve(kind, kind, x_label, "nats", places, values, float(mark))


def _transforms(measurement: Measurement) -> Curve:
    """The estimate on other scales of the columns: MI itself is the same on all of them."""
    values = tuple(
        replace(measurement, method=replace(measurement.method, transform=how)).value.mi
        for how in TRANSFORMS
    )
    places = tuple(map(float, range(len(TRANSFORMS))))
    label = " / ".join(TRANSFORMS)
    return Curve("transforms", "transforms", label, "nats", places, values, log_x=False)


def sweep_notes(curves: Sequence[Curve]) -> Iterator[Note]:
    """What a sweep shows that no other sign can be weighed against."""
    for sweep in curves:
        if sweep.kind == "bandwidth":
            yield note_of("bandwidth", title=sweep.title, words=in_words(sweep))
