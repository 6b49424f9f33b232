"""One table, whatever road it takes to a number: the same bits.

Tables are generated: every type of column, with every pattern of gaps. The roads: formats and how
they lie on disk, files in parts, data frames, threads, streams, shares and a cluster.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet
import pytest
from layouts import COLUMNS, made_table, seen, written

import mitool as package

N_TABLES = 6
SAME = (
    "mi",
    "extras",
    "error_bound",
    "n_used",
    "n_dropped",
    "kind_x",
    "kind_y",
    "estimator",
    "status",
)
"""Fields of a row that may not differ by a bit; the codes of its warnings may not either."""
IN_MEMORY = ("-e", "auto", "-e", "ksg", "-e", "gcmi", "-e", "bins", "-e", "gaussian")
STREAMED = ("-e", "bins", "-e", "gaussian", "-e", "plugin", "-e", "nsb")
Row = dict[str, Any]


@pytest.fixture(params=range(N_TABLES))
def rng(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> np.random.Generator:
    """Give a generator of one table, and batches of a size that it draws."""
    rng = np.random.default_rng((77, request.param))
    monkeypatch.setattr("mitool.tables.table.BATCH_ROWS", int(rng.choice([3, 40, 1 << 18])))
    monkeypatch.setattr("mitool.tables.textparser.BLOCK", int(rng.choice([1 << 12, 1 << 20])))
    return rng


@pytest.fixture
def table(rng: np.random.Generator) -> pa.Table:
    """Give some columns of a table that every format can say."""
    whole = made_table(rng, 150)
    chosen = sorted(rng.choice(len(COLUMNS), 5, replace=False))
    return sayable(whole.select([whole.column_names[i] for i in chosen]))


def sayable(table: pa.Table) -> pa.Table:
    """Give a table without what text cannot say: empty words, and floats of 32 bits."""
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_float32(column.type):
            column = column.cast(pa.float64())
        if pa.types.is_string(column.type):
            words = [word if word != "" else "empty" for word in column.to_pylist()]
            column = pa.chunked_array([pa.array(words, pa.string())])
        columns[name] = column
    return pa.table(columns)


def rows_of(results: list[Row]) -> list[Row]:
    """Give what may not differ between roads."""
    kept = map(seen, results)
    return [{**{k: repr(row[k]) for k in SAME}, "codes": row["warning_codes"]} for row in kept]


def asked(columns: list[str]) -> tuple[str, ...]:
    return ("--cols", ",".join(columns), "-q", "--json")


def results(done: Any) -> list[Row]:
    assert done.out, done.err  # where all pairs fail the status is 3
    return rows_of(json.loads(done.out)["results"])


def text_of(value: object) -> str:
    if value is None:
        return ""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def as_csv(table: pa.Table, path: Path) -> None:
    """Write text as others would: in no way that pyarrow has."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(table.column_names)
        for row in table.to_pylist():
            writer.writerow([text_of(value) for value in row.values()])


def as_json_lines(table: pa.Table, path: Path) -> None:
    rows = ({k: v for k, v in row.items() if v is not None} for row in table.to_pylist())
    first = dict.fromkeys(table.column_names)
    lines = [json.dumps({**first, **row}, default=str).replace("NaN", "null") for row in rows]
    path.write_text("\n".join(lines) + "\n")


FORMATS: dict[str, Callable[[pa.Table, Path], None]] = {
    "csv": as_csv,
    "jsonl": as_json_lines,
    "feather": pyarrow.feather.write_feather,
    "parquet": pyarrow.parquet.write_table,
}


def roads(
    table: pa.Table, folder: Path, rng: np.random.Generator
) -> Iterator[tuple[str, list[str]]]:
    """Write a table in many ways, and name each."""
    for suffix, write in FORMATS.items():
        path = folder / f"d.{suffix}"
        write(table, path)
        yield suffix, [str(path)]
    for kind in ("parquet", "arrow"):
        yield f"parts of {kind}", written(table, folder, rng, [kind])


def test_formats_layouts_and_threads(table, rng, tmp_path, mitool):
    paths = dict(roads(table, tmp_path, rng))
    asks = asked(table.column_names)
    expected = results(mitool("matrix", *paths["parquet"], *asks, *IN_MEMORY))
    assert any(row["status"] == "'ok'" for row in expected)
    for name, files in paths.items():
        n_jobs = int(rng.integers(1, 4))
        found = results(mitool("matrix", *files, *asks, *IN_MEMORY, "-j", n_jobs))
        assert found == expected, (name, n_jobs)


def test_streams(table, rng, tmp_path, mitool):
    paths = dict(roads(table, tmp_path, rng))
    asks = (*asked(table.column_names), *STREAMED)
    expected = results(mitool("matrix", *paths["parquet"], *asks))
    for name, files in paths.items():
        if name != "jsonl":  # which is read whole
            n_jobs = int(rng.integers(1, 4))
            found = results(mitool("matrix", *files, *asks, "--stream", "-j", n_jobs))
            assert found == expected, (name, n_jobs)


def test_shares_and_a_cluster(table, rng, tmp_path, mitool, request):
    paths = dict(roads(table, tmp_path, rng))
    asks = ("--cols", ",".join(table.column_names), "-q", *IN_MEMORY)
    expected = mitool("matrix", *paths["parquet"], *asks, "--json")
    parts = [tmp_path / f"{i}.part" for i in (1, 2, 3)]
    for index, part in enumerate(parts, 1):
        files = paths["parquet"]
        done = mitool("matrix", *files, *asks, "--shard", f"{index}/3", "-o", part)
        assert done.code in (0, 3, 4), done.err
    assert results(mitool("merge", *parts, "--json", "-q")) == results(expected)
    if request.node.callspec.params["rng"] == 0:  # it takes two seconds
        files = paths["parts of arrow"]
        done = mitool("matrix", *files, *asks, "--scheduler", "local:2", "--json")
        assert results(done) == results(expected)


def frames(table: pa.Table) -> Iterator[tuple[str, Any]]:
    """Give the table in the forms in which Python has tables."""
    yield "arrow", table
    yield "pieces", pa.Table.from_batches(table.to_batches(max_chunksize=7))
    plain = pa.table(dict(zip(table.column_names, map(decoded, table.columns), strict=True)))
    yield "pandas", plain.to_pandas()
    yield "pandas of arrow", plain.to_pandas(types_mapper=arrow_types)
    yield "columns", {name: table.column(name) for name in table.column_names}


def decoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Give words instead of their numbers: pandas has no categories that occur twice."""
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


def arrow_types(kind: pa.DataType) -> Any:
    import pandas as pd

    return pd.ArrowDtype(kind)


@pytest.mark.filterwarnings("ignore::mitool.MitoolWarning")
def test_data_frames(table, tmp_path, mitool):
    path = tmp_path / "d.parquet"
    pyarrow.parquet.write_table(table, path)
    names = table.column_names
    for estimator in ("auto", "bins", "gcmi"):
        expected = results(mitool("matrix", path, *asked(names), "-e", estimator))
        for form, frame in frames(table):
            found = package.matrix(frame, names, estimator=estimator)
            given = rows_of([one.row() for one in found])
            assert given == expected, (form, estimator)


@pytest.mark.filterwarnings("ignore::mitool.MitoolWarning")
def test_arrays_side_by_side_are_pairs_of_a_table(table, tmp_path, mitool):
    numbers = [c for c in table.column_names if pa.types.is_floating(table.schema.field(c).type)]
    path = tmp_path / "d.parquet"
    pyarrow.parquet.write_table(table, path)
    for x, y in combinations(numbers, 2):
        first, second = (table.column(c).to_numpy(zero_copy_only=False) for c in (x, y))
        for file, values in (("x.npy", first), ("y.npy", second)):
            np.save(tmp_path / file, values.astype(np.float64))
        for estimator in ("auto", "bins"):
            words = ("-e", estimator, "--value", "-q")
            whole = mitool("estimate", path, "-x", x, "-y", y, *words)
            arrays = mitool("estimate", tmp_path / "x.npy", tmp_path / "y.npy", *words)
            assert arrays.out == whole.out
