"""Pictures: the only room that knows matplotlib, which is imported when a picture is asked for."""

from __future__ import annotations

from mitool.plots.drawing import Drawing, Illustrator
from mitool.plots.figure import check_drawable, painted, save
from mitool.plots.of_rows import pictures_of
from mitool.plots.picture import Picture
from mitool.plots.sweep_panels import diagnosis_pictures, draw

__all__ = [
    "Drawing",
    "Illustrator",
    "Picture",
    "check_drawable",
    "diagnosis_pictures",
    "draw",
    "painted",
    "pictures_of",
    "save",
]
