"""Learning curves as pictures: what lies above the final loss is the structure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mitool.models.curve_files import LossCurve
from mitool.models.curve_findings import CurveRequest
from mitool.plots.figure import panels_in
from mitool.units import PER_NAT


def draw_curves(curves: Sequence[LossCurve], request: CurveRequest, path: Path) -> None:
    """Draw each run into a panel of its own; losses are in the unit they came in."""
    with panels_in(path, len(curves)) as panels:
        for curve, panel in zip(curves, panels, strict=True):
            tokens = curve.tokens * request.tokens_per_step
            final = request.split(curve).final_loss * PER_NAT[request.loss_unit]
            panel.plot(tokens, curve.losses, linewidth=1, color="0.2")
            panel.fill_between(tokens, final, curve.losses, color="0.85", label="structure")
            panel.axhline(final, linestyle="--", linewidth=1, color="0.6", label="final loss")
            panel.set(
                title="" if curve.run is None else curve.run,
                xlabel="tokens",
                ylabel=f"loss ({request.loss_unit})",
            )
            panel.legend(frameon=False, fontsize="small")
