"""Whether the learned estimator should be a voice of auto in several dimensions.

Asked of families left out alone, and with the flag respected: a flagged table is auto's.
"""

from __future__ import annotations

import numpy as np

from studies.mist_evaluation import Said, Tables, shown
from studies.mist_families import FAMILIES
from studies.record import table

MANY = 5
"""Columns together."""
SIZES = ((30, 100), (100, 300), (300, 1000), (1000, 3001))


def voice(tables: Tables, unknown: Said) -> tuple[str, dict[str, float]]:
    """Errors of auto, of the learned estimator in its place, and of the mean of both."""
    voices = {"auto": tables["auto"], "mist": unknown.median}
    voices["mean of both"] = (voices["auto"] + voices["mist"]) / 2.0
    for name in ("mist", "mean of both"):
        voices[name] = np.where(unknown.inside, voices[name], tables["auto"])
    answered = np.isfinite(tables["auto"]) & (tables["dx"] + tables["dy"] >= MANY)
    rows, whole = [], {}
    for low, high in (*SIZES, (30, 3001)):
        own = answered & (tables["n"] >= low) & (tables["n"] < high)
        errors = {name: mean_error(v, tables, own) for name, v in voices.items()}
        nothing = own & (tables["mi"] == 0.0)
        worse = [f for f in FAMILIES if is_worse(voices, tables, own & (tables["family"] == f))]
        means = (voices[name][nothing].mean() for name in ("auto", "mist"))
        rows.append((f"{low} … {high - 1}", int(own.sum()), *map(shown, errors.values()),
                     *map(shown, means), ", ".join(worse) or "none"))  # fmt: skip
        whole = {**errors, "worse": float(len(worse))}
    head = ("rows", "tables", *voices, "auto at 0", "mist at 0", "families where mist errs more")
    return table(head, rows), whole


def mean_error(values: np.ndarray, tables: Tables, own: np.ndarray) -> float:
    return float(np.abs(values - tables["mi"])[own].mean())


def is_worse(voices: dict[str, np.ndarray], tables: Tables, own: np.ndarray) -> bool:
    """Whether the learned estimator errs more on these tables."""
    if not own.any():
        return False
    return mean_error(voices["mist"], tables, own) > mean_error(voices["auto"], tables, own)
