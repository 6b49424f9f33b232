"""How an estimate changes with the choices it depends on: bandwidth, diffusion time, spectrum.

Kernel and spectral measures have no value without a bandwidth; who uses one must see the curve.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, Self, runtime_checkable

import numpy as np

from mitool.estimators.base import Entropic, Estimator
from mitool.estimators.dse import DSE
from mitool.estimators.dsmi import DSMI
from mitool.kernels.gram.side import Side
from mitool.variables import Variable

FACTORS = tuple(float(2.0**k) for k in np.arange(-3.0, 3.5, 0.5))
TIMES = tuple(float(2**k) for k in range(9))
N_EIGENVALUES = 30  # the largest ones, as many as a reader takes in
STEADY = 0.1  # share by which a value may change when the bandwidth halves or doubles


CurveKind = Literal["neighbours", "rows", "transforms", "bandwidth", "time", "spectrum"]
"""What is different from point to point of a curve."""


@runtime_checkable
class Widens(Protocol):
    """A prepared variable whose kernel can be made wider or narrower."""

    def widened(self, factor: float) -> Self:
        """Give the same with the bandwidth times a factor."""
        ...


@dataclass(frozen=True)
class Curve:
    """A line to print or to draw; ``mark`` is the place that was chosen, on the x axis.

    ``kind`` says what changes along x, and programs go by it; title and labels are for readers.
    """

    kind: CurveKind
    title: str
    x_label: str
    y_label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    mark: float | None = None
    log_x: bool = True
    estimand: str | None = None  # what y is, where it is not the estimate itself
    has_unit: bool = True
    parameter: str | None = None  # of the estimator, where x holds one

    @property
    def steps(self) -> tuple[tuple[float, float], ...]:
        """The points of the line: place and value."""
        return tuple(zip(self.x, self.y, strict=True))

    @property
    def at_mark(self) -> float:
        """The value at the chosen place."""
        assert self.mark is not None
        return self.y[self.x.index(self.mark)]


def curves(estimator: Estimator, x: Variable, y: Variable | None) -> Iterator[Curve]:
    """Yield the curves of an estimator on transformed variables; those of an entropy without y."""
    if y is not None and (x.kind, y.kind) not in estimator.accepts:
        x, y = y, x  # a symmetric estimator takes the pair the other way round
    first = estimator.prepare(x)
    if isinstance(first, Widens):
        yield bandwidth_curve(estimator, first, None if y is None else estimator.prepare(y))
    if isinstance(estimator, DSE | DSMI):
        entropy = DSE(estimator.bandwidth, 1.0, estimator.alpha, estimator.exact)
        side = entropy.prepare(x)
        yield time_curve(entropy, side, estimator.times[0])
        yield spectrum_curve(entropy, side)


def bandwidth_curve(estimator: Estimator, x: Any, y: Any | None) -> Curve:
    """The value for bandwidths from an eighth to eight times the chosen one, in nats."""
    values = tuple(_value(estimator, x, y, factor) for factor in FACTORS)
    return Curve(
        kind="bandwidth",
        title=f"{estimator.estimand} against bandwidth",
        x_label="bandwidth / chosen bandwidth",
        y_label=f"{estimator.estimand} (nats)" if estimator.has_unit else estimator.estimand,
        x=FACTORS,
        y=values,
        mark=1.0,
        has_unit=estimator.has_unit,
    )


def _value(estimator: Estimator, x: Any, y: Any | None, factor: float) -> float:
    if y is None:
        assert isinstance(estimator, Entropic)
        return estimator.entropy(x.widened(factor)).mi
    return estimator.join(x.widened(factor), y.widened(factor)).mi


def time_curve(estimator: DSE, x: Side, chosen: float) -> Curve:
    """Diffusion spectral entropy against diffusion time, from one spectrum, in nats."""
    times = tuple(sorted({*TIMES, chosen}))
    values = replace(estimator, t=times).entropy(x)
    return Curve(
        kind="time",
        title="dse against diffusion time",
        x_label="t",
        y_label="dse (nats)",
        x=times,
        y=(values.mi, *values.extras.values()),
        mark=chosen,
        estimand="dse",
    )


def spectrum_curve(estimator: DSE, x: Side) -> Curve:
    """The largest eigenvalues of the diffusion operator, in descending order."""
    values = np.sort(estimator.eigenvalues(x))[::-1][:N_EIGENVALUES]
    return Curve(
        kind="spectrum",
        title="spectrum of the diffusion operator",
        x_label="rank",
        y_label="eigenvalue",
        x=tuple(float(k) for k in range(1, len(values) + 1)),
        y=tuple(float(value) for value in values),
        estimand="eigenvalue",
        has_unit=False,
    )


def in_words(curve: Curve) -> str:
    """Say how much the chosen bandwidth matters."""
    half, double = (curve.y[curve.x.index(factor)] for factor in (0.5, 2.0))
    change = max(abs(half - curve.at_mark), abs(double - curve.at_mark))
    steady = change <= STEADY * abs(curve.at_mark)
    verdict = "it hardly depends on" if steady else "it depends on"
    unit = " nats" if curve.has_unit else ""
    return (
        f"{curve.at_mark:.3g}{unit} at the chosen bandwidth, {half:.3g}{unit} at half of it and "
        f"{double:.3g}{unit} at twice: {verdict} the bandwidth"
    )
