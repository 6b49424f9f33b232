"""Layers as a whole: what is seen only when all of an epoch are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from mitool.networks.gapbound import with_one_noise
from mitool.networks.quantities import LayerEstimate
from mitool.tasks.batch import Outline
from mitool.tasks.records import Record, Row

PLACE = "place"
"""Under this name a row carries its number through the choice of a noise."""


@dataclass(frozen=True, kw_only=True)
class LayersOutline(Outline):
    """Layers, and matrices of weights: the noise of a bound is chosen when all layers are there."""

    kind: ClassVar[str] = "layers"

    def finish(self, records: Iterable[Record]) -> Iterator[Record]:
        """Choose the noise of the bound of each epoch."""
        yield from with_one_noise(records)


def finished(tasks: Iterable[Sequence[LayerEstimate]]) -> list[LayerEstimate]:
    """Give the rows of all tasks, with one noise of the bound for each epoch."""
    gathered = [one for task in tasks for one in task]
    rows: list[Row] = [one.row() | {PLACE: at} for at, one in enumerate(gathered)]
    (record,) = with_one_noise([Record(0, rows, [])])
    return [_as_chosen(gathered[row[PLACE]], row) for row in record.rows]


def _as_chosen(found: LayerEstimate, row: Row) -> LayerEstimate:
    """Give the same, or failed where no noise could be chosen."""
    if row["status"] == found.estimate.status:
        return found
    lost = replace(found.estimate, mi=None, status="failed", message=row["message"], extras={})
    return replace(found, estimate=lost)
