"""Tables of thousands of columns: looking through all pairs, and matrices of correlations.

Run with ``python -m benchmarks.wide``; writes wide.md beside it, in about four minutes. Every case
has a process of its own. ``--before CHECKOUT`` also asks an older checkout what it would take.
Rényi's entropy against rows stands here too: it was what grew worst.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.checkouts import add_before, commit_of, python_of
from benchmarks.measuring import ONE_THREAD, machine, peak_above, wall

HERE = Path(__file__).parent
COLUMNS = [500, 2000, 5000, 20_000]
ROWS = 500
PARTNERS = 10
CORRELATED = ["gaussian", "gcmi"]
ROWS_OF_MATRIX, COLUMNS_OF_MATRIX = 1000, 200
RENYI = [2500, 10_000, 40_000]

Measured = tuple[float, float, float]
"""CPU seconds, MB above the same process before, and a number of the case."""


def columns(d: int, n: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(d)
    values = rng.standard_normal((d, n)) + 0.5 * rng.standard_normal(n)
    return {f"c{j}": values[j] for j in range(d)}


def prescreen(d: str) -> Measured:
    """Look through all pairs of d columns; the number is that of the pairs that are chosen."""
    from mitool.measure.settings import Settings
    from mitool.tables import from_python
    from mitool.tasks import planned
    from mitool.tasks.prescreening import Prescreen, prescreened

    def chosen(d: int) -> int:
        table = from_python(columns(d, ROWS), "columns")
        batch, _ = planned(table, table.names, None, [Settings("ksg")])
        plan = Prescreen(PARTNERS)
        return len(prescreened(batch, plan, 1, lambda bands, total, what: bands).inner.pairs)

    chosen(64)
    return measured(lambda: chosen(int(d)))


def matrix(estimator: str) -> Measured:
    """Estimate all pairs of columns; the number is that of the pairs."""
    import mitool

    mitool.matrix(columns(4, ROWS_OF_MATRIX), estimator=estimator, n_jobs=1)
    table = columns(COLUMNS_OF_MATRIX, ROWS_OF_MATRIX)
    return measured(lambda: len(mitool.matrix(table, estimator=estimator, n_jobs=1)))


def renyi(n: str) -> Measured:
    """Estimate two columns of n rows; the number is the certified error."""
    import mitool

    def error(n: int) -> float:
        x, y = columns(2, n).values()
        return mitool.estimate(x, y, "renyi").error_bound or 0.0

    error(5000)
    return measured(lambda: error(int(n)))


def measured(program: Callable[[], float]) -> Measured:
    found: list[float] = []

    def timed() -> None:
        start = time.process_time()
        number = program()
        found.extend((time.process_time() - start, number))

    peak = peak_above(timed)
    return found[0], peak, found[1]


CASES: dict[str, Callable[[str], Measured]] = {
    "prescreen": prescreen,
    "matrix": matrix,
    "renyi": renyi,
}


def apart(what: str, case: object) -> Measured:
    command = [sys.executable, "-m", "benchmarks.wide", what, str(case)]
    done = subprocess.run(
        command, env=os.environ | ONE_THREAD, capture_output=True, text=True, check=True
    )
    seconds, peak, number = json.loads(done.stdout)
    return seconds, peak, number


def written(d: int, folder: str) -> Path:
    """Write d columns to a file."""
    import pyarrow as pa
    from pyarrow.parquet import write_table

    path = Path(folder) / "columns.parquet"
    write_table(pa.table(columns(d, ROWS)), path)
    return path


def whole(d: int) -> tuple[float, int]:
    """Wall-clock seconds of the whole command on two threads, and how many pairs it estimates."""
    with TemporaryDirectory() as folder:
        table, report = written(d, folder), Path(folder) / "report.csv"
        asked = ("matrix", table, "-e", "ksg", "--prescreen", PARTNERS, "-j", 2, "-q", "-o", report)
        command = [sys.executable, "-m", "mitool", *map(str, asked)]
        seconds = wall(lambda: subprocess.run(command, check=True))
        return seconds, len(report.read_text().splitlines()) - 1


def forecast(d: int, checkout: Path) -> float:
    """Seconds that an older checkout foresees for estimating all pairs on two threads."""
    with TemporaryDirectory() as folder:
        asked = ("matrix", written(d, folder), "-e", "ksg", "-j", 2, "-q", "--dry-run")
        command = [python_of(checkout), "-m", "mitool", *map(str, asked)]
        done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True)
        return float(json.loads(done.stdout)["seconds"])


def whole_commands(before: Path | None) -> list[str]:
    d = COLUMNS[-1]
    n_pairs = d * (d - 1) // 2
    seconds, n_estimates = whole(d)
    lines = [
        "",
        f"## `mitool matrix -e ksg --prescreen {PARTNERS} -j 2`, the whole command",
        "",
        f"{d:,} columns of {ROWS} rows, {n_pairs:,} pairs: {seconds / 60:.1f} minutes by the",
        f"clock, reading the file and reporting {n_estimates:,} estimates included.",
    ]
    if before is not None:
        hours = forecast(d, before) / 3600
        lines.append(f"All of them took {hours:.0f} hours at {commit_of(before)}, by its forecast.")
    return lines


def page(before: Path | None) -> str:
    lines = [
        "# Wide tables",
        "",
        "`python -m benchmarks.wide` writes this page. CPU seconds on one thread, one run each;",
        "memory is the peak above the same process after imports and warm-up.",
        f"{machine()}.",
        "",
        f"## `matrix --prescreen {PARTNERS}`: all pairs looked through, {ROWS} rows",
        "",
        "Reading the columns and choosing their partners; not estimating those.",
        "",
        "| columns | pairs | CPU seconds | ns per pair | MB | pairs chosen |",
        "| ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for d in COLUMNS:
        seconds, peak, chosen = apart("prescreen", d)
        pairs = d * (d - 1) // 2
        each = 1e9 * seconds / pairs
        lines.append(
            f"| {d:,} | {pairs:,} | {seconds:.3g} | {each:.0f} | {peak:.0f} | {chosen:,.0f} |"
        )
    lines += whole_commands(before)
    lines += [
        "",
        f"## `matrix` by correlations, {COLUMNS_OF_MATRIX} columns of {ROWS_OF_MATRIX:,} rows",
        "",
        "| estimator | CPU seconds | µs per pair |",
        "| --- | ---: | ---: |",
    ]
    for estimator in CORRELATED:
        seconds, _, pairs = apart("matrix", estimator)
        lines.append(f"| `{estimator}` | {seconds:.3g} | {1e6 * seconds / pairs:.1f} |")
    lines += [
        "",
        "## `renyi` of two columns, by low rank",
        "",
        "| rows | CPU seconds | MB | error in nats at most |",
        "| ---: | ---: | ---: | ---: |",
    ]
    for n in RENYI:
        seconds, peak, error = apart("renyi", n)
        lines.append(f"| {n:,} | {seconds:.3g} | {peak:.0f} | {error:.1g} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", nargs="*", help="one case to be measured in this process")
    add_before(parser)
    asked = parser.parse_args()
    if not asked.case:
        (HERE / "wide.md").write_text(page(asked.before))
        return
    from mitool.errors import MitoolWarning

    import_module("mitool.kernels.compiled")  # else small jobs would do without the compiler
    warnings.simplefilter("ignore", MitoolWarning)
    what, case = asked.case
    print(json.dumps(CASES[what](case)))


if __name__ == "__main__":
    main()
