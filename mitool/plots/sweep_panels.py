"""A diagnosis as pictures: how the estimate changes with what it should not depend on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mitool.diagnosis import Diagnosis
from mitool.diagnosis.curves import Curve
from mitool.diagnosis.sweeps import TRANSFORMS
from mitool.plots.picture import Picture, label
from mitool.plots.style import ACCENT, BAND, FAINT
from mitool.result import Interval

INCHES = (4.5, 3.4)  # one panel


def diagnosis_pictures(diagnosis: Diagnosis) -> list[Picture]:
    """Give the picture of a diagnosis: its sweeps, under names and verdict."""
    estimate = diagnosis.estimate
    names = " with ".join(label(name) for name in (estimate.x, estimate.y) if name)
    title = f"{names}, {estimate.estimator}: {diagnosis.verdict}"
    return sweeps(diagnosis.sweeps, title, estimate.interval)


def sweeps(
    curves: Sequence[Curve], title: str = "", interval: Interval | None = None
) -> list[Picture]:
    """Give one picture of all sweeps, a panel each; the band is the estimate's interval."""
    words = "Sweeps of the estimate: " + ", ".join(curve.title for curve in curves)
    width, height = INCHES

    def paint(figure: Any) -> None:
        panels = figure.subplots(1, max(len(curves), 1), squeeze=False)[0]
        for panel, curve in zip(panels, curves, strict=False):
            _paint(curve, panel, interval)
        if not curves:
            panels[0].set_title("too few rows for any sweep")
        if title:
            figure.suptitle(title, x=0.01, ha="left")

    return [Picture(title or "Sweeps", words, (width * max(len(curves), 1), height), paint)]


def _paint(curve: Curve, panel: Any, interval: Interval | None) -> None:
    line = "none" if curve.kind == "transforms" else "-"  # categories are not joined
    if interval is not None and curve.estimand is None:
        panel.axhspan(interval.low, interval.high, color=BAND, linewidth=0)
    panel.plot(curve.x, curve.y, marker="o", linestyle=line, markersize=3, color=ACCENT)
    if curve.mark is not None:
        panel.axvline(curve.mark, linestyle="--", linewidth=1, color=FAINT)
    panel.set(title=curve.title, xlabel=curve.x_label, ylabel=curve.y_label)
    if curve.kind == "transforms":
        panel.set_xticks(curve.x, TRANSFORMS[: len(curve.x)])
        panel.set_xlabel("scale of the columns")
        panel.margins(x=0.2)
        return
    if curve.log_x:
        panel.set_xscale("log", base=2)
        panel.minorticks_off()
    panel.xaxis.set_major_formatter("{x:g}")
