"""What is found of a model's output: a number, and whether it bounds the information."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, Self

from mitool.choices import Unit
from mitool.result import Estimate
from mitool.result.fields import ESTIMATE_FIELDS, Field
from mitool.units import PER_NAT

NumberKind = Literal["lower", "upper", "estimate"]
"""A bound holds in expectation: one sample's number may lie on the other side of the truth."""

FINDING_FIELDS: tuple[Field, ...] = (
    *ESTIMATE_FIELDS,
    Field("kind"),
    Field("form"),
    Field("ceiling", "number"),
)


@dataclass(frozen=True, repr=False)
class Finding(Estimate):
    """An estimate of what a model's output says, and what kind of number it is.

    ``x`` is what messages call the input, ``estimator`` the name of the quantity's formula,
    ``estimand`` what the number is of, such as ``mi``. ``form`` tells rows of one estimator apart,
    such as the axis a bound is taken along. ``in_unit`` names the columns of a subclass, and its
    own, that hold information. ``ceiling``, one of them, is the largest value that
    so many rows or contexts can show, where there is one. ``n_used`` counts them.
    """

    fields: ClassVar[tuple[Field, ...]] = FINDING_FIELDS
    in_unit: ClassVar[tuple[str, ...]] = ("ceiling",)

    kind: NumberKind = "estimate"
    form: str | None = None
    ceiling: float | None = None

    def to(self, unit: Unit) -> Self:
        """Give the same in another unit; a plain number stays what it is."""
        moved = super().to(unit)
        if self.unit is None:
            return moved
        factor = PER_NAT[unit] / PER_NAT[self.unit]
        numbers = ((name, getattr(self, name)) for name in self.in_unit)
        scaled: dict[str, Any] = {
            name: value * factor for name, value in numbers if value is not None
        }
        return replace(moved, **scaled)

    def _facts(self) -> Iterator[tuple[str, str]]:
        yield "kind", self.kind if self.kind == "estimate" else f"{self.kind} bound"
        if self.form is not None:
            yield "form", self.form
        if self.ceiling is not None:
            yield "ceiling", f"{self.ceiling:.6g}"
        yield from super()._facts()
