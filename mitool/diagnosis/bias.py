"""Whether an estimate is likely far off: signs of a bias, weighed together and held against chance.

Every sign also comes by chance, and a bias that is gone with a few more rows is none to warn of. So
signs are taken in nats and held against two standard deviations of sampling, or 0.05 nats where
that is more. Weights and thresholds were chosen on 244 distributions with 300 and 1000 rows, among
them most of this package: of samples with a bias that matters, 0.92 were flagged, 0.25 of others,
where each sign for itself flagged 0.88 and 0.33; of 44 sealed pairs 0.94 and 0.18, where each sign
for itself flagged 0.89 and 0.31 (studies/verdicts.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from mitool.diagnosis.curves import Curve
from mitool.diagnosis.sweeps import TRANSFORMS
from mitool.measure.measurement import Measurement
from mitool.result import Estimate, Note
from mitool.result.codes import note_of, softened

WEIGHED = frozenset({"n_drift", "k_drift", "transform_drift", "dimension", "scales"})
"""Signs that each for itself says little; they stay as notes, beside what is made of them here."""

SMALLEST = 0.05
SAMPLING = 0.87
"""Of the standard error, the standard deviation over samples: subsamples overstate it."""

OF_ROWS, OF_SCALES, OF_RANKS, OF_STANDARD = 0.21, 0.22, 0.26, 0.22
"""How much of the bias each sign is worth, by regression, where there is one column a side."""

UNSEEN = 0.3
"""Share of rows alone in their cell, about that of new rows that will be in new cells (Good 1953,
doi:10.1093/biomet/40.3-4.237): from here on what nsb finds is decided by its prior."""

LIKELY = 0.54
DRIFT = 0.75
"""Of two standard deviations, how large a likely bias or a drift with rows must be."""

BEYOND_COPULA = 1.2
MANY_COLUMNS = 6
"""Together, from which on neighbours find too little of what a Gaussian copula does not."""
EVEN_COLUMNS = 4
"""The same for a copula that sees besides only what is even."""


@dataclass(frozen=True)
class Signs:
    """An estimate in nats and what it is elsewhere; None where there is no such estimate.

    ``half`` and ``quarter`` are means over parts of the rows, ``extras`` what the estimator gives
    beside its value: both scales, or the copulas it was compared with.
    """

    mi: float
    se: float
    n_dims: int
    half: float | None = None
    quarter: float | None = None
    standard: float | None = None
    rank: float | None = None
    extras: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, estimate: Estimate, curves: Sequence[Curve]) -> Signs:
        """Read them off an estimate with an interval and its sweeps."""
        assert estimate.mi is not None  # it has an interval
        assert estimate.interval is not None
        by_kind = {curve.kind: curve for curve in curves}
        rows, n = dict(by_kind["rows"].steps), int(by_kind["rows"].mark or 0)
        scales = dict(by_kind["transforms"].steps) if "transforms" in by_kind else {}
        return cls(
            mi=estimate.mi,
            se=estimate.interval.sampling_se,
            n_dims=(estimate.dim_x or 1) + (estimate.dim_y or 1),
            half=rows.get(n // 2),
            quarter=rows.get(n // 4),
            standard=scales.get(TRANSFORMS.index("standard")),
            rank=scales.get(TRANSFORMS.index("rank")),
            extras=estimate.extras,
        )

    @property
    def chance(self) -> float:
        """What a bias must exceed to matter."""
        return max(2.0 * SAMPLING * self.se, SMALLEST)

    @property
    def has_scales(self) -> bool:
        """Whether the estimate is one of two scales, which tell of each other."""
        return {"fine", "coarse"} <= self.extras.keys()

    @property
    def from_half(self) -> float:
        """How much more than half of the rows the estimate finds."""
        return 0.0 if self.half is None else self.mi - self.half

    @property
    def from_quarter(self) -> float:
        """How much more than a quarter of the rows it finds; twice a half if there is none."""
        return 2.0 * self.from_half if self.quarter is None else self.mi - self.quarter

    @property
    def from_standard(self) -> float:
        """How much more standardised columns give."""
        return 0.0 if self.standard is None else self.standard - self.mi

    @property
    def likely(self) -> float:
        """By how much an estimate of two scales is likely too low."""
        from_rank = 0.0 if self.rank is None else self.rank - self.mi
        return (
            OF_ROWS * self.from_quarter
            + OF_SCALES * (self.extras["fine"] - self.extras["coarse"])
            + OF_RANKS * from_rank
            + OF_STANDARD * abs(self.from_standard)
        )

    @property
    def drift(self) -> float:
        """By how much it drifts from a quarter of the rows on, the half being heard twice."""
        return (2.0 * self.from_half + self.from_quarter) / 2.0

    @property
    def is_beyond_copula(self) -> bool:
        """Whether of many columns much is found that a Gaussian copula does not see."""
        excess = self.mi - self.extras.get("gcmi", self.mi)
        is_even = self.mi == self.extras.get("gcmi2")
        fewest = EVEN_COLUMNS if is_even else MANY_COLUMNS
        return self.n_dims >= fewest and excess > max(BEYOND_COPULA * self.chance, SMALLEST)


def counted(note: Note, measurement: Measurement) -> Note:
    """Soften what is said of too few rows for all cells, where nsb has seen most that matter."""
    if note.code != "undersampled_table" or measurement.method.name != "nsb":
        return note
    sides = (measurement.x, measurement.y, measurement.given)
    codes = np.column_stack([side.codes for side in sides if side is not None])
    counts = np.unique(codes, axis=0, return_counts=True)[1]
    alone = np.count_nonzero(counts == 1) / len(codes)
    return note if alone > UNSEEN else softened(note)


def weighed(notes: Sequence[Note], signs: Signs) -> Iterator[Note]:
    """Soften the signs among some notes, and say what they come to together."""
    has_copula = "gcmi" in signs.extras
    for note in notes:
        stands = note.code == "dimension" and not has_copula  # there is nothing to weigh it by
        yield note if stands or note.code not in WEIGHED else softened(note)
    yield from (_of_two_scales if signs.has_scales else _of_others)(signs)


def _of_two_scales(signs: Signs) -> Iterator[Note]:
    if abs(signs.likely) > LIKELY * signs.chance:
        how = "low" if signs.likely > 0 else "high"
        yield note_of("bias", how=how, bias=abs(signs.likely))


def _of_others(signs: Signs) -> Iterator[Note]:
    if abs(signs.drift) > DRIFT * signs.chance:
        how = "low" if signs.drift > 0 else "high"
        yield note_of("bias", how=how, bias=abs(signs.drift))
    if signs.from_standard > signs.chance and signs.standard is not None:
        yield note_of("transform_drift", normal=signs.mi, standard=signs.standard)
    if signs.is_beyond_copula:
        yield note_of("beyond_copula", n_dims=signs.n_dims, copula=signs.extras["gcmi"])
