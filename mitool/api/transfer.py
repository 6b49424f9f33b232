"""Transfer entropy of two series, from Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mitool.api.entering import variable_of, warn_of
from mitool.choices import Unit
from mitool.measure.measurement import measure
from mitool.measure.settings import Settings
from mitool.result import Estimate
from mitool.variables.lags import transferred


def transfer(
    x: Any,
    y: Any,
    estimator: str = "auto",
    *,
    history: tuple[int, int] = (1, 1),
    params: Mapping[str, Any] | None = None,
    seed: int = 0,
    unit: Unit = "nats",
) -> Estimate:
    """Estimate the transfer entropy from x to y: what the past of x adds to that of y.

    It is I(y at t + 1; past of x | past of y); ``history`` gives the lengths of the pasts of y and
    of x. Rows are times, evenly spaced (Schreiber 2000, doi:10.1103/PhysRevLett.85.461).

    Examples
    --------
    >>> import numpy as np, mitool
    >>> rng = np.random.default_rng(1)
    >>> x, noise = rng.normal(size=(2, 2000))
    >>> y = np.roll(x, 1) + noise
    >>> round(mitool.transfer(x, y, "gcmi").mi, 2)  # the truth is 0.35 nats
    0.35
    """
    settings = Settings(estimator, params or {}, seed=seed)
    history_y, history_x = history
    source, future, past = transferred(
        variable_of(x, "x", (), ()), variable_of(y, "y", (), ()), history_x, history_y
    )
    measured = replace(measure(source, future, past, settings), estimand="transfer_entropy")
    warn_of(measured.notes)
    return measured.to(unit)
