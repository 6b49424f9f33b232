"""One look for all pictures: readable in grey, for colour-blind readers and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

INK = "0.15"
FAINT = "0.6"
BAND = "0.88"
ACCENT = "#0072b2"  # Okabe and Ito's blue; its grey is dark
SECOND = "#d55e00"  # their vermilion; its grey is lighter, and it is never told by colour alone
SEQUENCE = "YlGnBu"  # from pale, for nothing, to dark; told apart in grey and by colour-blind eyes
MARKERS = "osD^vP"  # beside colours, so that lines can be told without these

SETTINGS: Any = {
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": "medium",
    "axes.titlelocation": "left",
    "font.family": "sans-serif",
    "font.size": 9,
    "legend.frameon": False,
    "pdf.fonttype": 42,  # text stays text
    "svg.fonttype": "none",
    "svg.hashsalt": "mitool",  # the same picture is the same file
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


@contextmanager
def in_style() -> Iterator[None]:
    """Draw what is inside in the house's look, and say nothing of letters that fonts lack."""
    import warnings

    from matplotlib import rc_context

    with rc_context(SETTINGS), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")
        yield
