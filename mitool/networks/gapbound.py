"""Kawaguchi, Deng, Ji & Huang (2023), arXiv:2305.18887: how far training and test may differ.

The bound grows with sqrt((I(X;Z|Y) + 1) / n), Z a layer with Gaussian noise. I(X;Z|Y) is H(Z|Y)
less the entropy of the noise in as many dimensions as Z has: the authors' program takes that of
one dimension. H(Z|Y) is bounded from above by pairwise distances (doi:10.3390/e19070361).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import sqrt
from typing import Any

import numpy as np

from mitool.networks.activations import Activations
from mitool.networks.companions import Labels
from mitool.networks.noiseplane import noisy_cloud, told, told_within
from mitool.networks.quantities import Method, Quantity
from mitool.result.codes import note_of
from mitool.tasks.records import Record, Row

GRID = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Deviations of the noise that are tried, in those of the mean unit."""
NAME, TERM = "I(X;Z|Y)", "generalization_bound"
SLACK = 1e-9


@dataclass(frozen=True)
class GapBound:
    """I(X;Z|Y) of a layer and the term of the bound, for each noise of the grid or the one given.

    ``noise`` is a deviation; None tries the grid, of which one is chosen when all layers are there.
    """

    noise: float | None = None

    @property
    def factors(self) -> Sequence[float | None]:
        """The factors of the grid that are tried; None stands for the noise that is given."""
        return GRID if self.noise is None else (None,)

    def read(self, layer: Activations) -> Iterator[tuple[Method, Quantity]]:
        """Measure a layer under each noise, by one pass over its distances."""
        unit = 0.0 if layer.is_dead else float(layer.values.std(axis=0).mean())
        deviations = [self.noise if f is None else f * unit for f in self.factors]
        sounds = [_Noise(f, float(d or 0.0)) for f, d in zip(self.factors, deviations, strict=True)]
        first = sounds[0].deviation
        powers = [1.0 if layer.is_dead else (first / one.deviation) ** 2 for one in sounds]
        cloud = None if layer.is_dead else noisy_cloud(layer, first)
        nothing = np.zeros(len(powers))
        whole = nothing if cloud is None else told(cloud, powers)
        for labels in layer.labels:
            inner = nothing if cloud is None else told_within(cloud, labels.codes, powers)
            for at, one in enumerate(sounds):
                found = (float(whole[at]), float(inner[at]))
                yield from one.quantities(layer, labels, *found)


@dataclass(frozen=True)
class _Noise:
    """The noise of one try: its factor on the grid, if it is of the grid, and its deviation."""

    factor: float | None
    deviation: float

    def quantities(
        self, layer: Activations, labels: Labels, whole: float, inner: float
    ) -> Iterator[tuple[Method, Quantity]]:
        """Give I(X;Z|Y), with I(X;Z) beside it, and the term of the bound."""
        facts = {"noise": self.deviation}
        if self.factor is not None:
            facts["noise_factor"] = self.factor
        method = Method("kde-bounds", {"noise": "given" if self.factor is None else "grid"})
        words: dict[str, Any] = {"y": "X", "given": labels.name, "facts": facts}
        beside, most = {"information": whole}, layer.most_within(labels)
        yield (
            method,
            Quantity(NAME, inner, ceiling=most, estimand="noisy_mi", extras=beside, **words),
        )
        term, notes = sqrt((inner + 1.0) / len(layer)), (note_of("bound_by_estimate"),)
        yield method, Quantity(TERM, term, estimand=TERM, has_unit=False, notes=notes, **words)


def with_one_noise(records: Iterable[Record]) -> Iterator[Record]:
    """Keep, of what was tried in each epoch, the smallest noise under which no layer gains.

    What layers tell of the inputs cannot grow from one to the next: where it seems to, the noise
    is so small that the estimate is that of the number of rows.
    """
    gathered = list(records)
    tried = [row for record in gathered for row in record.rows if _is_tried(row)]
    kept: dict[Case, float | None] = {}
    for case in dict.fromkeys(map(_case, tried)):
        kept[case] = _smallest([row for row in tried if _case(row) == case and row[SHOWN] == NAME])
    for record in gathered:
        rows = [chosen for row in record.rows for chosen in _chosen(row, kept)]
        yield replace(record, rows=rows)


Case = tuple[int | None, str | None]
"""The epoch and the labels that a noise is chosen for."""
SHOWN = "quantity"


def _is_tried(row: Row) -> bool:
    return row[SHOWN] in (NAME, TERM) and "noise_factor" in row["extras"]


def _case(row: Row) -> Case:
    return row["epoch"], row["given"]


def _smallest(rows: Sequence[Row]) -> float | None:
    """Give the smallest factor for which I(X;Z) never grows along the layers; None if it does."""
    for factor in GRID:
        line = [r["extras"]["information"] for r in rows if r["extras"]["noise_factor"] == factor]
        if all(later <= earlier + SLACK for earlier, later in pairwise(line)):
            return factor
    return None


def _chosen(row: Row, kept: Mapping[Case, float | None]) -> Iterator[Row]:
    """Yield a row if it stays; where no noise fits, one row a quantity says so."""
    if not _is_tried(row):
        yield row
        return
    factor, own = kept[_case(row)], row["extras"]["noise_factor"]
    if own == factor:
        yield row
    elif factor is None and own == GRID[-1]:
        yield {**row, "mi": None, "status": "failed", "message": NO_NOISE, "extras": {}}


NO_NOISE = (
    "I(X;Z) grows from layer to layer under every noise of the grid; say the noise by --noise"
)
