"""Larger than memory: ``mitool estimate --stream`` beside pyarrow that only decodes the columns.

    python -m benchmarks.streaming [--rows 100000000]

Writes a Parquet file of a dictionary, a whole number and two Gaussian columns into a temporary
folder, and measures every program in a process of its own: seconds after the imports, which are
the same for a file of any size, those of its threads together, the peak of resident memory of the
whole process, and how often it passes over the file.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from benchmarks.measuring import machine

ROWS = 10_000_000
ROWS_PER_GROUP = 1_000_000
REPEATS = 3
SCHEMA = pa.schema(
    {
        "label": pa.dictionary(pa.int32(), pa.string()),
        "count": pa.int64(),
        "x": pa.float64(),
        "y": pa.float64(),
    }
)
START = """
import json, resource, sys, time
import numpy, scipy.special, pyarrow.parquet
from mitool.cli.app import main
import mitool.cli.commands.estimate, mitool.streaming, mitool.report, mitool.estimators.nsb
import mitool.estimators.bins
from mitool.tables import Table

passes, batches = [], Table.batches
Table.batches = lambda table, names: passes.append(names) or batches(table, names)
started, start = time.process_time(), time.perf_counter()
"""
END = """
seconds, cpu = time.perf_counter() - start, time.process_time() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
print(json.dumps([seconds, cpu, peak, len(passes)]), file=sys.stderr)
"""
DECODE = """
file = pyarrow.parquet.ParquetFile(path, read_dictionary=["label"])
for batch in file.iter_batches(1 << 18, columns=columns):
    pass
passes.append(columns)
"""
ESTIMATE = """
main(["estimate", path, "-x", columns[0], "-y", columns[1], "-e", estimator, "-j", "2", *more])
"""
CASES = (
    ("pyarrow decodes", DECODE, ("label", "count"), "", ()),
    ("plugin, streamed", ESTIMATE, ("label", "count"), "plugin", ("--stream",)),
    ("plugin, in memory", ESTIMATE, ("label", "count"), "plugin", ()),
    ("pyarrow decodes", DECODE, ("x", "y"), "", ()),
    ("gaussian, streamed", ESTIMATE, ("x", "y"), "gaussian", ("--stream",)),
    ("gaussian, in memory", ESTIMATE, ("x", "y"), "gaussian", ()),
    ("100 bins, streamed", ESTIMATE, ("x", "y"), "bins", ("-p", "n_bins=100", "--stream")),
    ("100 bins, in memory", ESTIMATE, ("x", "y"), "bins", ("-p", "n_bins=100")),
    ("bins, streamed", ESTIMATE, ("x", "y"), "bins", ("--stream",)),
    ("bins by fd, streamed", ESTIMATE, ("x", "y"), "bins", ("-p", "n_bins=fd", "--stream")),
    ("pyarrow decodes", DECODE, ("label", "x"), "", ()),
    ("bins, streamed", ESTIMATE, ("label", "x"), "bins", ("--stream",)),
    ("bins by fd, streamed", ESTIMATE, ("label", "x"), "bins", ("-p", "n_bins=fd", "--stream")),
)


def write(path: Path, n_rows: int) -> None:
    """Write the table; each group of rows has its own seed."""
    with pyarrow.parquet.ParquetWriter(path, SCHEMA) as writer:
        for group, start in enumerate(range(0, n_rows, ROWS_PER_GROUP)):
            writer.write_table(rows(group, min(ROWS_PER_GROUP, n_rows - start)))


def rows(group: int, n: int) -> pa.Table:
    """Make rows in which a third of the counts follow the label."""
    rng = np.random.default_rng([20, group])
    label = rng.integers(0, 12, n).astype(np.int32)
    count = np.where(rng.random(n) < 1 / 3, label, rng.integers(0, 12, n))
    x = rng.normal(size=n)
    words = [f"label {i}" for i in range(12)]
    columns = [
        pa.DictionaryArray.from_arrays(pa.array(label), words),
        pa.array(count),
        pa.array(x),
        pa.array(0.6 * x + 0.8 * rng.normal(size=n)),
    ]
    return pa.table(columns, schema=SCHEMA)


def measured(path: Path, case: tuple[str, str, tuple[str, ...], str, tuple[str, ...]]) -> list:
    """Seconds, those of all threads, peak and passes of one run."""
    _, program, columns, estimator, more = case
    given = f"path, columns = {str(path)!r}, {list(columns)!r}\n"
    given += f"estimator, more = {estimator!r}, {list(more)!r}\n"
    done = subprocess.run(
        [sys.executable, "-c", START + given + program + END],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    return json.loads(done.stderr.splitlines()[-1])


def main() -> None:
    """Measure all cases in turns and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--streamed-only", action="store_true")
    asked = parser.parse_args()
    cases = [case for case in CASES if not (asked.streamed_only and "in memory" in case[0])]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        write(path, asked.rows)
        runs = [[measured(path, case) for case in cases] for _ in range(REPEATS)]
        size = path.stat().st_size / 1e6
    print(
        f"{asked.rows:,} rows, {size:,.0f} MB of Parquet; best of {REPEATS}, in turns, 2 threads."
    )
    print(f"{machine()}\n")
    print("| program | columns | passes | seconds | of CPU | peak MB | speed of decoding |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    best = np.min(runs, axis=0)
    for case, (seconds, cpu, peak, passes) in zip(cases, best, strict=True):
        if case[1] is DECODE:
            decoding = seconds
        share = f"{decoding / seconds:.2f}"
        row = f"{passes:.0f} | {seconds:.2f} | {cpu:.2f} | {peak:.0f} | {share}"
        print(f"| {case[0]} | {', '.join(case[2])} | {row} |")


if __name__ == "__main__":
    main()
