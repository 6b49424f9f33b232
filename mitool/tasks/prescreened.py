"""Pairs that were chosen among many, as a batch: with what they were chosen by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from mitool.choices import Unit
from mitool.measure.settings import Settings
from mitool.result import Estimate, Note
from mitool.result.fields import ESTIMATE_FIELDS, Field
from mitool.tasks.best_partners import ListedPairs, Partners
from mitool.tasks.matrix import MatrixOutline, adjusted_records
from mitool.tasks.maximum import FamilyBatch
from mitool.tasks.records import Record, Row
from mitool.tasks.wide import Square
from mitool.tasks.work import PairBatch
from mitool.units import PER_NAT
from mitool.variables import Variable

CHOICE_FIELDS = (
    Field("score", "number"),
    Field("rank_x", "integer"),
    Field("rank_y", "integer"),
)
"""What a pair was chosen by: the information of its bins less the mean by chance, and which
partner y is of x, and x of y; None where it is not among the best."""


@dataclass(frozen=True, repr=False)
class ChosenEstimate(Estimate):
    """The estimate of a pair that was chosen among many, with what it was chosen by."""

    fields: ClassVar[tuple[Field, ...]] = (*ESTIMATE_FIELDS, *CHOICE_FIELDS)

    score: float | None = None
    rank_x: int | None = None
    rank_y: int | None = None

    def to(self, unit: Unit) -> Self:
        """Give the same in another unit, the score too."""
        made = super().to(unit)
        if made is self or self.score is None or self.unit is None:
            return made
        return replace(made, score=self.score * PER_NAT[unit] / PER_NAT[self.unit])


@dataclass(frozen=True, eq=False)
class PrescreenedBatch:
    """The best partners of each column, estimated as any pairs are (a ``Batch``).

    ``notes`` say how they were chosen among ``n_looked_at``; ``is_apart`` tells whether by other
    rows. If not, a test counts as one of all pairs that were looked at.
    """

    pairs: PairBatch | FamilyBatch
    partners: Partners
    n_looked_at: int
    notes: tuple[Note, ...]
    is_apart: bool

    @property
    def inner(self) -> PairBatch:
        """The pairs that were chosen."""
        return self.pairs.pairs if isinstance(self.pairs, FamilyBatch) else self.pairs

    @property
    def n_tests(self) -> int:
        """How many tests there are, or would have been."""
        return len(self.inner.pairs) if self.is_apart else self.n_looked_at

    @property
    def outline(self) -> PrescreenedOutline:
        """The chosen pairs as a whole."""
        known: Mapping[str, Any] = vars(self.pairs.outline)
        listed, fields = self.partners.listed, (*known["fields"], *CHOICE_FIELDS)
        more = {"listed": listed.listed, "sizes": listed.sizes, "n_tests": self.n_tests}
        return PrescreenedOutline(**{**known, "fields": fields, **more})

    @property
    def digest(self) -> str:
        """A checksum of the columns; which pairs were chosen stands in the outline."""
        return self.pairs.digest

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The columns, on the rows that are reported."""
        return self.inner.variables

    @property
    def settings(self) -> tuple[Settings, ...]:
        """How each pair is estimated."""
        return self.inner.settings

    @property
    def budget(self) -> float:
        """How many bytes may be kept of what estimators prepare."""
        return self.inner.budget

    def variables_of(self, number: int) -> tuple[Variable, ...]:
        """Give the columns of a pair."""
        return self.inner.variables_of(number)

    def run(self, numbers: range) -> list[Record]:
        """Estimate the pairs of these numbers; a row for each estimator."""
        return [self._told(record) for record in self.pairs.run(numbers)]

    def estimates(self, numbers: range) -> list[Estimate]:
        """Estimate the pairs of these numbers; in nats, one after the other."""
        found, each = self.pairs.estimates(numbers), len(self.settings)
        chosen = [
            ChosenEstimate(**vars(estimate), **self._choice(numbers[at // each], "nats"))
            for at, estimate in enumerate(found)
        ]
        return [replace(one, notes=(*one.notes, *self.warnings)) for one in chosen]

    @property
    def warnings(self) -> tuple[Note, ...]:
        """What is to be said of every pair."""
        return tuple(note for note in self.notes if note.level == "warning" and not note.columns)

    def _choice(self, number: int, unit: Unit | None) -> dict[str, Any]:
        factor = 1.0 if unit is None else PER_NAT[unit]
        x, y = self.partners.ranks[:, number].tolist()
        score = float(self.partners.scores_of_pairs[number]) * factor
        return {"score": score, "rank_x": x or None, "rank_y": y or None}

    def _told(self, record: Record) -> Record:
        """Add what a pair was chosen by, to the first record how all of them were."""
        choice, codes = self._choice(record.number, self.inner.unit), self.warnings
        rows: list[Row] = [
            {**row, **choice, "warning_codes": _joined(row, codes)} for row in record.rows
        ]
        notes = record.notes if record.number else [*record.notes, *self.notes]
        return replace(record, rows=rows, notes=notes)


def _joined(row: Mapping[str, Any], notes: Iterable[Note]) -> str | None:
    """Give the warning codes of a row, and some more."""
    known = (row["warning_codes"] or "").split()
    return " ".join(sorted({*known, *(note.code for note in notes)})) or None


@dataclass(frozen=True, kw_only=True)
class PrescreenedOutline(MatrixOutline):
    """Pairs of which the best were chosen, by their places: as ``ListedPairs`` has them.

    ``n_tests`` is how many a p-value is one of.
    """

    kind: ClassVar[str] = "prescreened"

    listed: tuple[int, ...]
    sizes: tuple[int, ...]
    n_tests: int

    def finish(self, records: Iterable[Record]) -> Iterator[Record]:
        """Adjust the p-values for the number of tests; of those by ``max``, it is known."""
        if self.passes:
            return iter(records)
        return adjusted_records(records, self.adjust, self.n_tests)

    def square(self) -> Square:
        """Give an empty square for the numbers of the pairs."""
        pairs = ListedPairs(self.columns, self.against, self.listed, self.sizes)
        return Square(pairs, self.names, self.shown)
