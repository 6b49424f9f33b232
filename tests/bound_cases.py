"""The reference cases of bounds and couplings, made by a plain program of another hand; nats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).parent / "data" / "models"
CASES: dict[str, dict[str, Any]] = {
    case["case"]: case
    for case in json.loads((FOLDER / "bounds_and_couplings.json").read_text())["cases"]
}


def inputs(case: str) -> list[NDArray[Any]]:
    """Give the arrays of a case, in order."""
    return [np.load(FOLDER / name) for name in CASES[case]["inputs"]]


def values(case: str) -> dict[str, float]:
    """Give the values of a case by their names."""
    return dict(CASES[case]["values"])
