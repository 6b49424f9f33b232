"""Mutual information on a scale from 0 to 1: as a share of an entropy, or as a correlation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import exp, sqrt
from typing import get_args

from mitool.choices import Normalization
from mitool.errors import MitoolError, UsageError
from mitool.estimators import load
from mitool.models.couplings import most_shared
from mitool.result import Estimate
from mitool.variables import Vector

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


Margins = Callable[[], tuple[Vector, Vector]]
"""Gives the shares of the levels of x and of y, once they are asked for."""


def normalized(estimate: Estimate, how: str, margins: Margins) -> Estimate:
    """Give the estimate, which is in nats, with its normalised form.

    ``coupling`` is the share of the most that variables of these margins could have in common;
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
    if how == "r":
        return replace(estimate, normalized=correlation(estimate.mi))
    most = _most(estimate, margins) if how == "coupling" else _denominator(estimate, how)
    return replace(estimate, normalized=_divided(estimate, most, how))


def correlation(mi: float) -> float | None:
    """Give the correlation of Gaussian variables of this mutual information (nats)."""
    return sqrt(1.0 - exp(-2.0 * mi)) if mi >= 0.0 else None


def _denominator(estimate: Estimate, how: str) -> float:
    pair = f"{estimate.x!r} and {estimate.y!r}"
    if load(estimate.estimator).family != "counts":
        raise MitoolError(
            f"{estimate.estimator} of {pair} has no entropies to divide by: those of numbers may "
            "be negative and change with the unit; use --normalize r, or -e bins"
        )
    _refuse_condition(estimate, pair)
    entropies = [estimate.extras.get(f"entropy_{part}", 0.0) for part in ("x", "y", "xy")]
    return DENOMINATORS[how](*entropies)


def _most(estimate: Estimate, margins: Margins) -> float:
    """Give what no two variables of these margins can exceed, by majorisation."""
    pair = f"{estimate.x!r} and {estimate.y!r}"
    if {estimate.kind_x, estimate.kind_y} != {"discrete"}:
        raise MitoolError(
            f"--normalize coupling is of labels, but {pair} are {estimate.kind_x} and "
            f"{estimate.kind_y}; use --normalize r, or take them as labels with --discrete"
        )
    _refuse_condition(estimate, pair)
    return most_shared(*margins())


def _refuse_condition(estimate: Estimate, pair: str) -> None:
    if estimate.given is not None:
        raise MitoolError(
            f"the information of {pair} given {estimate.given!r} is normalised by r only; "
            "use --normalize r"
        )


def _divided(estimate: Estimate, denominator: float, how: str) -> float:
    assert estimate.mi is not None
    if denominator <= 0.0:
        raise MitoolError(
            f"--normalize {how} would divide by an entropy of 0: {estimate.x!r} and "
            f"{estimate.y!r} do not both vary; leave out the constant column, or use --normalize r"
        )
    return estimate.mi / denominator
