"""Curves as pictures, side by side in one file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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
    _kind(path, _figure(*INCHES))


def draw(curves: Sequence[Curve], path: Path) -> None:
    """Draw curves side by side into a file; its suffix says the format (png, svg, pdf)."""
    with panels_in(path, max(len(curves), 1)) as panels:
        for panel, curve in zip(panels, curves, strict=False):
            _plot(curve, panel)
        if not curves:
            panels[0].set_title("too few rows for any sweep")


@contextmanager
def panels_in(path: Path, n_panels: int) -> Iterator[Sequence[Any]]:
    """Give panels side by side to draw on, and write the file once all is drawn."""
    check_writable(path)
    width, height = INCHES
    figure = _figure(width * n_panels, height)
    kind = _kind(path, figure)
    yield figure.subplots(1, n_panels, squeeze=False)[0]
    with atomic(path) as file:
        figure.savefig(file, format=kind, dpi=150, metadata=_NO_DATE.get(kind))


def _figure(width: float, height: float) -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MitoolError(
            "pictures need matplotlib; install it with: pip install 'mitool[plot]'",
            exit_status=ExitStatus.MISSING_EXTRA,
        ) from error
    return Figure(figsize=(width, height), layout="constrained")


def _kind(path: Path, figure: Any) -> str:
    """The kind of picture that a suffix stands for."""
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
