"""Reading: every format gives the same numbers, and bad input one clear line."""

from __future__ import annotations

import gc
import io
import json
import math
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from mitool.errors import MitoolError
from mitool.tables import Column, ReadOptions, from_python, open_table, parse_rows


@pytest.fixture
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "real": rng.normal(size=60),
            "whole": rng.integers(0, 5, 60),
            "text": rng.choice(["b", "a", "NA east"], 60),
            "when": pd.date_range("2020-02-28", periods=60, freq="h"),
            "flag": rng.random(60) < 0.5,
        }
    )
    frame.loc[3, "real"] = np.nan
    frame.loc[4, "text"] = None
    return frame


def read(path: Path, **options: object) -> list[Column]:
    table = open_table([str(path)], ReadOptions(**options))
    return table.read(table.names)


def assert_same(columns: Sequence[Column], others: Sequence[Column]) -> None:
    assert len(columns) == len(others)
    for column, other in zip(columns, others, strict=True):
        assert column.name == other.name
        assert column.origin == other.origin
        assert column.labels == other.labels
        assert np.array_equal(column.values, other.values, equal_nan=True)


WRITERS: dict[str, Callable[[pd.DataFrame, Path], object]] = {
    "d.csv": lambda d, p: d.to_csv(p, index=False),
    "d.tsv": lambda d, p: d.to_csv(p, index=False, sep="\t"),
    "d.txt": lambda d, p: d.to_csv(p, index=False, sep=";"),
    "d.csv.gz": lambda d, p: d.to_csv(p, index=False),
    "d.csv.bz2": lambda d, p: d.to_csv(p, index=False),
    "d.csv.xz": lambda d, p: d.to_csv(p, index=False),
    "d.csv.zst": lambda d, p: d.to_csv(p, index=False),
    "d.parquet": lambda d, p: d.to_parquet(p),
    "d.feather": lambda d, p: d.to_feather(p),
    "d.jsonl": lambda d, p: d.to_json(
        p, orient="records", lines=True, date_format="iso", double_precision=15
    ),
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_columns(
    name: str, frame: pd.DataFrame, tmp_path: Path
) -> None:
    if name == "d.jsonl":
        frame["real"] = frame["real"].round(6)
    WRITERS[name](frame, tmp_path / name)
    table = from_python(frame)
    assert_same(read(tmp_path / name), table.read(table.names))


SAMPLES = Path(__file__).parent.parent / "sample_data"


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.csv")), ids=lambda path: path.stem)
def test_sample_data_are_the_same_in_csv_and_parquet(path: Path) -> None:
    assert_same(read(path), read(path.with_suffix(".parquet")))


def test_the_generated_sample_is_what_its_script_writes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, SAMPLES / "make_gaussian.py", tmp_path], check=True)
    for name in ("gaussian.csv", "gaussian_x.npy", "gaussian_y.npy"):
        assert (tmp_path / name).read_bytes() == (SAMPLES / name).read_bytes()


def test_the_arrays_of_the_generated_sample_hold_the_numbers_of_its_table() -> None:
    x1, x2, *_ = read(SAMPLES / "gaussian.csv")
    c1, c2 = read(SAMPLES / "gaussian_x.npy")
    assert np.array_equal(x1.values, c1.values)
    assert np.array_equal(x2.values, c2.values)


def test_plain_arrays_have_numbered_columns(tmp_path: Path) -> None:
    array = np.arange(12.0).reshape(4, 3)
    for stored in (array, np.asfortranarray(array), array.astype(np.float32), array.astype(int)):
        np.save(tmp_path / "d.npy", stored)
        columns = read(tmp_path / "d.npy")
        assert [c.name for c in columns] == ["c1", "c2", "c3"]
        assert np.array_equal(np.column_stack([c.values for c in columns]), array)


def test_a_long_array_is_read_block_by_block(tmp_path: Path) -> None:
    array = np.random.default_rng(3).normal(size=(10_000, 5))
    np.save(tmp_path / "d.npy", array)
    table = open_table([str(tmp_path / "d.npy")])
    c5, c2 = table.read(["c5", "c2"])
    assert np.array_equal(c5.values, array[:, 4])
    assert np.array_equal(c2.values, array[:, 1])


@pytest.mark.parametrize(
    ("array", "origin", "labels", "values"),
    [
        (np.array([True, False]), "bool", ("false", "true"), [1, 0]),
        (np.array(["b", "a", "b"]), "text", ("a", "b"), [1, 0, 1]),
        (np.array([b"b", b"a"]), "text", ("a", "b"), [1, 0]),
        (np.array(["1970-01-02", "NaT"], "M8[D]"), "time", None, [86400, np.nan]),
        (np.array([1500], "m8[ms]"), "time", None, [1.5]),
        (np.array([1, 2], np.uint8), "number", None, [1, 2]),
    ],
    ids=lambda value: str(value.dtype) if isinstance(value, np.ndarray) else "",
)
def test_an_array_of_any_flat_type_is_a_column(
    array: np.ndarray, origin: str, labels: object, values: list[float], tmp_path: Path
) -> None:
    np.save(tmp_path / "d.npy", array)
    (column,) = read(tmp_path / "d.npy")
    assert (column.name, column.origin, column.labels) == ("c1", origin, labels)
    assert np.array_equal(column.values, values, equal_nan=True)


def test_a_record_array_has_its_fields_as_columns(tmp_path: Path) -> None:
    np.save(tmp_path / "d.npy", np.array([(1, 2.5), (2, 3.5)], dtype=[("u", int), ("v", float)]))
    u, v = read(tmp_path / "d.npy")
    assert (u.name, v.name, *u.values, *v.values) == ("u", "v", 1, 2, 2.5, 3.5)


def test_arrays_of_an_archive_are_groups(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", a=np.array([[1, 2], [3, 4]]), b=np.array([5, 6]))
    table = open_table([str(tmp_path / "d.npz")])
    assert table.names == ("a_1", "a_2", "b")
    assert table.select("b,a") == ["b", "a_1", "a_2"]
    assert np.array_equal(np.stack([c.values for c in table.read(["b", "a_2"])]), [[5, 6], [2, 4]])


def test_decimals_dictionaries_and_every_width_of_number_are_read(tmp_path: Path) -> None:
    table = pa.table(
        {
            "decimal": pa.array([Decimal("0.1"), None]),
            "dictionary": pa.array(["b", "a"]).dictionary_encode(),
            "half": pa.array(np.array([0.5, 2], np.float16)),
            "small": pa.array([1, None], pa.int8()),
            "large": pa.array(["y", "x"], pa.large_string()),
            "date": pa.array([1, 0], pa.date32()),
            "time": pa.array([60, 0], pa.time32("s")),
            "none": pa.nulls(2),
        }
    )
    pq.write_table(table, tmp_path / "d.parquet")
    columns = {column.name: column for column in read(tmp_path / "d.parquet")}
    values = {name: column.values.tolist() for name, column in columns.items()}
    assert values["decimal"][0] == 0.1
    assert math.isnan(values["decimal"][1])
    assert (columns["dictionary"].labels, values["dictionary"]) == (("a", "b"), [1, 0])
    assert (values["half"], values["small"][0]) == ([0.5, 2], 1)
    assert columns["large"].labels == ("x", "y")
    assert (values["date"], values["time"]) == ([86400, 0], [60, 0])
    assert np.isnan(values["none"]).all()


def test_labels_are_the_same_whatever_the_order_of_rows_and_chunks(tmp_path: Path) -> None:
    words = np.random.default_rng(5).choice(["c", "a", "b", "é"], 1000).tolist()
    pq.write_table(pa.table({"t": words}), tmp_path / "d.parquet", row_group_size=7)
    (column,) = read(tmp_path / "d.parquet")
    assert column.labels == ("a", "b", "c", "é")
    assert [column.labels[int(code)] for code in column.values] == words


def test_an_index_without_a_name_is_no_column(frame: pd.DataFrame, tmp_path: Path) -> None:
    frame.iloc[::2].to_parquet(tmp_path / "d.parquet")
    assert open_table([str(tmp_path / "d.parquet")]).names == tuple(frame.columns)


def test_files_are_parts_of_one_table(frame: pd.DataFrame, tmp_path: Path) -> None:
    pieces = [frame.iloc[:20].drop(index=range(15)), frame.iloc[20:50], frame.iloc[50:].copy()]
    paths = [tmp_path / name for name in ("a.csv", "b.parquet", "c.jsonl")]
    pieces[2]["real"] = pieces[2]["real"].round(6)
    for path, piece in zip(paths, pieces, strict=True):
        WRITERS[f"d{path.suffix}"](piece, path)
    table = open_table([str(path) for path in paths])
    whole = from_python(pd.concat(pieces))
    assert_same(table.read(table.names), whole.read(whole.names))
    assert table.n_rows == 45
    assert [(i.format, i.rows) for i in table.inputs] == [
        ("csv", 5),
        ("parquet", 30),
        ("jsonl", 10),
    ]


def test_a_part_that_is_all_missing_fits_any_kind(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n,1\n,2\n")
    (tmp_path / "b.csv").write_text("x,y\nu,3\n")
    (x,) = open_table([str(tmp_path / "a.csv"), str(tmp_path / "b.csv")]).read(["x"])
    assert x.labels == ("u",)
    assert np.array_equal(x.values, [np.nan, np.nan, 0], equal_nan=True)


@pytest.mark.parametrize(
    ("rows", "expected"), [("2:5", [2, 3, 4]), (":2", [0, 1]), ("8:", [8, 9]), ("8:99", [8, 9])]
)
def test_rows_are_a_half_open_range(rows: str, expected: list[int], tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("a,t\n" + "".join(f"{i},t{i}\n" for i in range(10)))
    a, t = read(tmp_path / "d.csv", rows=parse_rows(rows))
    assert a.values.tolist() == expected
    assert t.labels == tuple(f"t{i}" for i in expected)


def test_a_sample_is_a_part_of_the_rows_in_their_order(tmp_path: Path) -> None:
    np.save(tmp_path / "d.npy", np.arange(100))
    drawn = [read(tmp_path / "d.npy", sample=10, seed=seed)[0].values for seed in (1, 1, 2)]
    assert np.array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0], drawn[2])
    assert (np.diff(drawn[0]) > 0).all()
    (within,) = read(tmp_path / "d.npy", sample=3, rows=(90, None))
    assert len(within) == 3
    assert within.values.min() >= 90


@pytest.mark.parametrize("suffix", ["csv", "parquet", "arrow", "npz", "jsonl"])
def test_a_sample_holds_what_the_whole_columns_do(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drawn from pieces, of two files; a column that is missing in one of them, and labels."""
    monkeypatch.setattr("mitool.tables.table.BATCH_ROWS", 7)
    n = 60
    rng = np.random.default_rng(3)
    paths = []
    for file in range(2):
        table = pa.table(
            {
                "a": pa.array(rng.normal(size=n), mask=rng.random(n) < 0.2),
                "k": pa.array(rng.integers(0, 5, n)),
                "t": pa.array([f"w{i}" for i in rng.integers(0, 9, n)]),
                "m": pa.array(np.full(n, 2.5), mask=np.full(n, file == 0)),
            }
        )
        paths.append(str(write_as(table, tmp_path / f"{file}.{suffix}")))
    names = ["a", "k", "t", "m"]
    options = {"rows": (10, 115), "seed": 5}
    drawn = open_table(paths, ReadOptions(sample=40, **options)).read(names)
    whole = open_table(paths, ReadOptions(rows=(10, 115))).read(names)
    rows = np.sort(np.random.default_rng(5).choice(105, 40, replace=False))
    for found, known in zip(drawn, [column.take(rows) for column in whole], strict=True):
        assert found.labels == known.labels
        assert found.origin == known.origin
        assert np.array_equal(found.values, known.values, equal_nan=True)


@pytest.mark.parametrize("seed", range(4))
def test_a_sample_may_leave_out_whole_files(seed: int, tmp_path: Path) -> None:
    paths = [str(tmp_path / f"{i}.npy") for i in range(4)]
    for i, path in enumerate(paths):
        np.save(path, np.arange(5.0 * i, 5.0 * i + 5))
    (drawn,) = open_table(paths, ReadOptions(sample=3, seed=seed)).read(["c1"])
    chosen = np.random.default_rng(seed).choice(20, 3, replace=False)
    assert np.array_equal(drawn.values, np.sort(chosen))


def write_as(table: pa.Table, path: Path) -> Path:
    """Write a table in the format of a suffix."""
    if path.suffix == ".csv":
        pc.write_csv(table, path)
    elif path.suffix == ".parquet":
        pq.write_table(table, path, row_group_size=25)
    elif path.suffix == ".arrow":
        feather.write_feather(table, path, chunksize=25)
    elif path.suffix == ".npz":
        filled = {name: table[name].to_numpy(zero_copy_only=False) for name in table.column_names}
        np.savez(path, **{k: v.astype("U") if v.dtype == object else v for k, v in filled.items()})
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))
    return path


def test_a_sample_of_more_rows_than_there_are_is_all_of_them(tmp_path: Path) -> None:
    np.save(tmp_path / "d.npy", np.arange(5))
    assert len(read(tmp_path / "d.npy", sample=10)[0]) == 5


def test_inputs_are_described(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("a,b\n1,2\n3,4\n")
    (entry,) = open_table([str(tmp_path / "d.csv")], ReadOptions(rows=(0, 1))).inputs
    assert asdict(entry) == {
        "path": str(tmp_path / "d.csv"),
        "format": "csv",
        "bytes": 12,
        "rows": 2,
        "columns": 2,
    }


@pytest.mark.parametrize("most_held", [100, 1 << 20], ids=["in a file", "in memory"])
@pytest.mark.parametrize("name", [*WRITERS, "d.npy"])
def test_standard_input_is_read_by_its_first_bytes(
    name: str, most_held: int, frame: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mitool.tables.stdin.MOST_HELD", most_held)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = tmp_path / name
    writers = {**WRITERS, "d.npy": lambda d, p: np.save(p, d[["real", "whole"]].to_numpy())}
    writers[name](frame, path)
    stdin = io.TextIOWrapper(io.BytesIO(path.read_bytes()))
    monkeypatch.setattr(sys, "stdin", stdin)
    table = open_table(["-"])
    assert_same(table.read(table.names), read(path))
    assert table.label == "standard input"
    assert table.inputs[0].bytes == path.stat().st_size
    kept = list(tmp_path.glob("mitool-*"))
    if name != "d.npy":  # which is mapped, and needs no name any more
        assert [file.stat().st_mode & 0o777 for file in kept] == [0o600] * (most_held == 100)
    del table
    gc.collect()
    assert not list(tmp_path.glob("mitool-*"))


def test_standard_input_that_finds_no_room_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mitool.tables.stdin.MOST_HELD", 4)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a,b\n1,2\n")))
    with pytest.raises(MitoolError, match=r"cannot be kept in .*gone .no such file.*TMPDIR"):
        open_table(["-"])


def test_a_file_is_what_it_holds_not_what_it_is_called(frame: pd.DataFrame, tmp_path: Path) -> None:
    WRITERS["d.parquet"](frame, tmp_path / "d.csv")
    assert open_table([str(tmp_path / "d.csv")]).inputs[0].format == "parquet"


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh process has loaded after running the code."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_the_door_is_light() -> None:
    assert not loaded_by("import mitool.tables") & {"numpy", "pyarrow", "pandas"}
    code = "from mitool.tables import open_table, from_python"
    assert not loaded_by(code) & {"pyarrow", "pandas"}


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_reading_a_file_loads_neither_pandas_nor_arrow_compute(suffix: str) -> None:
    code = (
        "from mitool.tables import open_table\n"
        f"table = open_table([{str(SAMPLES / f'penguins.{suffix}')!r}])\n"
        "table.read(table.names)"
    )
    assert not loaded_by(code) & {"pandas", "pyarrow.compute", "scipy"}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([1, 2, 3], {"c1": [1, 2, 3]}),
        ([1.5, None], {"c1": [1.5, np.nan]}),
        (np.array([[1, 2], [3, 4]]), {"c1": [1, 3], "c2": [2, 4]}),
        (
            {"a": [1, 2], "b": np.array([[3, 4], [5, 6]])},
            {"a": [1, 2], "b_1": [3, 5], "b_2": [4, 6]},
        ),
        (pd.Series([1, 2], name="s"), {"s": [1, 2]}),
        (pd.Series([1, 2]), {"c1": [1, 2]}),
        (pd.Series([True, None], dtype="boolean", name="s"), {"s": [0, np.nan]}),
        (pd.DataFrame({"a": [1, 2], 3: [4, 5]}, index=[7, 9]), {"a": [1, 2], "3": [4, 5]}),
        (pd.DataFrame({"a": pd.Categorical(["y", "x"])}), {"a": [1, 0]}),
        (pd.DataFrame({"a": pd.array([1, None], dtype="Int64")}), {"a": [1, np.nan]}),
        (pa.table({"a": [1, None]}), {"a": [1, np.nan]}),
        (np.ma.masked_equal([1, -9, 2], -9), {"c1": [1, np.nan, 2]}),
        (np.ma.array(["b", "a", "x"], mask=[0, 0, 1]), {"c1": [1, 0, np.nan]}),
    ],
    ids=range(13),
)
def test_data_in_memory_are_columns(data: object, expected: dict[str, list[float]]) -> None:
    table = from_python(data)
    assert table.names == tuple(expected)
    for column in table.read(table.names):
        assert np.array_equal(column.values, expected[column.name], equal_nan=True)


def test_a_name_for_data_without_one() -> None:
    assert from_python([1, 2], "x").names == ("x",)
    assert from_python(pd.Series([1, 2]), "x").names == ("x",)
    table = from_python(np.ones((3, 2)), "x")
    assert table.names == ("x_1", "x_2")
    assert table.select("x") == ["x_1", "x_2"]


def test_data_in_memory_are_left_alone(frame: pd.DataFrame) -> None:
    before = frame.copy()
    table = from_python(frame)
    for column in table.read(table.names):
        column.values[:] = 0
    pd.testing.assert_frame_equal(frame, before)
    array = np.arange(6.0).reshape(3, 2)
    for column in from_python(array).read(["c1", "c2"]):
        column.values[:] = 0
    assert np.array_equal(array, np.arange(6.0).reshape(3, 2))


@pytest.mark.parametrize("command", [["matrix"], ["screen", "-t", "y"], ["entropy"]])
def test_columns_that_cannot_be_read_are_left_out_where_all_are_meant(
    command, mitool, tmp_path, rng
) -> None:
    path = tmp_path / "nested.parquet"
    numbers = {name: rng.normal(size=60) for name in "xy"}
    nested = {"lists": [[1, 2]] * 60, "bytes": [b"a"] * 60}
    pq.write_table(pa.table(numbers | nested), path)
    done = mitool(command[0], path, *command[1:], "--json")
    assert done.code == 0, done.err
    assert "column 'lists' holds list<element: int64>: left out" in done.err
    assert "column 'bytes' holds binary: left out" in done.err
    named = mitool("entropy", path, "--cols", "bytes")
    assert named.code == 3
    assert "neither numbers, labels nor times; cast it to text" in named.err
