"""Reading: every format gives the same numbers, and bad input one clear line."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mitool.tables import Column, ReadOptions, from_python, open_table


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


def test_arrays_have_numbered_columns(tmp_path: Path) -> None:
    array = np.arange(12.0).reshape(4, 3)
    np.save(tmp_path / "d.npy", array)
    columns = read(tmp_path / "d.npy")
    assert [c.name for c in columns] == ["c1", "c2", "c3"]
    assert np.array_equal(np.column_stack([c.values for c in columns]), array)


def test_arrays_of_an_archive_are_groups(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", a=np.ones((4, 2)), b=np.arange(4))
    table = open_table([str(tmp_path / "d.npz")])
    assert table.names == ("a_1", "a_2", "b")
    assert table.select("a,b") == ["a_1", "a_2", "b"]


def test_the_door_is_light() -> None:
    code = (
        "import sys, mitool.tables; from mitool.tables import open_table, from_python; "
        "print(*({'pyarrow', 'pandas'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
