"""Pictures: the only room that knows matplotlib, which is imported when a picture is asked for."""

from __future__ import annotations

from mitool.plots.figure import draw

__all__ = ["draw"]
