"""What learning curves say of structure and residual, as findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mitool.choices import FinalLoss, Unit
from mitool.errors import UsageError
from mitool.inference.bounds import check_level
from mitool.inference.jackknife import delete_one
from mitool.models.curve_files import LossCurve
from mitool.models.finding import Finding
from mitool.models.learning_curves import Split, split
from mitool.result.codes import note_of
from mitool.units import PER_NAT

PARTS = ("structure", "residual", "total")


@dataclass(frozen=True)
class CurveRequest:
    """What the final loss is, and in what unit losses are; a step is so many tokens."""

    final: FinalLoss = "window"
    loss_unit: Unit = "nats"
    tokens_per_step: float = 1.0
    level: float | None = 0.95

    def __post_init__(self) -> None:
        if not 0.0 < self.tokens_per_step < float("inf"):
            raise UsageError(f"--tokens-per-step must be above 0, got {self.tokens_per_step:g}")
        if self.level is not None:
            check_level(self.level)

    def split(self, curve: LossCurve) -> Split:
        """Split one curve, in nats."""
        if self.tokens_per_step != 1.0 and not curve.counts_steps:
            raise UsageError("--tokens-per-step is for steps, and the curve counts tokens")
        tokens = curve.tokens * self.tokens_per_step
        losses = curve.losses / PER_NAT[self.loss_unit]
        return split(tokens, losses, last=self.final == "last")


def curve_findings(
    name: str, curves: Sequence[LossCurve], request: CurveRequest
) -> Iterator[Finding]:
    """Give structure, residual and total: the mean of several runs first, then each run."""
    splits = [request.split(curve) for curve in curves]
    if len(splits) > 1:
        for part in PARTS:
            yield _mean(name, part, [getattr(each, part) for each in splits], request)
    for curve, found in zip(curves, splits, strict=True):
        for part in PARTS:
            finding = _finding(name, part, float(getattr(found, part)), request)
            facts = {"tokens": found.n_tokens}
            if curve.n_parameters is not None:
                facts["parameters"] = curve.n_parameters
            yield replace(
                finding,
                form=None if curve.run is None else f"run {curve.run}",
                extras={"final_loss": found.final_loss},
                facts=facts,
                n_used=len(curve.tokens),
            )


def _mean(name: str, part: str, values: Sequence[float], request: CurveRequest) -> Finding:
    mean, n = float(np.mean(values)), len(values)
    without = (n * mean - np.array(values)) / (n - 1)
    interval = None if request.level is None else delete_one(mean, without, request.level)
    finding = _finding(name, part, mean, request)
    return replace(finding, form=f"mean of {n} runs", interval=interval, n_used=n)


def _finding(name: str, part: str, value: float, request: CurveRequest) -> Finding:
    return Finding(
        x=name,
        y=None,
        estimator=part,
        mi=value,
        params={"final": request.final},
        estimand="code_length",
        notes=(note_of("order_of_training"),),
    )
