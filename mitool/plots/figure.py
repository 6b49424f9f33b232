"""Curves as pictures, side by side in one file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mitool.diagnosis.curves import Curve
from mitool.errors import ExitStatus, MitoolError
from mitool.report.atomic import atomic
from mitool.report.places import check_writable

INCHES = (4.5, 3.4)  # one panel


def check_drawable(path: Path) -> None:
    """Refuse a file into which no picture could be drawn in the end."""
    check_writable(path)
    kind_of(path, blank(*INCHES))


def draw(curves: Sequence[Curve], path: Path) -> None:
    """Draw curves side by side into a file; its suffix says the format (png, svg, pdf)."""
    check_writable(path)
    width, height = INCHES
    n_panels = max(len(curves), 1)
    figure = blank(width * n_panels, height)
    kind = kind_of(path, figure)
    panels = figure.subplots(1, n_panels, squeeze=False)[0]
    for panel, curve in zip(panels, curves, strict=False):
        _plot(curve, panel)
    if not curves:
        panels[0].set_title("too few rows for any sweep")
    save(figure, path, kind)


def save(figure: Any, path: Path, kind: str) -> None:
    """Write a figure whole or not at all, without a date."""
    with atomic(path) as file:
        figure.savefig(file, format=kind, dpi=150, metadata=_NO_DATE.get(kind))


def blank(width: float, height: float) -> Any:
    """Give an empty figure of a size in inches."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MitoolError(
            "pictures need matplotlib; install it with: pip install 'mitool[plot]'",
            exit_status=ExitStatus.MISSING_EXTRA,
        ) from error
    return Figure(figsize=(width, height), layout="constrained")


def kind_of(path: Path, figure: Any) -> str:
    """Give the kind of picture that a suffix stands for."""
    known = figure.canvas.get_supported_filetypes()
    suffix = path.suffix.lstrip(".").lower()
    if suffix not in known:
        raise MitoolError(
            f"cannot draw into {path.name!r}; its suffix must be one of {', '.join(sorted(known))}"
        )
    return suffix


def _plot(curve: Curve, panel: Any) -> None:
    panel.plot(curve.x, curve.y, marker="o", markersize=3, color="0.2")
    if curve.mark is not None:
        panel.axvline(curve.mark, linestyle="--", linewidth=1, color="0.6")
    panel.set(title=curve.title, xlabel=curve.x_label, ylabel=curve.y_label)
    if curve.log_x:
        panel.set_xscale("log", base=2)
        panel.minorticks_off()
    panel.xaxis.set_major_formatter("{x:g}")


_NO_DATE: dict[str, dict[str, None]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
