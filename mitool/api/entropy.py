"""The entropy of a variable, from Python."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from mitool.api.entering import variable_of, warn_of
from mitool.choices import Missing, Unit
from mitool.measure.entropy import measure_entropy
from mitool.measure.settings import Settings
from mitool.result import Estimate


def entropy(
    x: Any,
    estimator: str = "auto",
    *,
    params: Mapping[str, Any] | None = None,
    transform: str | None = None,
    missing: Missing = "drop",
    discrete: Collection[str] = (),
    continuous: Collection[str] = (),
    seed: int = 0,
    unit: Unit = "nats",
) -> Estimate:
    """Estimate the entropy of a variable, joint over its columns; arguments as for ``estimate``.

    Of labels it is Shannon's, of numbers the differential entropy, which may be negative;
    ``estimand`` says which, and ``mi`` holds it.

    Examples
    --------
    >>> import mitool
    >>> found = mitool.entropy(list("aabc") * 100, unit="bits")
    >>> found.estimand, round(found.mi, 2)
    ('entropy', 1.5)
    """
    settings = Settings(estimator, params or {}, transform, missing, seed)
    measured = measure_entropy(variable_of(x, "x", discrete, continuous), settings)
    warn_of(measured.notes)
    return measured.to(unit)
