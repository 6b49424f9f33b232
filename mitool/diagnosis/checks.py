"""The checks of a diagnosis as rows of a report: the estimate first, then each step of a sweep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from mitool.choices import Unit
from mitool.diagnosis.verdict import Diagnosis, Verdict
from mitool.result import Estimate, Note
from mitool.result.fields import ESTIMATE_FIELDS, Field, strict


@dataclass(frozen=True)
class Check:
    """One estimate that a diagnosis made; ``at`` is the place in its sweep, if that has places."""

    fields: ClassVar[tuple[Field, ...]] = (
        Field("check"),
        Field("at", "number"),
        *ESTIMATE_FIELDS,
        Field("verdict"),
    )

    check: str
    at: float | None
    estimate: Estimate
    verdict: Verdict | None = None

    def to(self, unit: Unit) -> Self:
        """Give the same in another unit."""
        return replace(self, estimate=self.estimate.to(unit))

    def row(self) -> dict[str, Any]:
        """Give its row in a report."""
        named = {"check": self.check, "at": self.at, "verdict": self.verdict}
        return strict(self.estimate.row() | named)

    @property
    def remarks(self) -> tuple[Note, ...]:
        """What is to be said of the estimate."""
        return self.estimate.remarks


def checks(diagnosis: Diagnosis) -> Iterator[Check]:
    """Yield the estimate with the verdict, then each step of each sweep."""
    yield Check("estimate", None, diagnosis.estimate, diagnosis.verdict)
    for check, at, estimate in diagnosis.steps():
        yield Check(check, at, estimate)
