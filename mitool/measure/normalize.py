"""Mutual information on a scale from 0 to 1: as a share of an entropy, or as a correlation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import exp, sqrt
from typing import get_args

from mitool.choices import Normalization
from mitool.errors import MitoolError, UsageError
from mitool.estimators import load
from mitool.result import Estimate

NORMALIZATIONS: tuple[str, ...] = get_args(Normalization)

DENOMINATORS: dict[str, Callable[[float, float, float], float]] = {
    "min": lambda h_x, h_y, h_xy: min(h_x, h_y),
    "max": lambda h_x, h_y, h_xy: max(h_x, h_y),
    "sqrt": lambda h_x, h_y, h_xy: sqrt(max(h_x, 0.0) * max(h_y, 0.0)),
    "joint": lambda h_x, h_y, h_xy: h_xy,
}
"""What mutual information is divided by, of the entropies of x, of y and of both together."""

INFORMATIONS = ("mi", "binned_mi", "transfer_entropy")


def check_normalization(how: str) -> None:
    """Refuse a name that is none of the forms."""
    if how not in NORMALIZATIONS:
        raise UsageError(f"no normalisation {how!r}; there are: {', '.join(NORMALIZATIONS)}")


def normalized(estimate: Estimate, how: str) -> Estimate:
    """Give the estimate, which is in nats, with its normalised form.

    ``r`` is the correlation that Gaussian variables of this mutual information would have,
    sqrt(1 - exp(-2 I)); a negative estimate has none. The others are shares of an entropy.
    """
    if how == "none" or estimate.mi is None:
        return estimate
    if estimate.estimand not in INFORMATIONS:
        raise MitoolError(
            f"{estimate.estimator} measures {estimate.estimand}, which has no normalised form; "
            "use --normalize none"
        )
    share = correlation(estimate.mi) if how == "r" else _share(estimate, how)
    return replace(estimate, normalized=share)


def correlation(mi: float) -> float | None:
    """Give the correlation of Gaussian variables of this mutual information (nats)."""
    return sqrt(1.0 - exp(-2.0 * mi)) if mi >= 0.0 else None


def _share(estimate: Estimate, how: str) -> float:
    pair = f"{estimate.x!r} and {estimate.y!r}"
    if load(estimate.estimator).family != "counts":
        raise MitoolError(
            f"{estimate.estimator} of {pair} has no entropies to divide by: those of numbers may "
            "be negative and change with the unit; use --normalize r, or -e bins"
        )
    if estimate.given is not None:
        raise MitoolError(
            f"the information of {pair} given {estimate.given!r} is normalised by r only; "
            "use --normalize r"
        )
    assert estimate.mi is not None
    entropies = [estimate.extras.get(f"entropy_{part}", 0.0) for part in ("x", "y", "xy")]
    denominator = DENOMINATORS[how](*entropies)
    if denominator <= 0.0:
        raise MitoolError(
            f"--normalize {how} would divide by an entropy of 0: {pair} do not both vary; "
            "leave out the constant column, or use --normalize r"
        )
    return estimate.mi / denominator
