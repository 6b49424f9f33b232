"""Pictures: the only room that knows matplotlib, which is imported when a picture is asked for."""

from __future__ import annotations

from mitool.plots.figure import check_drawable, draw

__all__ = ["check_drawable", "draw"]
