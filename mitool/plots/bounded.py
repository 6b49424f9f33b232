"""Bounds as a picture: each with its interval, and the most that so many contexts can show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mitool.models.bound_finding import BoundFinding
from mitool.plots.figure import panels_in

SHAPES = {"lower": ">", "upper": "<", "estimate": "o"}
"""Of the marks: a lower bound points at what lies above it."""


def draw_bounds(findings: Sequence[BoundFinding], path: Path) -> None:
    """Draw every number that has a unit, from above; half and quarter of the contexts beside it."""
    shown = [each for each in findings if each.mi is not None and each.unit is not None]
    with panels_in(path, 1) as (panel,):
        for place, finding in enumerate(shown):
            _draw(panel, place, finding)
        for ceiling in {each.ceiling for each in shown if each.ceiling is not None}:
            panel.axvline(ceiling, linestyle="--", linewidth=1, color="0.6")
        panel.set_yticks(range(len(shown)), [_name(each) for each in shown], fontsize="small")
        panel.invert_yaxis()
        unit = shown[0].unit if shown else "nats"
        panel.set_xlabel(unit)
        panel.set_title("> lower   < upper   o estimate   | log N", fontsize="small")


def _draw(panel: Any, place: int, finding: BoundFinding) -> None:
    values = [(finding.half, "0.6"), (finding.quarter, "0.8"), (finding.mi, "0.2")]
    for value, colour in values:
        if value is not None:
            panel.plot(value, place, marker=SHAPES[finding.kind], color=colour, markersize=4)
    if finding.interval is not None:
        ends = [finding.interval.low, finding.interval.high]
        panel.plot(ends, [place, place], color="0.2", linewidth=1)


def _name(finding: BoundFinding) -> str:
    return finding.estimator if finding.form is None else f"{finding.estimator} ({finding.form})"
