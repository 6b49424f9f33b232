"""Bounds as findings: of one matrix of scores, of one for each group, or of two held-out halves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import isfinite, log

import numpy as np

from mitool.inference.jackknife import delete_one
from mitool.models.averaged_bounds import Evaluated, over_groups, over_parts
from mitool.models.bound_finding import BoundFinding, Subject
from mitool.models.finding import NumberKind
from mitool.models.measured_bounds import BoundRequest, Line, measured
from mitool.models.pairing import Pairing
from mitool.models.score_bounds import BOUNDS
from mitool.models.score_tiles import Scores
from mitool.result import Interval, Note
from mitool.result.codes import note_of
from mitool.units import PER_NAT

SATURATED = 0.9
"""Share of log N above which the number of contexts decides a value, and no longer the model."""


def bound_findings(
    parts: Sequence[tuple[Scores, Pairing]],
    subject: Subject,
    request: BoundRequest,
    *,
    by_group: bool = False,
) -> list[BoundFinding]:
    """Give a finding for each bound and form: of one matrix, or the mean over several.

    The mean is weighted by contexts. Where the parts are groups of one condition (``by_group``)
    they are what the jackknife leaves out, and those of one context are dropped; else it leaves
    out contexts.
    """
    if by_group:
        found = over_groups(parts, request)
    elif len(parts) == 1:
        (scores, pairing) = parts[0]
        n = pairing.n_contexts
        found = Evaluated(measured(scores, pairing, request), n, log(n) if n else 0.0)
    else:
        found = over_parts(parts, request)
    return [_finding(line, found, subject, request) for line in found.lines]


def _finding(line: Line, found: Evaluated, subject: Subject, request: BoundRequest) -> BoundFinding:
    """Put a line into words; what is infinite is skipped, and says why."""
    known = _finite(line.value)
    clip = {"clip": request.clip} if line.name == "smile" else {}
    finding = BoundFinding(
        x=subject.x,
        y=None,
        estimator=line.name,
        mi=known,
        given=subject.given,
        params={**clip, **subject.params},
        facts={**found.facts, **_lengths(known, subject)},
        n_used=found.n_contexts,
        n_dropped=found.n_dropped,
        kind=_kind(line.name, subject),
        form=line.form,
        ceiling=found.ceiling if BOUNDS[line.name].has_ceiling else None,
        transposed=_finite(line.transposed),
        half=line.half,
        quarter=line.quarter,
    )
    if known is None:
        return _skipped(finding, line.value)
    notes = tuple(_notes(finding, found.ceiling))
    return replace(finding, interval=_interval(known, line, request), notes=notes)


def _skipped(finding: BoundFinding, value: float) -> BoundFinding:
    """Leave out a bound without a finite value, and warn why."""
    reason = _reason(value)
    what = f"{finding.x}, {finding.estimator}"
    warning = note_of("failed", (finding.x,), what=what, reason=reason)
    return replace(finding, status="skipped", message=reason, notes=(warning,))


def _finite(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None


def _interval(value: float, line: Line, request: BoundRequest) -> Interval | None:
    if line.without is None or request.level is None:
        return None
    return delete_one(value, line.without, request.level)


def _kind(name: str, subject: Subject) -> NumberKind:
    """An upper bound is one only if the scores are the densities that samples were drawn from."""
    kind = BOUNDS[name].kind
    return "estimate" if kind == "upper" and not subject.is_true_density else kind


def _lengths(value: float | None, subject: Subject) -> dict[str, float]:
    if subject.n_tokens is None:
        return {}
    facts = {"tokens": subject.n_tokens}
    if value is not None:
        facts["bits_per_token"] = value * PER_NAT["bits"] / subject.n_tokens
    return facts


def _reason(value: float) -> str:
    shown = "no number" if np.isnan(value) else f"{'' if value < 0 else '+'}{value}"
    return f"the value is {shown}: scores of -inf, or far apart, leave it no finite one"


def _notes(finding: BoundFinding, ceiling: float) -> Iterator[Note]:
    is_upper = BOUNDS[finding.estimator].kind == "upper"
    if finding.mi is not None and not is_upper and finding.mi > SATURATED * ceiling > 0.0:
        what = f"{finding.estimator} ({finding.form or 'all pairs'})"
        limit = f"log N of the {finding.n_used} contexts ({ceiling:.2f} nats) lets it be"
        bound = (
            "it bounds nothing: " if finding.kind == "estimate" else "read it as a lower bound, or "
        )
        remedy = f"{bound}score more contexts"
        yield note_of("saturated", (finding.x,), what=what, limit=limit, remedy=remedy)
