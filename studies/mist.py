"""The learned estimator: tables, statistics, training, calibration, and how far off it is.

``python -m studies.mist`` (``make mist``) writes mitool/estimators/mist.npz, and mist.md and
mist.csv beside this file. What was computed is kept in ``--work`` and taken up again;
``--tables 2000`` is a smaller run, ``--bench`` reads a recorded benchmark instead of drawing it.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from studies.record import HERE  # first: one thread for linear algebra

import numpy as np  # isort: skip

from studies.mist_report import Trained, document
from studies.mist_tables import of_all_families, tables
from studies.mist_training import (
    Scale,
    Work,
    arrays_of,
    members,
    networks_without,
    residuals,
)

TABLES = 21_400
FRESH, UNLIKE = 0.15, 0.056
"""Tables to evaluate on, as shares of those of training."""
FEWEST = 100


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", type=int, default=TABLES)
    parser.add_argument("--pace", type=float, default=1.0, help="times the epochs")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--work", type=Path, default=Path("build/mist"))
    parser.add_argument("--bench", type=Path, default=None, help="folder with truth.json")
    parser.add_argument("--output", type=Path, default=HERE / "mist.md")
    parser.add_argument("--weights", type=Path, default=HERE.parent / "mitool/estimators/mist.npz")
    return parser.parse_args(given)


def main(given: list[str] | None = None) -> None:
    asked, start = arguments(given), time.monotonic()
    sizes = {
        "training": asked.tables,
        "fresh": max(FEWEST, round(FRESH * asked.tables)),
        "unlike": max(FEWEST, round(UNLIKE * asked.tables)),
    }
    made = {
        kind: (tables if kind == "unlike" else of_all_families)(kind, n, asked.work, asked.jobs)
        for kind, n in sizes.items()
    }
    training = made["training"]
    work = Work(training, Scale.of(training), asked.work, asked.jobs, asked.pace)
    layers, networks = members(work), networks_without(work)
    found = residuals(work, networks)
    arrays = arrays_of(work, layers, found.calibration())
    save(asked.weights, arrays)
    run = Trained(work, arrays, networks, found, made)
    text, lines = document(run, asked, (time.monotonic() - start) / 60.0)
    asked.output.write_text(text, encoding="utf-8")
    asked.output.with_suffix(".csv").write_text(lines, encoding="utf-8")


def save(path: Path, arrays: dict[str, Any]) -> None:
    """Write the file whole or not at all."""
    unfinished = path.with_name(f".{path.name}.unfinished.npz")
    np.savez_compressed(unfinished, **arrays)
    unfinished.replace(path)


if __name__ == "__main__":
    main()
