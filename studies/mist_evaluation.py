"""How far off the networks are on fresh tables, of families they know and of families left out."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mitool.estimators.learned.network import (
    LEVELS,
    MEDIAN,
    OFFSET,
    Weights,
    averaged,
    standardised,
)
from studies.mist_calibration import DIMS, ROWS, classes
from studies.mist_families import FAMILIES
from studies.mist_support import inside
from studies.record import table

Tables = dict[str, np.ndarray]
RIVALS = ("ksg", "gcmi", "gcmi2", "knn-or-copula")
ENOUGH = 300
SEEN = 0.1
"""Nats that are to be told from nothing."""
LOW, HIGH = LEVELS.index(0.05), LEVELS.index(0.95)


class Said(NamedTuple):
    """What is said of each of n tables."""

    quantiles: np.ndarray
    """Calibrated, in nats, (n, levels)."""
    hurdle: np.ndarray
    inside: np.ndarray
    """Whether the table is like those of training."""

    @property
    def median(self) -> np.ndarray:
        return self.quantiles[:, MEDIAN]

    def covers(self, mi: np.ndarray) -> np.ndarray:
        """Whether the interval of 90 % holds the truth."""
        return (self.quantiles[:, LOW] <= mi + 1e-9) & (mi - 1e-9 <= self.quantiles[:, HIGH])


def said(arrays: dict[str, np.ndarray], tables: Tables) -> Said:
    """Ask the networks of a file, as the estimator does."""
    weights = Weights.of(arrays)
    inputs = standardised(weights, tables["statistics"])
    logs, hurdle = averaged(weights, inputs)
    return Said(
        calibrated(logs, weights.calibration, tables), hurdle, is_inside(arrays, inputs, tables)
    )


def calibrated(logs: np.ndarray, calibration: np.ndarray, tables: Tables) -> np.ndarray:
    """Correct log quantiles and take them back to nats."""
    own = calibration[classes(tables["dx"] + tables["dy"], tables["n"])]
    ascending = np.maximum.accumulate(logs + own, axis=1)
    return np.maximum(np.exp(ascending) - OFFSET, 0.0)


def is_inside(arrays: dict[str, np.ndarray], inputs: np.ndarray, tables: Tables) -> np.ndarray:
    return inside(arrays, inputs, tables["dx"] + tables["dy"], tables["n"])


def mean_error(values: np.ndarray, tables: Tables, chosen: np.ndarray) -> float:
    return float(np.abs(values - tables["mi"])[chosen].mean())


def shown(value: float) -> str:
    return f"{value:.3f}"


def several(tables: Tables) -> np.ndarray:
    return tables["dx"] + tables["dy"] > 2


def by_class(tables: Tables, answers: Said) -> str:
    """Errors and coverage by class of columns and of rows."""
    dims, of_rows = classes(tables["dx"] + tables["dy"], tables["n"])
    lows, starts = (2, *DIMS), (30, *ROWS)
    rows = []
    for a, low in enumerate(lows):
        for b, start in enumerate(starts):
            own = (dims == a) & (of_rows == b)
            if own.any():
                rows.append((f"{low} or more", f"{start} or more", *line(tables, answers, own)))
        rows.append((f"{low} or more", "all", *line(tables, answers, dims == a)))
    rows.append(("3 or more", "all", *line(tables, answers, dims > 0)))
    head = ("columns together", "rows", "tables", "mist", *RIVALS, "mist / ksg", "90 % covers")
    return table(head, rows)


def line(tables: Tables, answers: Said, own: np.ndarray) -> tuple[object, ...]:
    ours = mean_error(answers.median, tables, own)
    rivals = [error_of(rival, tables, own) for rival in RIVALS]
    covered = answers.covers(tables["mi"])[own].mean()
    numbers = (ours, *rivals, ours / rivals[0], covered)
    return int(own.sum()), *(shown(float(number)) for number in numbers)


def error_of(rival: str, tables: Tables, own: np.ndarray) -> float:
    """Where it refuses, gcmi stands in."""
    answered = np.where(np.isnan(tables[rival]), tables["gcmi"], tables[rival])
    return float(np.nanmean(np.abs(answered - tables["mi"])[own]))


def by_family(tables: Tables, known: Said, unknown: Said) -> tuple[str, dict[str, Any]]:
    """Errors in families that were trained on, and the same when they were left out."""
    rows, kept = [], []
    for family in FAMILIES:
        whole = tables["family"] == family
        own = whole & several(tables)
        covered = unknown.covers(tables["mi"])
        unflagged = whole & unknown.inside
        coverage = float(covered[unflagged].mean()), float((~unknown.inside[whole]).mean())
        errors = [mean_error(one.median, tables, own) for one in (known, unknown)]
        errors += [error_of(rival, tables, own) for rival in RIVALS]
        kept.append((*errors, *coverage))
        rows.append((family, int(own.sum()), *map(shown, (*errors, *coverage))))
    means = np.mean(kept, axis=0)
    rows.append(("mean of families", int(several(tables).sum()), *map(shown, means)))
    head = ("family", "tables", "known", "left out", *RIVALS, "90 % covers, unflagged", "flagged")
    worst = min(row[-2] for row in kept)
    names = ("known", "left out", *RIVALS)
    found = {**dict(zip(names, means[: len(names)], strict=True)), "worst coverage": worst}
    return table(head, rows), found


def auc(scores: np.ndarray, positive: np.ndarray) -> float:
    """The chance that one of the positive scores more than one of the rest."""
    ranks = np.searchsorted(np.sort(scores), scores, "left") + np.searchsorted(
        np.sort(scores), scores, "right"
    )
    m = int(positive.sum())
    if m in (0, len(scores)):
        return np.nan
    above = (ranks[positive] + 1.0).sum() / 2.0 - m * (m + 1) / 2.0
    return float(above / (m * (len(scores) - m)))


def of_nothing(tables: Tables, answers: Said) -> dict[str, float]:
    """What is said at exact independence, and how the hurdle tells it from information."""
    nothing, enough = tables["mi"] == 0.0, tables["n"] >= ENOUGH
    single = ~several(tables)
    told = enough & (nothing | (tables["mi"] >= SEEN))
    return {
        "median 1|1": float(np.median(answers.median[nothing & enough & single])),
        "median several": float(np.median(answers.median[nothing & ~single])),
        "auc": auc(answers.hurdle[told], nothing[told]),
    }


def of_flags(tables: Tables, answers: Said) -> tuple[str, float]:
    """How often tables unlike those of training are flagged, where it errs."""
    off = np.abs(answers.median - tables["mi"]) > 0.3
    enough = tables["n"] >= ENOUGH
    rows = []
    for family in np.unique(tables["family"]):
        own = (tables["family"] == family) & enough
        erring = own & off
        flagged = float((~answers.inside[erring]).mean()) if erring.any() else np.nan
        rows.append((family, int(own.sum()), int(erring.sum()), shown(flagged)))
    whole = float((~answers.inside[enough & off]).mean())
    rows.append(("all", int(enough.sum()), int((enough & off).sum()), shown(whole)))
    return table(("family", "tables", "off by more than .3", "of these flagged"), rows), whole
