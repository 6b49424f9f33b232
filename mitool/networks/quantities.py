"""What is measured of a layer, and its row in a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, Self

from mitool.choices import Unit
from mitool.networks.activations import Activations
from mitool.result import Estimate, Note
from mitool.result.fields import ESTIMATE_FIELDS, Field, strict
from mitool.units import PER_NAT

OF_INPUTS, OF_LABELS, ENTROPY, WITHIN_LABELS = "I(X;T)", "I(T;Y)", "H(T)", "I(X;T|Y)"
"""The quantities of the information plane; T is the layer, X the inputs, Y the labels."""


@dataclass(frozen=True)
class Quantity:
    """One number of one layer in nats, or one without unit, and the largest it could be.

    Without a value it is left out, and ``message`` says why; it failed where ``is_failed``.
    """

    name: str
    value: float | None
    y: str | None = None
    given: str | None = None
    ceiling: float | None = None
    estimand: str = "mi"
    extras: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, float] = field(default_factory=dict)
    has_unit: bool = True
    error_bound: float | None = None
    notes: tuple[Note, ...] = ()
    message: str | None = None
    is_failed: bool = False


@dataclass(frozen=True)
class Method:
    """By what a quantity was found: the words of a report."""

    estimator: str
    params: Mapping[str, Any] = field(default_factory=dict)
    transform: str = "none"


@dataclass(frozen=True)
class LayerEstimate:
    """A quantity of a layer of an epoch, as a row of a report."""

    fields: ClassVar[tuple[Field, ...]] = (
        Field("epoch", "integer"),
        Field("layer"),
        Field("quantity"),
        *ESTIMATE_FIELDS,
        Field("ceiling", "number"),
    )

    epoch: int | None
    layer: str
    quantity: str
    estimate: Estimate
    ceiling: float | None = None

    @property
    def value(self) -> float | None:
        """The number, in the unit of the estimate; None where it failed."""
        return self.estimate.value

    @property
    def remarks(self) -> tuple[Note, ...]:
        """What its reader is to be told."""
        return self.estimate.remarks

    def to(self, unit: Unit) -> Self:
        """Give the same in another unit."""
        if self.estimate.unit is None or self.estimate.unit == unit:
            return self
        factor = PER_NAT[unit] / PER_NAT[self.estimate.unit]
        ceiling = None if self.ceiling is None else self.ceiling * factor
        return replace(self, estimate=self.estimate.to(unit), ceiling=ceiling)

    def row(self) -> dict[str, Any]:
        """Give its row in a report."""
        own = {
            "epoch": self.epoch,
            "layer": self.layer,
            "quantity": self.quantity,
            "ceiling": self.ceiling,
        }
        return strict(own | self.estimate.row())


def layer_estimate(layer: Activations, method: Method, found: Quantity) -> LayerEstimate:
    """Make the row of a quantity."""
    estimate = Estimate(
        x=layer.layer,
        y=found.y,
        estimator=method.estimator,
        mi=found.value,
        given=found.given,
        kind_x="continuous",
        dim_x=layer.n_dims,
        params=method.params,
        transform=method.transform,
        estimand=found.estimand,
        unit="nats" if found.has_unit else None,
        extras=found.extras,
        facts=found.facts,
        error_bound=found.error_bound,
        notes=found.notes,
        n_used=len(layer),
        status=_status(found),
        message=found.message,
    )
    return LayerEstimate(layer.epoch, layer.layer, found.name, estimate, found.ceiling)


def _status(found: Quantity) -> Literal["ok", "failed", "skipped"]:
    if found.value is not None:
        return "ok"
    return "failed" if found.is_failed else "skipped"
