"""A bound as a row of a report, and what it is of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from mitool.models.finding import FINDING_FIELDS, Finding
from mitool.result.fields import Field

OF_CONTEXTS = ("transposed", "half", "quarter")


@dataclass(frozen=True, repr=False)
class BoundFinding(Finding):
    """A bound of the information, and the same number seen from other sides, in ``unit``.

    ``transposed`` has contexts and samples exchanged; ``half`` and ``quarter`` are from so many of
    the contexts: a value that grows with them still depends on how many there are.
    """

    fields: ClassVar[tuple[Field, ...]] = (
        *FINDING_FIELDS,
        *(Field(name, "number") for name in OF_CONTEXTS),
    )
    in_unit: ClassVar[tuple[str, ...]] = (*Finding.in_unit, *OF_CONTEXTS)

    transposed: float | None = None
    half: float | None = None
    quarter: float | None = None


@dataclass(frozen=True)
class Subject:
    """What a bound is of, as its report says: names, and what made the scores."""

    x: str
    given: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    is_true_density: bool = False
    n_tokens: float | None = None
    """The mean length of a sample, where lengths are given: for bits a token."""
