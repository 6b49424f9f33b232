"""Learning curves as pictures: what lies above the final loss is the structure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from mitool.models.curve_files import LossCurve
from mitool.models.curve_findings import CurveRequest
from mitool.plots.picture import Picture, label
from mitool.plots.style import ACCENT, BAND, FAINT
from mitool.units import PER_NAT


def learning_pictures(curves: Sequence[LossCurve], request: CurveRequest) -> list[Picture]:
    """Give a picture of each run; losses are in the unit they came in."""
    pictures = []
    for curve in curves:
        title = "Losses" if curve.run is None else f"run {label(curve.run)}"
        words = f"{title}: {len(curve.losses)} losses, and what of them lies above the final loss."
        paint = partial(_paint, curve=curve, request=request, title=title)
        pictures.append(Picture(title, words, (5.5, 3.4), paint))
    return pictures


def _paint(figure: Any, curve: LossCurve, request: CurveRequest, title: str) -> None:
    panel = figure.subplots()
    tokens = curve.tokens * request.tokens_per_step
    final = request.split(curve).final_loss * PER_NAT[request.loss_unit]
    panel.plot(tokens, curve.losses, linewidth=1, color=ACCENT)
    panel.fill_between(tokens, final, curve.losses, color=BAND, label="structure")
    panel.axhline(final, linestyle="--", linewidth=1, color=FAINT, label="final loss")
    panel.set(title=title, xlabel="tokens", ylabel=f"loss ({request.loss_unit})")
    panel.legend()
