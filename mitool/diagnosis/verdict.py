"""Is this estimate to be trusted? Every check at once, and a verdict in words.

The estimate is made again from fewer rows, with more neighbours, on other scales of the columns, by
single columns and as a Gaussian copula; where together these disagree with it by more than sampling
does, it depends on something that the data do not decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from mitool.diagnosis.bias import Signs, counted, weighed
from mitool.diagnosis.columns import column_notes
from mitool.diagnosis.curves import Curve
from mitool.diagnosis.sweeps import TRANSFORMS, sweep_notes, sweeps
from mitool.diagnostics import entropy_of_labels
from mitool.diagnostics.panel import Groupings, panel_named
from mitool.errors import MitoolError, attempt
from mitool.inference.intervals import MIN_UNITS
from mitool.measure.description import failed
from mitool.measure.estimation import describe, measurement_of
from mitool.measure.measurement import Measurement
from mitool.measure.settings import Settings
from mitool.result import Estimate, Note
from mitool.result.codes import gravity_of, note_of, softened
from mitool.result.estimates import Reliability
from mitool.uncertainty import Uncertainty, with_uncertainty
from mitool.uncertainty.chosen_units import units_of
from mitool.uncertainty.interval import widest_level
from mitool.uncertainty.uncertainty import DEFAULT_LEVEL
from mitool.variables import Variable

Verdict = Literal["trust", "caution", "do not report"]


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
                if sweep.kind == "transforms":  # places without a meaning of their own
                    yield f"transform {changed.transform}", None, changed
                else:
                    yield sweep.title, at, changed
        for name, value in self.ceilings.items():
            yield f"ceiling {name}", None, replace(bare, mi=value)

    def _changed(self, sweep: Curve, at: float) -> dict[str, Any]:
        """What differs from the estimate at a step."""
        if sweep.estimand is not None:
            return {"estimand": sweep.estimand} | ({} if sweep.has_unit else {"unit": None})
        if sweep.parameter is not None:
            return {"params": {**self.estimate.params, sweep.parameter: int(at)}}
        if sweep.kind == "rows":
            return {"n_used": int(at)}
        return {"transform": TRANSFORMS[int(at)]} if sweep.kind == "transforms" else {}

    @property
    def note(self) -> Note:
        """The verdict in words."""
        names = tuple(name for name in (self.estimate.x, self.estimate.y) if name)
        note = note_of("verdict", names, verdict=self.verdict, sentence=self.sentence)
        return softened(note) if self.verdict == "trust" else note


def diagnose(
    x: Variable,
    y: Variable,
    given: Variable | None = None,
    settings: Settings | None = None,
    uncertainty: Uncertainty | None = None,
    n_jobs: int = 1,
    columns: Groupings = list,
) -> Diagnosis:
    """Check an estimate from every side.

    Parameters
    ----------
    x, y, given
        Gathered variables of the same rows.
    settings, uncertainty
        As for an estimate; an interval of level 0.95, or as wide as the estimator has, is
        made where none is asked for. Rows in time (``order``) are looked at for drifts, and
        parted by blocks.
    columns
        Gives the other columns of the same rows, of which one may group them.
    """
    wanted = uncertainty or Uncertainty()
    settings = settings or Settings()
    settings = settings.in_time() if wanted.order == "time" else settings
    measurement, n_dropped = measurement_of(x, y, given, settings)
    level = widest_level(measurement.method.estimator, DEFAULT_LEVEL)
    wanted = wanted if wanted.level else replace(wanted, level=level)
    estimate = describe(measurement, n_dropped)
    if (n_rows := len(measurement.x)) < MIN_UNITS and not measurement.is_constant:
        sentence = f"{n_rows} rows cannot show how far off it is; {MIN_UNITS} or more can"
        return Diagnosis(estimate, "do not report", sentence)
    estimate = with_uncertainty(measurement, estimate, wanted, n_jobs)
    estimate = panel_named(estimate, x, y, columns)
    if measurement.is_constant:
        return Diagnosis(estimate, "trust", "a constant tells nothing of anything: 0 is exact")
    units = units_of(measurement, wanted.order, wanted.block)
    curves = tuple(sweeps(measurement, units, n_jobs))
    notes = (*_judged(measurement, estimate, curves, n_jobs), *sweep_notes(curves))
    verdict, sentence = judge(notes)
    estimate = replace(estimate, notes=notes, reliability=_reliability(estimate, verdict))
    return Diagnosis(estimate, verdict, sentence, curves, _ceilings(measurement))


def _judged(
    measurement: Measurement, estimate: Estimate, curves: Sequence[Curve], n_jobs: int
) -> Iterator[Note]:
    """Weigh the signs of a bias in mutual information; in another measure each stands alone."""
    if estimate.estimand != "mi" or estimate.interval is None:
        yield from estimate.notes
        return
    signs = Signs.of(estimate, curves)
    notes = [counted(note, measurement) for note in estimate.notes]
    yield from weighed(notes, signs)
    yield from column_notes(measurement, signs.chance, n_jobs)


def diagnose_one_of_many(
    x: Variable,
    y: Variable,
    given: Variable | None = None,
    settings: Settings | None = None,
    uncertainty: Uncertainty | None = None,
    n_jobs: int = 1,
    columns: Groupings = list,
) -> Diagnosis:
    """Diagnose one pair of many: what cannot be estimated is not to be reported."""
    settings = settings or Settings()

    def not_to_report(error: MitoolError) -> Diagnosis:
        return Diagnosis(failed(x, y, given, settings, str(error)), "do not report", str(error))

    how = (settings, uncertainty, n_jobs, columns)
    return attempt(lambda: diagnose(x, y, given, *how), not_to_report)


def judge(notes: tuple[Note, ...]) -> tuple[Verdict, str]:
    """Weigh the notes: the gravest decides."""
    warnings = [note for note in notes if note.level == "warning"]
    severe = [note for note in warnings if gravity_of(note) == "severe"]
    doubtful = [note for note in warnings if gravity_of(note) == "doubtful"]
    if severe:
        return "do not report", severe[0].message
    if doubtful:
        return "caution", doubtful[0].message
    return "trust", "no check speaks against it; a bias that shows in none of them is not covered"


def _reliability(estimate: Estimate, verdict: Verdict) -> Reliability | None:
    return None if estimate.reliability is None else "ok" if verdict == "trust" else "low"


def _ceilings(measurement: Measurement) -> dict[str, float]:
    """The largest values that this many rows, or these labels, can show; in nats."""
    ceilings = {"log_n": float(np.log(len(measurement.x)))}
    for side in ("x", "y"):
        variable = getattr(measurement, side)
        if variable.kind == "discrete":
            ceilings[f"entropy_{side}"] = entropy_of_labels(variable)
    return ceilings
