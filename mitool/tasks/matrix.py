"""A matrix as a whole: its pairs, its p-values as families, its square form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np

from mitool.choices import Adjustment, Unit
from mitool.inference.multiplicity import adjusted
from mitool.measure.settings import Settings
from mitool.result.fields import ESTIMATE_FIELDS, Field
from mitool.tasks.batch import Outline
from mitool.tasks.pairs import Pairs
from mitool.tasks.records import Record, Row
from mitool.tasks.wide import Square

ADJUSTED = Field("p_adjusted", "number")


@dataclass(frozen=True, kw_only=True)
class MatrixOutline(Outline):
    """Pairs of the columns ``names``, by their places: as ``Pairs`` has them."""

    kind: ClassVar[str] = "matrix"

    names: tuple[str, ...]
    columns: tuple[int, ...]
    against: tuple[int, ...] | None
    shown: Literal["mi", "normalized"] = "mi"
    """The number that stands in the square."""
    adjust: Adjustment = "none"

    @classmethod
    def of(
        cls,
        pairs: Pairs,
        names: Sequence[str],
        settings: Sequence[Settings],
        unit: Unit,
        adjust: Adjustment = "none",
    ) -> MatrixOutline:
        """Outline the estimates of pairs by each of some settings, which normalise alike."""
        return cls(
            item_name="pairs",
            n_tasks=len(pairs),
            n_rows=len(settings),
            fields=ESTIMATE_FIELDS if adjust == "none" else (*ESTIMATE_FIELDS, ADJUSTED),
            unit=unit,
            names=tuple(names),
            columns=pairs.columns,
            against=pairs.against,
            shown="mi" if settings[0].normalize == "none" else "normalized",
            adjust=adjust,
        )

    @property
    def passes(self) -> bool:
        """Whether no p-values are adjusted; those tested together by ``max`` came with them."""
        return self.adjust in ("none", "max")

    def finish(self, records: Iterable[Record]) -> Iterator[Record]:
        """Adjust the p-values, if they are to be."""
        if self.passes:
            return iter(records)
        return adjusted_records(records, self.adjust)

    def square(self) -> Square:
        """Give an empty square for the numbers of the pairs."""
        return Square(Pairs(self.columns, self.against), self.names, self.shown)


def adjusted_records(
    records: Iterable[Record], how: Adjustment, n_tests: int | None = None
) -> Iterator[Record]:
    """Add ``p_adjusted`` to the rows; each estimator's pairs are a family, and all are held.

    ``n_tests`` is how many there are with those left out for what they might have shown.
    """
    held = list(records)
    p_values = np.array([[row["p_value"] for row in record.rows] for record in held], dtype=float)
    families = [adjusted(family, how, n_tests) for family in p_values.T]
    for record, values in zip(held, np.array(families).T.tolist(), strict=True):
        pairs = zip(record.rows, values, strict=True)
        rows: list[Row] = [{**row, "p_adjusted": None if p != p else p} for row, p in pairs]
        yield replace(record, rows=rows)
