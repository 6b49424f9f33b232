"""What tests of columns beside labels cost: permutations together, and nulls that columns share.

Run with ``python -m benchmarks.labels``; writes labels.md beside it, in about a minute.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.measuring import ONE_THREAD, in_turns, machine
from benchmarks.neighbors import variable

HERE = Path(__file__).parent
N_ROWS, N_COLUMNS, N_ORDERS = 500, 1000, 200
SCALES = (3, 10, 30)
SCREENS = {
    "labels, columns without ties: one null": ("numbers", "-t", "label"),
    "labels, the best by `--adjust max`": ("numbers", "-t", "label", "--adjust", "max"),
    "labels, columns with ties": ("rounded", "-t", "label"),
    "labels, `--groups`": ("numbers", "-t", "label", "--groups", "subject"),
    "numbers, columns without ties: one null": ("numbers", "-t", "target"),
}


def permutations() -> Iterator[str]:
    """A line for each number of levels: an order by itself, and with others."""
    from mitool.estimators.ross import Labels, Ross

    for n_levels in (2, 10, 100):
        rng = np.random.default_rng(n_levels)
        estimator, codes = Ross(), rng.integers(0, n_levels, N_ROWS)
        label = Labels(np.unique(codes, return_inverse=True)[1])
        number = estimator.prepare(variable(rng.standard_normal((N_ROWS, 1))))
        orders = [rng.permutation(N_ROWS) for _ in range(N_ORDERS)]
        runs = in_turns(
            {
                "together": lambda e=estimator, x=label, y=number, o=orders: [
                    mi for (mi,) in e.permuted(x, y, iter(o))
                ],
                "alone": lambda e=estimator, x=label, y=number, o=orders: [
                    e.join(x, y.permute(order)).mi for order in o
                ],
                "scales": lambda e=estimator, x=label, y=number, o=orders: list(
                    e.permuted(x, y, iter(o), SCALES)
                ),
            },
            5,
        )
        assert np.array_equal(runs["together"].value, runs["alone"].value)
        each = [f"{1e6 * runs[name].seconds / N_ORDERS:.0f}" for name in runs]
        yield f"| {n_levels} | {' | '.join(each)} |"


def tables(folder: Path) -> None:
    """Write columns without and with ties beside labels, numbers and subjects of five rows."""
    rng = np.random.default_rng(1)
    columns = rng.standard_normal((N_ROWS, N_COLUMNS))
    target = columns[:, 0] + rng.standard_normal(N_ROWS)
    beside = np.column_stack((target, np.digitize(target, (-1.0, 0.5)), np.arange(N_ROWS) // 5))
    names = [*(f"c{j}" for j in range(N_COLUMNS)), "target", "label", "subject"]
    for name, values in (("numbers", columns), ("rounded", np.round(columns, 1))):
        path = folder / f"{name}.csv"
        together = np.column_stack((values, beside))
        np.savetxt(path, together, "%.9g", ",", header=",".join(names), comments="")


def screens() -> Iterator[str]:
    """A line for each whole command; CPU seconds of its process."""
    env = {**os.environ, **ONE_THREAD}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        tables(folder)
        for name, (table, *more) in SCREENS.items():
            command = [
                *(sys.executable, "-m", "mitool", "screen", str(folder / f"{table}.csv")),
                *(*more, "--cols", f"c0..c{N_COLUMNS - 1}", "--discrete", "label,subject"),
                *("--permutations", str(N_ORDERS), "-j", "1", "-q", "-o", str(folder / "r.csv")),
            ]
            spent = [cpu_of(command, env) for _ in range(3)]
            yield f"| {name} | {np.median(spent):.1f} |"


def cpu_of(command: list[str], env: dict[str, str]) -> float:
    """CPU seconds of a process, user and system."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=env, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def page() -> str:
    lines = [
        "# Tests of columns beside labels",
        "",
        "`python -m benchmarks.labels` writes this page. CPU time on one thread, medians.",
        f"{machine()}.",
        "",
        f"## A permutation of labels beside {N_ROWS} numbers, `ross`, microseconds",
        "",
        "Many orders in one compiled call, each by itself to the same bits, and three numbers of",
        "neighbours together.",
        "",
        "| levels | together | by itself | three scales together |",
        "| ---: | ---: | ---: | ---: |",
        *permutations(),
        "",
        f"## `mitool screen`, {N_COLUMNS:,} columns of {N_ROWS} rows, {N_ORDERS} permutations",
        "",
        "| target | seconds of the process |",
        "| --- | ---: |",
        *screens(),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    os.environ.update(ONE_THREAD)
    (HERE / "labels.md").write_text(page())
