"""What class probabilities and labels prove of I(X;Y), as findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

import numpy as np

from mitool.choices import Unit
from mitool.errors import MitoolError, UsageError
from mitool.inference.bounds import check_level
from mitool.inference.jackknife import delete_one
from mitool.models.classes.calibration import Calibration
from mitool.models.classes.class_rows import ClassRows
from mitool.models.classes.conformal import Rule, Sets
from mitool.models.classes.guarantee import guaranteed
from mitool.models.classes.proofs import Proof, fano, log_loss, semantic
from mitool.models.classes.shannon import entropy_of_counts, entropy_without_one
from mitool.models.finding import Finding
from mitool.result import Interval
from mitool.result.codes import note_of
from mitool.units import PER_NAT
from mitool.variables import Matrix, Rows, Vector

PROOFS: dict[str, Callable[[Matrix, Rows], Proof]] = {
    "semantic": semantic,
    "log-loss": log_loss,
    "fano": fano,
}
"""The headline first: it is never below log-loss of the same rows."""

OF_TRUTHS = ("semantic",)
"""Those that need no probabilities."""


@dataclass(frozen=True)
class ClassRequest:
    """What is asked of class probabilities; a guarantee holds with confidence 1 - ``delta``."""

    calibration: Calibration = field(default_factory=Calibration)
    delta: float = 0.05
    prior: Vector | None = None
    level: float | None = 0.95

    def __post_init__(self) -> None:
        if not 0.0 < self.delta < 1.0:
            raise UsageError(f"--delta must lie between 0 and 1, got {self.delta:g}")
        if self.level is not None:
            check_level(self.level)


def class_findings(rows: ClassRows, request: ClassRequest) -> Iterator[Finding]:
    """Give a finding for each bound: those of all rows, then those of conformal sets."""
    if len(rows.labels) < 2:
        raise MitoolError(f"{rows.name} has one row; bounds of information need two or more")
    for name, formula in PROOFS.items():
        if rows.is_normalised or name in OF_TRUTHS:
            yield _proved(name, formula(rows.log_probs, rows.labels), rows, request)
    if rows.is_normalised:
        yield from _conformal(rows, request)


def _proved(name: str, proof: Proof, rows: ClassRows, request: ClassRequest) -> Finding:
    """Put a bound into words; one of a label that the model ruled out is skipped, and says why."""
    counts = np.bincount(rows.labels, minlength=rows.n_classes)
    facts: dict[str, float] = {"classes": rows.n_classes}
    if rows.is_normalised:
        right = rows.log_probs.argmax(axis=1) == rows.labels
        facts["accuracy"] = float(right.mean())
    finding = replace(_finding(name, proof.value, rows, entropy_of_counts(counts)), facts=facts)
    if not isfinite(proof.value):
        return replace(finding, mi=None, status="skipped", message=_ruled_out(rows))
    return replace(finding, interval=_interval(proof.value, proof.without, request))


def _finding(name: str, value: float, rows: ClassRows, h_y: float) -> Finding:
    """Say what all bounds have in common: none can exceed the entropy of the labels."""
    return Finding(
        x=rows.name,
        y=None,
        estimator=name,
        mi=value,
        extras={"entropy_y": h_y},
        n_used=len(rows.labels),
        kind="lower",
        ceiling=h_y,
        notes=(note_of("held_out", name=rows.name),),
    )


def _interval(value: float, without: Vector, request: ClassRequest) -> Interval | None:
    return None if request.level is None else delete_one(value, without, request.level)


def _ruled_out(rows: ClassRows) -> str:
    own = rows.log_probs[np.arange(len(rows.labels)), rows.labels]
    n = int(np.isneginf(own).sum())
    return f"the value is -inf: the model gives 0 to the label of {n} rows"


def _conformal(rows: ClassRows, request: ClassRequest) -> Iterator[Finding]:
    """Yield the two forms as estimates, and what the test rows guarantee."""
    marks = request.calibration.marked(rows)
    rule = request.calibration.rule(rows, marks)
    labels = rows.labels[~marks]
    sets = rule.sets(np.exp(rows.log_probs[~marks]), labels)
    counts = np.bincount(labels, minlength=rows.n_classes)
    h_y, facts = entropy_of_counts(counts), _facts(rule, sets, int(marks.sum()), rows)

    def of(form: str, bound: float, **more: Any) -> Finding:
        finding = _finding("conformal", h_y - bound, rows, h_y)
        extras = {"entropy_y": h_y, "entropy_y_given_x": bound}
        told = {"params": _params(rule), "extras": extras, "facts": facts, "kind": "estimate"}
        return replace(finding, form=form, n_used=len(labels), **{**told, **more})

    without = entropy_without_one(counts)[labels] - sets.fano_without_one()
    yield of("fano", sets.fano, interval=_interval(h_y - sets.fano, without, request))
    yield of("simple", sets.simple)
    least = guaranteed(sets, labels, request.delta, request.prior)
    sure = {**facts, "confidence": 1.0 - request.delta}
    yield of("guaranteed", h_y - least, kind="lower", extras={"entropy_y": h_y}, facts=sure)


def _facts(rule: Rule, sets: Sets, n_calibrating: int, rows: ClassRows) -> dict[str, float]:
    facts: dict[str, float] = {
        "classes": rows.n_classes,
        "miss_rate": sets.miss_rate,
        "mean_set_size": float(sets.sizes.mean()),
        "calibrating": n_calibrating,
    }
    if rule.threshold is not None and isfinite(rule.threshold):
        facts["threshold"] = rule.threshold
    return facts


def _params(rule: Rule) -> dict[str, Any]:
    """Say how the sets are made, as a report holds parameters."""
    if rule.top is not None:
        return {"score": "top", "top": rule.top}
    return {"score": rule.score, "alpha": rule.alpha}


def class_records(rows: ClassRows, unit: Unit) -> Iterator[dict[str, Any]]:
    """Give what each row adds to the bounds, as null where it is infinite or unknown."""
    scale = PER_NAT[unit]
    terms: dict[str, Vector | None] = {
        "log_loss": log_loss(rows.log_probs, rows.labels).local if rows.is_normalised else None,
        "semantic": semantic(rows.log_probs, rows.labels).local,
    }
    for row, label in enumerate(rows.labels.tolist()):
        local = {
            name: float(values[row]) * scale
            for name, values in terms.items()
            if values is not None and isfinite(values[row])
        }
        yield {"row": row, "label": label, "unit": unit, **local}
