"""Time and memory of ``ksg`` against the number of rows, and of ``matrix`` against its columns.

Run with ``python -m benchmarks.growth``; writes growth.md and growth.svg beside it, in about a
minute. Every size has a process of its own. Of a matrix, each column is paired with some of them:
the time of one such pair, times all pairs, is what the whole would take at most.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import numpy as np

from benchmarks.measuring import ONE_THREAD, machine, peak_above
from benchmarks.programs import correlated, mitool_ksg

HERE = Path(__file__).parent
ROWS = [10**power for power in range(3, 8)]
COLUMNS = [20, 100, 500, 2000]
ROWS_OF_MATRIX = 1000
PARTNERS = 10
LONG = 2.0  # seconds of a run that is not repeated

Measured = tuple[float, float]
"""CPU seconds, and MB above the same process after imports, warm-up and reading."""


def of_rows(n: int) -> Measured:
    """Measure one estimate of two columns."""
    mitool_ksg(*correlated(20_000))
    x, y = correlated(n)
    return _measured(lambda: mitool_ksg(x, y))


def of_columns(d: int) -> Measured:
    """Measure a sample of the pairs of d columns; seconds are of all."""
    import mitool

    def sampled(table: dict[str, np.ndarray]) -> None:
        against = ",".join(list(table)[:PARTNERS])
        mitool.matrix(table, against=against, estimator="ksg")

    sampled(_columns(PARTNERS))
    table = _columns(d)
    seconds, peak = _measured(lambda: sampled(table))
    n_sampled = PARTNERS * (d - 1)
    return seconds / n_sampled * (d * (d - 1) / 2), peak


def _columns(d: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(d)
    values = rng.standard_normal((d, ROWS_OF_MATRIX)) + rng.standard_normal(ROWS_OF_MATRIX)
    return {f"c{j}": values[j] for j in range(d)}


def _measured(program: Callable[[], object]) -> Measured:
    seconds = []
    peak = peak_above(lambda: seconds.append(_cpu(program)))
    while len(seconds) < 5 and seconds[0] < LONG:
        seconds.append(_cpu(program))
    return float(np.median(seconds)), peak


def _cpu(program: Callable[[], object]) -> float:
    start = time.process_time()
    program()
    return time.process_time() - start


def apart(what: str, size: int) -> Measured:
    command = [sys.executable, "-m", "benchmarks.growth", what, str(size)]
    done = subprocess.run(
        command, env=os.environ | ONE_THREAD, capture_output=True, text=True, check=True
    )
    seconds, peak = json.loads(done.stdout)
    return seconds, peak


def page(rows: list[Measured], columns: list[Measured]) -> str:
    lines = [
        "# Growth",
        "",
        "`python -m benchmarks.growth` writes this page. CPU seconds on one thread, medians of",
        "five runs (one where it is long); memory is the peak above the same process after",
        "imports, warm-up and making the data.",
        f"{machine()}.",
        "",
        "![CPU seconds and memory against rows and columns](growth.svg)",
        "",
        "## Rows: `ksg`, two columns, k = 3",
        "",
        "| rows | CPU seconds | µs per row | MB | bytes per row |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    for n, (seconds, peak) in zip(ROWS, rows, strict=True):
        lines.append(
            f"| {n:,} | {seconds:.3g} | {1e6 * seconds / n:.2f} | {peak:.0f} | {_bytes(peak, n)} |"
        )
    lines += [
        "",
        f"## Columns: `matrix` by `ksg`, {ROWS_OF_MATRIX:,} rows",
        "",
        f"Each column is paired with {PARTNERS} of them; the seconds are those of all pairs at",
        "that speed.",
        "",
        "| columns | pairs | CPU seconds of all | µs per pair | MB |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    for d, (seconds, peak) in zip(COLUMNS, columns, strict=True):
        pairs = d * (d - 1) // 2
        lines.append(
            f"| {d:,} | {pairs:,} | {seconds:.3g} | {1e6 * seconds / pairs:.0f} | {peak:.0f} |"
        )
    return "\n".join(lines) + "\n"


def _bytes(peak: float, n: int) -> str:
    return f"{1e6 * peak / n:.0f}" if peak >= 10 else ""  # less is the noise of the allocator


def draw(rows: list[Measured], columns: list[Measured]) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "mitool"
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(8, 3.5), layout="constrained")
    titles = ("ksg of two columns", f"matrix of {ROWS_OF_MATRIX:,} rows, all pairs")
    for ax, sizes, found, title in zip(axes, (ROWS, COLUMNS), (rows, columns), titles, strict=True):
        seconds, peaks = np.transpose(found)
        ax.loglog(sizes, seconds, "-o", label="CPU seconds")
        ax.loglog(sizes, np.maximum(peaks, 0.1), "--s", label="MB")
        ax.set(title=title, xlabel="rows" if sizes is ROWS else "columns")
        ax.grid(alpha=0.3)
        ax.legend()
    figure.savefig(HERE / "growth.svg", metadata={"Date": None})


def main() -> None:
    rows = [apart("rows", n) for n in ROWS]
    columns = [apart("columns", d) for d in COLUMNS]
    (HERE / "growth.md").write_text(page(rows, columns))
    draw(rows, columns)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        from mitool.errors import MitoolWarning

        import_module("mitool.kernels.compiled")  # else small jobs would do without the compiler
        warnings.simplefilter("ignore", MitoolWarning)
        measure = {"rows": of_rows, "columns": of_columns}[sys.argv[1]]
        print(json.dumps(measure(int(sys.argv[2]))))
    else:
        main()
