"""Whole commands, from the start of the process to its end: first runs, tests, matrices, screens.

Run with ``python -m benchmarks.commands``; writes commands.md beside it. With ``--before CHECKOUT``
the same commands of an older checkout run in turns with those of this one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.cases import (
    HEADING,
    START,
    Case,
    Programs,
    circumstances,
    lines_of,
    options,
    results,
)
from benchmarks.matrices import N_PAIRS, SAMPLED_LABELS, sklearn_pairs_of_labels, table_of_labels
from benchmarks.programs import correlated

HERE = Path(__file__).parent
CACHE = "NUMBA_CACHE_DIR"


def command(*arguments: object, more: Mapping[str, str] | None = None) -> float:
    """Run a command of the mitool that lies in the folder of this process; it gives no number."""
    line = [sys.executable, "-m", "mitool", *map(str, arguments), "-j", "1", "-q"]
    env = os.environ | (more or {})
    subprocess.run(line, env=env, stdout=subprocess.DEVNULL, check=True)
    return np.nan


@cache
def scratch() -> TemporaryDirectory[str]:
    """A folder that lasts as long as this process."""
    return TemporaryDirectory()


def written(name: str, columns: Mapping[str, np.ndarray]) -> Path:
    """Write a table of columns to a file."""
    path = Path(scratch().name) / name
    table = np.column_stack(list(columns.values()))
    np.savetxt(path, table, "%.9g", ",", header=",".join(columns), comments="")
    return path


def pair(n: int, d: int = 1) -> tuple[object, ...]:
    """What a command is told of x and y of d columns each, in a table that it writes."""
    both = {"x": correlated(n, d)[0], "y": correlated(n, d)[1]}
    columns = {f"{side}{j}": v[:, j] for side, v in both.items() for j in range(d)}
    x, y = (",".join(name for name in columns if name[0] == side) for side in "xy")
    return written(f"pair{d}.csv", columns), "-x", x, "-y", y


def permutations() -> Programs:
    asked = "estimate", *pair(1000)
    test = "-e", "ksg", "--permutations", 999, "--statistic", "estimate"
    return {
        "mitool": lambda: command(*asked, *test),
        START: lambda: command(*asked, "-e", "gaussian"),
    }


def first_run(d: int) -> Programs:
    """An estimate where nothing is compiled yet, and the next one."""
    asked = "estimate", *pair(5000, d), "-e", "ksg"

    def first() -> float:
        with TemporaryDirectory() as empty:
            return command(*asked, more={CACHE: empty})

    kept = {CACHE: f"{scratch().name}/code"}
    return {"mitool": first, "mitool, the next run": lambda: command(*asked, more=kept)}


def labels() -> Programs:
    """All pairs of 300 columns, in a process, against a sample of them in a loop."""
    values = table_of_labels(1000, 7)
    path = written("labels.csv", {f"c{j}": column for j, column in enumerate(values.T)})
    report = path.with_name("report.csv")
    return {
        "mitool": lambda: command("matrix", path, "-e", "plugin", "-o", report),
        "scikit-learn": lambda: sklearn_pairs_of_labels(values),
    }


def screen(n_columns: int = 1000, n: int = 500) -> Programs:
    """Columns without ties beside a label of three levels, with a test of each."""
    rng = np.random.default_rng(1)
    columns = {f"c{j}": rng.standard_normal(n) for j in range(n_columns)}
    label = np.digitize(columns["c0"] + rng.standard_normal(n), (-1.0, 0.5))
    path = written("screen.csv", {**columns, "label": label})
    asked = "screen", path, "-t", "label", "--discrete", "label", "--permutations", 200
    return {"mitool": lambda: command(*asked, "-o", path.with_name("report.csv"))}


CASES = [
    Case("999 permutations, beyond the start", "n = 1,000", permutations, 9),
    *(
        Case(f"first `ksg` after installing, {d}\\|{d}", "n = 5,000", lambda d=d: first_run(d), 3)
        for d in (1, 5)
    ),
    Case(
        "matrix of 300 columns, `-e plugin`, 7 levels",
        "n = 1,000",
        labels,
        scale=SAMPLED_LABELS,
        n_pairs=N_PAIRS,
    ),
    Case("screen on labels, 1,000 columns, 200 permutations", "n = 500", screen, 3),
]


def main() -> None:
    asked = options(__doc__).parse_args()
    found = results("commands", CASES, asked)
    page = [
        "# Whole commands",
        "",
        "`python -m benchmarks.commands` writes this page. CPU seconds of the process on one",
        "thread, its start and its files included; medians of repeats taken in turns.",
        *circumstances(asked),
        "",
        "- *beyond the start*: less the same command with `-e gaussian`, which compiles nothing,",
        "- *first after installing*: the folder for compiled code is empty; *the next run* finds",
        "  what the first one left there,",
        "- *scikit-learn*: a loop of `mutual_info_score` over all pairs, without reading them.",
        "",
        *HEADING,
        *(line for case, runs in found for line in lines_of(case, runs)),
    ]
    if not asked.only:
        (HERE / "commands.md").write_text("\n".join(page) + "\n")


if __name__ == "__main__":
    main()
