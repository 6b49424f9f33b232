"""Columns of one name: refused by that name, numbered otherwise, by every reader alike."""

from __future__ import annotations

import io
import pickle
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

import mitool as library
from mitool.errors import MitoolError, MitoolWarning
from mitool.tables import Table, from_python, open_table
from mitool.tables.columnnames import ColumnNames
from mitool.tables.columnspecs import select

ROWS = 6
FIRST, SECOND, OTHER = (np.arange(ROWS) * scale for scale in (1.0, 10.0, 100.0))
ARROW = pa.table([FIRST, SECOND, OTHER], names=["a", "a", "b"])


def npz(path: Path) -> None:
    """Two members of one name, which NumPy itself does not write."""
    with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of the repeated name
        for name, values in zip("aab", (FIRST, SECOND, OTHER), strict=True):
            member = io.BytesIO()
            np.save(member, values)
            archive.writestr(f"{name}.npy", member.getvalue())


def csv(path: Path) -> None:
    lines = [f"{a},{b},{c}" for a, b, c in zip(FIRST, SECOND, OTHER, strict=True)]
    path.write_text("\n".join(["a,a,b", *lines]) + "\n")


def stream(path: Path) -> None:
    with pa.ipc.new_stream(path, ARROW.schema) as writer:
        writer.write_table(ARROW, max_chunksize=4)


def file_of(name: str, write: Callable[[Path], object]) -> Callable[[Path], Table]:
    def opened(folder: Path) -> Table:
        write(folder / name)
        return open_table([str(folder / name)])

    return opened


FRAME = pd.DataFrame({0: FIRST, 1: SECOND, 2: OTHER}).set_axis(["a", "a", "b"], axis=1)
READERS: dict[str, Callable[[Path], Table]] = {
    "csv": file_of("d.csv", csv),
    "parquet": file_of("d.parquet", lambda path: pq.write_table(ARROW, path, row_group_size=4)),
    "feather": file_of("d.feather", lambda path: pa.feather.write_feather(ARROW, str(path))),
    "arrow": file_of("d.arrow", stream),
    "npz": file_of("d.npz", npz),
    "pandas": lambda folder: from_python(FRAME, "d"),
    "table": lambda folder: from_python(ARROW, "d"),
}


@pytest.fixture(params=READERS)
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Table:
    return READERS[request.param](tmp_path)


def test_columns_of_one_name_are_numbered(table: Table) -> None:
    assert table.names == ("a:1", "a:2", "b")
    columns = table.read(["b", "a:2", "a:1"])
    assert [column.name for column in columns] == ["b", "a:2", "a:1"]
    assert [column.values.tolist() for column in columns] == [
        values.tolist() for values in (OTHER, SECOND, FIRST)
    ]


@pytest.mark.parametrize("name", ["a:2", "b"])
def test_one_is_read_without_the_others(name: str, table: Table) -> None:
    (column,) = table.read([name])
    assert column.values.tolist() == {"a:2": SECOND, "b": OTHER}[name].tolist()


def test_batches_find_the_same_columns(table: Table) -> None:
    pieces = [batch() for batch in table.batches(["a:2", "b"])]
    for place, expected in enumerate((SECOND, OTHER)):
        values = np.concatenate([batch[place].values for batch in pieces])
        assert values.tolist() == expected.tolist()


def test_the_shared_name_is_refused(table: Table) -> None:
    words = r"has 2 columns named 'a' \(numbers 1 and 2\); rename them, or say which: 'a:1' or"
    for ask in (table.select, lambda name: table.read([name]), lambda name: table.select("a..b")):
        with pytest.raises(MitoolError, match=words):
            ask("a")


def test_a_pattern_means_all_of_them(table: Table) -> None:
    assert table.select("a*") == ["a:1", "a:2"]


def test_a_key_twice_in_a_line_of_json_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    path.write_text('{"a": 1, "b": 3}\n{"a": 1, "a": 2, "b": 3}\n')
    with pytest.raises(MitoolError) as error:
        open_table([str(path)])
    assert str(error.value) == (
        f"{path} line 2 cannot be read: the key 'a' stands in it 2 times; give each its own name"
    )


def test_columns_without_a_use_are_found_by_their_numbers(tmp_path: Path) -> None:
    lists = pa.array([[1]] * ROWS)
    pq.write_table(pa.table([FIRST, lists, OTHER], names=["a", "a", "b"]), tmp_path / "d.parquet")
    assert open_table([str(tmp_path / "d.parquet")]).aside == {
        "a:2": ("unusable", "list<element: int64>")
    }


def test_text_and_numbers_may_share_a_name(tmp_path: Path) -> None:
    path = tmp_path / "d.parquet"
    pq.write_table(pa.table([list("uvuvuv"), SECOND], names=["a", "a"]), path)
    words, numbers = open_table([str(path)]).read(["a:1", "a:2"])
    assert words.labels == ("u", "v")
    assert numbers.values.tolist() == SECOND.tolist()


def test_arrays_that_make_one_name_are_numbered(tmp_path: Path) -> None:
    path = tmp_path / "d.npz"
    np.savez(path, a=np.column_stack((FIRST, SECOND)), a_1=OTHER)
    table = open_table([str(path)])
    assert table.names == ("a_1:1", "a_2", "a_1:2")
    assert table.select("a") == ["a_1:1", "a_2"]
    assert table.read(["a_1:2"])[0].values.tolist() == OTHER.tolist()


@pytest.mark.parametrize(
    "data",
    [pd.DataFrame({1: FIRST, "1": SECOND}), {1: FIRST, "1": SECOND}],
    ids=["frame", "dict"],
)
def test_names_that_are_the_same_as_text_repeat(data: object) -> None:
    table = from_python(data)
    assert table.names == ("1:1", "1:2")
    assert [c.values.tolist() for c in table.read(table.names)] == [
        FIRST.tolist(),
        SECOND.tolist(),
    ]


@pytest.mark.parametrize(
    ("stored", "names"),
    [
        ("ab", ["a", "b"]),
        ("aab", ["a:1", "a:2", "b"]),
        (["a", "a:2", "a"], ["a::1", "a:2", "a::2"]),
        (["a", "a", "a:1", "a:1"], ["a::1", "a::2", "a:1:1", "a:1:2"]),
    ],
)
def test_numbered_names_are_all_different(stored: list[str], names: list[str]) -> None:
    made = ColumnNames(stored)
    assert list(made) == names
    assert ColumnNames.of(made) is made
    copy = pickle.loads(pickle.dumps(made))
    assert (copy, copy.stored) == (made, tuple(stored))
    assert copy.places(names, stored) == list(range(len(names)))


def test_a_name_with_a_comma_that_repeats_is_refused_by_it() -> None:
    with pytest.raises(MitoolError, match="has 2 columns named 'a,b'"):
        select("a,b", ["a,b", "a,b", "c"], "d.csv")


def test_parts_with_repeated_names_are_one_table(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("1.csv", "2.csv")]
    for path in paths:
        csv(path)
    (column,) = open_table([str(path) for path in paths]).read(["a:2"])
    assert column.values.tolist() == [*SECOND, *SECOND]


def test_numbers_that_repeat_are_still_seen_to_be_no_header(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("1,1,0\n2,3,1\n")
    with pytest.warns(MitoolWarning, match="the header holds only numbers"):
        open_table([str(path)])


def test_a_matrix_has_all_columns_of_a_frame(rng: np.random.Generator) -> None:
    frame = pd.DataFrame(rng.normal(size=(80, 3)), columns=["a", "a", "b"])
    pairs = [(row.x, row.y) for row in library.matrix(frame, estimator="gaussian")]
    assert pairs == [("a:1", "a:2"), ("a:1", "b"), ("a:2", "b")]


def test_the_command_line_refuses_the_name_and_takes_the_number(mitool, tmp_path: Path) -> None:
    path = tmp_path / "d.parquet"
    pq.write_table(ARROW, path)
    refused = mitool("estimate", path, "-x", "a", "-y", "b")
    assert refused.code == 3
    assert "2 columns named 'a'" in refused.err
    taken = mitool("estimate", path, "-x", "a:2", "-y", "b", "-e", "bins", "--json")
    assert taken.code == 0
    assert mitool("estimate", path, "-x", "b", "-y", "b", "--discrete", "a").code == 3
