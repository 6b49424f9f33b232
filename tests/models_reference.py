"""Reference values of predictions and codes, made by an independent plain program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent / "data" / "models"

CASES: dict[str, dict[str, Any]] = {
    case["case"]: case
    for case in json.loads((FOLDER / "predictions_and_codes.json").read_text())["cases"]
}
"""By their names: ``inputs``, ``params`` and ``values`` in nats, true to 1e-9."""


def arrays(case: str) -> list[np.ndarray]:
    """Give the arrays that a case is made from."""
    return [np.load(FOLDER / name) for name in CASES[case]["inputs"]]


def cases(*names: str) -> list[str]:
    """Give the names of the cases whose names begin so."""
    return [case for case in CASES if case.startswith(names)]
