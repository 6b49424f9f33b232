"""Pictures: the only room that knows matplotlib, which is imported when a picture is asked for."""

from __future__ import annotations

from mitool.plots.drawing import Drawing, Illustrated, Illustrator
from mitool.plots.figure import check_drawable, painted, save, written_to
from mitool.plots.of_rows import pictures_of
from mitool.plots.picture import Picture
from mitool.plots.sweep_panels import diagnosis_pictures, sweeps

__all__ = [
    "Drawing",
    "Illustrated",
    "Illustrator",
    "Picture",
    "check_drawable",
    "diagnosis_pictures",
    "painted",
    "pictures_of",
    "save",
    "sweeps",
    "written_to",
]
