"""Is this estimate to be trusted? Every check at once, and a verdict in words.

The estimate is made again from fewer rows, with more neighbours, on other scales of the columns
and as a Gaussian copula; where these disagree beyond its standard error, it depends on something
that the data do not decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from mitool.curves import Curve, curves, in_words
from mitool.diagnostics import entropy_of_labels
from mitool.errors import MitoolError, UsageError
from mitool.inference.intervals import MIN_UNITS
from mitool.inference.reliability import LOW
from mitool.inference.resampling import parts
from mitool.inference.units import single_rows
from mitool.measurement import Measurement, describe, measurement_of
from mitool.method import Settings
from mitool.parallel import ordered_map
from mitool.result import Estimate, Note
from mitool.seeds import stream
from mitool.uncertainty import Uncertainty, judged
from mitool.uncertainty.interval import task_of
from mitool.variables import Variable

Verdict = Literal["trust", "caution", "do not report"]

SEVERE = frozenset(
    {
        "below_gaussian_bound",
        "duplicate_rows",
        "undersampled_table",
        "ceiling",
        "sparse_levels",
    }
)
"""Signs of an error that is likely larger than the interval: the number itself is wrong."""
NEIGHBOURS = (1, 2, 3, 4, 5, 7, 10, 15, 20, 30)
FRACTIONS = (8, 4, 2)
FEWEST_ROWS = 25
TRANSFORMS = ("normal", "standard", "rank")
SCALE_DRIFT = 2.0


@dataclass(frozen=True)
class Diagnosis:
    """An estimate with its interval and notes, the sweeps behind them, and the verdict."""

    estimate: Estimate
    verdict: Verdict
    sentence: str
    sweeps: tuple[Curve, ...] = ()
    ceilings: Mapping[str, float] = field(default_factory=dict)

    def steps(self) -> Iterator[tuple[str, float | None, Estimate]]:
        """Give each step of each sweep: its name, its place and the estimate there."""
        bare = replace(
            self.estimate, interval=None, reliability=None, notes=(), extras={}, facts={}
        )
        for sweep in self.sweeps:
            for at, value in sweep.steps:
                changed = replace(bare, mi=value, **self._changed(sweep, at))
                if sweep.title == "transforms":  # places without a meaning of their own
                    yield f"transform {changed.transform}", None, changed
                else:
                    yield sweep.title, at, changed
        for name, value in self.ceilings.items():
            yield f"ceiling {name}", None, replace(bare, mi=value)

    def _changed(self, sweep: Curve, at: float) -> dict[str, Any]:
        """What differs from the estimate at a step."""
        if sweep.estimand is not None:
            return {"estimand": sweep.estimand} | ({} if sweep.has_unit else {"unit": None})
        if sweep.title == "neighbours":
            return {"params": {**self.estimate.params, sweep.x_label: int(at)}}
        if sweep.title == "rows":
            return {"n_used": int(at)}
        return {"transform": TRANSFORMS[int(at)]} if sweep.title == "transforms" else {}

    @property
    def note(self) -> Note:
        """The verdict in words."""
        names = tuple(name for name in (self.estimate.x, self.estimate.y) if name)
        level: Literal["note", "warning"] = "note" if self.verdict == "trust" else "warning"
        return Note("verdict", f"{self.verdict}: {self.sentence}", names, level)


def diagnose(
    x: Variable,
    y: Variable,
    given: Variable | None = None,
    settings: Settings | None = None,
    uncertainty: Uncertainty | None = None,
    n_jobs: int = 1,
) -> Diagnosis:
    """Check an estimate from every side.

    Parameters
    ----------
    x, y, given
        Gathered variables of the same rows.
    settings, uncertainty
        As for an estimate; an interval of level 0.95 is made where none is asked for.
    """
    asked = uncertainty or Uncertainty()
    asked = asked if asked.level else replace(asked, level=0.95)
    measurement, n_dropped = measurement_of(x, y, given, settings or Settings())
    estimate = describe(measurement, n_dropped)
    if (n_rows := len(measurement.x)) < MIN_UNITS and not measurement.is_constant:
        sentence = f"{n_rows} rows cannot show how far off it is; {MIN_UNITS} or more can"
        return Diagnosis(estimate, "do not report", sentence)
    estimate = judged(measurement, estimate, asked, n_jobs)
    if measurement.is_constant:
        return Diagnosis(estimate, "trust", "a constant tells nothing of anything: 0 is exact")
    sweeps = tuple(_sweeps(measurement, n_jobs))
    notes = (*estimate.notes, *_sweep_notes(estimate, sweeps))
    verdict, sentence = judge(notes)
    estimate = replace(estimate, notes=notes, reliability=_reliability(estimate, verdict))
    return Diagnosis(estimate, verdict, sentence, sweeps, _ceilings(measurement))


def judge(notes: tuple[Note, ...]) -> tuple[Verdict, str]:
    """Weigh the notes: the gravest decides."""
    warnings = [note for note in notes if note.level == "warning"]
    severe = [note for note in warnings if note.code in SEVERE]
    low = [note for note in warnings if note.code in LOW or note.code == "transform_drift"]
    if severe:
        return "do not report", severe[0].message
    if low:
        return "caution", low[0].message
    return "trust", "no check speaks against it; a bias that shows in none of them is not covered"


def _reliability(estimate: Estimate, verdict: Verdict) -> Literal["ok", "low"] | None:
    return None if estimate.interval is None else "ok" if verdict == "trust" else "low"


def _sweeps(measurement: Measurement, n_jobs: int) -> Iterator[Curve]:
    if measurement.method.estimator.scales is not None:
        yield _neighbours(measurement, n_jobs)
    yield _rows(measurement, n_jobs)
    if measurement.method.estimator.family == "neighbours":
        yield _transforms(measurement)
    if measurement.given is None:
        cleared = measurement.method.cleared
        yield from curves(
            measurement.method.estimator, cleared(measurement.x), cleared(measurement.y)
        )


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

    return _curve("neighbours", parameter, _swept(at, ks, n_jobs), present)


def _rows(measurement: Measurement, n_jobs: int) -> Curve:
    """The mean estimate over parts of an eighth, a quarter and half of the rows."""
    n = len(measurement.x)
    rng = stream(measurement.method.seed, task_of(measurement, "diagnose"))

    def at(fraction: int) -> float:
        rows = parts(single_rows(n), fraction, rng)
        return float(np.mean([*ordered_map(measurement.replicate, rows, n_jobs)]))

    found = _swept(at, [f for f in FRACTIONS if n // f >= FEWEST_ROWS])
    steps = {n // fraction: mi for fraction, mi in found.items()} | {n: measurement.value.mi}
    return _curve("rows", "rows", steps, n)


def _swept(at: Callable[[int], float], places: Sequence[int], n_jobs: int = 1) -> dict[int, float]:
    """Estimate at each place; those that a level has too few rows for are left out."""

    def attempted(place: int) -> float | None:
        try:
            return at(place)
        except UsageError:
            raise
        except MitoolError:
            return None

    found = zip(places, ordered_map(attempted, places, n_jobs), strict=True)
    return {place: mi for place, mi in found if mi is not None}


def _curve(title: str, x_label: str, steps: Mapping[int, float], mark: int) -> Curve:
    places, values = tuple(map(float, steps)), tuple(steps.values())
    return Curve(title, x_label, "nats", places, values, float(mark))


def _transforms(measurement: Measurement) -> Curve:
    """The estimate on other scales of the columns: MI itself is the same on all of them."""
    values = tuple(
        replace(measurement, method=replace(measurement.method, transform=how)).value.mi
        for how in TRANSFORMS
    )
    places = tuple(map(float, range(len(TRANSFORMS))))
    return Curve("transforms", " / ".join(TRANSFORMS), "nats", places, values, log_x=False)


def _sweep_notes(estimate: Estimate, sweeps: tuple[Curve, ...]) -> Iterator[Note]:
    """What only the sweeps can show."""
    for sweep in sweeps:
        if sweep.title == "transforms" and estimate.interval is not None:
            normal, standard = sweep.y[:2]
            if abs(normal - standard) > SCALE_DRIFT * estimate.interval.sampling_se:
                yield Note(
                    "transform_drift",
                    f"the estimate is {normal:.3g} nats on normal scores but {standard:.3g} on "
                    "standardised columns, though MI is the same on both: outliers or sharp edges "
                    "decide it",
                )
        elif sweep.x_label.startswith("bandwidth"):
            yield Note("bandwidth", f"{sweep.title}: {in_words(sweep)}", level="note")


def _ceilings(measurement: Measurement) -> dict[str, float]:
    """The largest values that this many rows, or these labels, can show; in nats."""
    found = {"log_n": float(np.log(len(measurement.x)))}
    for side in ("x", "y"):
        variable = getattr(measurement, side)
        if variable.kind == "discrete":
            found[f"entropy_{side}"] = entropy_of_labels(variable)
    return found
