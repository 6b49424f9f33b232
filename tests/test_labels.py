"""Labels stay as they are written, and numbers beyond floats stay apart.

Right values are counted here by hand: entropies of tuples of the words themselves.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import log
from pathlib import Path

import numpy as np
import pytest

from mitool.api import estimate
from mitool.errors import MitoolError, MitoolWarning
from mitool.tables import ReadOptions, from_python, open_table
from mitool.tables.digits import ZeroSeeker
from mitool.variables import gather


def entropy_of(values: list) -> float:
    n = len(values)
    return -sum(count / n * log(count / n) for count in Counter(values).values())


def counted_mi(x: list, y: list) -> float:
    """The plug-in mutual information of two lists, by counting."""
    pairs = list(zip(x, y, strict=True))
    return entropy_of(list(x)) + entropy_of(list(y)) - entropy_of(pairs)


SAME_NUMBERS = {
    "zeros in front": ["02116", "2116", "10001"],
    "secret agents": ["007", "7", "07"],
    "versions": ["1.10", "1.1", "1.2"],
    "exponents": ["1E5", "100000", "1e5"],
    "hexadecimal": ["0x10", "16", "17"],
    "truths": ["true", "1", "0"],
    "times": ["12:30", "12:30:00", "12:31"],
    "long keys": ["10000000000000000001", "10000000000000000002", "10000000000000000003"],
    "infinite": ["inf", "Infinity", "1"],
    "dates": ["2020-01-01", "2020-01-01T00:00:00", "2020-01-02"],
    "signed": ["+1", "1", "01"],
}


def told(outcome) -> tuple[int, str, str]:
    """The exit status of a run and what it printed."""
    return outcome.code, outcome.out, outcome.err


def depending(words: list[str], n_rows: int = 300) -> tuple[list[str], list[str]]:
    """A column of words and one that follows it in two rows of three."""
    rng = np.random.default_rng(3)
    x = rng.choice(words, n_rows).tolist()
    meant = dict(zip(words, "abc", strict=True))
    y = [meant[word] if rng.random() < 2 / 3 else "abc"[rng.integers(3)] for word in x]
    return x, y


def written(path: Path, x: list[str], y: list[str], separator: str) -> Path:
    lines = [separator.join(row) for row in zip(["x", *x], ["y", *y], strict=True)]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("stream", [(), ("--stream",)], ids=["memory", "stream"])
@pytest.mark.parametrize(("suffix", "separator"), [("csv", ","), ("tsv", "\t")])
@pytest.mark.parametrize("words", SAME_NUMBERS.values(), ids=SAME_NUMBERS)
def test_declared_labels_that_are_equal_as_numbers_stay_apart(
    words, suffix, separator, stream, tmp_path, mitool
):
    x, y = depending(words)
    path = written(tmp_path / f"d.{suffix}", x, y, separator)
    plugin = ["-e", "plugin", "-p", "correction=none", "--discrete", "x", "--value"]
    code, out, _ = told(mitool("estimate", path, "-x", "x", "-y", "y", *plugin, *stream))
    assert code == 0
    assert float(out) == pytest.approx(counted_mi(x, y), abs=1e-12)


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("stream", [(), ("--stream",)], ids=["memory", "stream"])
@pytest.mark.parametrize("words", [SAME_NUMBERS["zeros in front"], SAME_NUMBERS["long keys"]])
def test_names_of_digits_are_labels_by_themselves_with_a_note(
    words, stream, compressed, tmp_path, mitool
):
    import gzip

    x, y = depending(words)
    path = written(tmp_path / "d.csv", x, y, ",")
    if compressed:
        packed = tmp_path / "d.csv.gz"
        packed.write_bytes(gzip.compress(path.read_bytes()))
        path = packed
    plugin = ["-e", "plugin", "-p", "correction=none", "--value"]
    code, out, err = told(mitool("estimate", path, "-x", "x", "-y", "y", *plugin, *stream))
    assert code == 0
    assert "'x' holds digits written as names are" in err
    assert float(out) == pytest.approx(counted_mi(x, y), abs=1e-12)


@pytest.mark.parametrize("stream", [(), ("--stream",)], ids=["memory", "stream"])
def test_a_zero_in_front_far_below_the_first_block_counts(stream, tmp_path, mitool):
    rows = 200_000
    x = ["12" if i % 2 else "34" for i in range(rows)]
    x[-1] = "012"
    y = ["a" if word == "12" else "b" for word in x]
    path = written(tmp_path / "d.csv", x, y, ",")
    plugin = ["-e", "plugin", "-p", "correction=none", "--value"]
    _, out, err = told(mitool("estimate", path, "-x", "x", "-y", "y", *plugin, *stream))
    assert "'012'" in err
    assert float(out) == pytest.approx(counted_mi(x, y), abs=1e-12)


@pytest.mark.parametrize(
    "words",
    [
        ["-05", "7", "8"],
        ["+05", "7", "8"],
        ["01.5", "7", "8"],
        ["0", "10", "200"],
        ["0.5", "1e-05", "7"],
        ["1577836800000000001", "1577836800000000002", "1577836800000000003"],
    ],
    ids=str,
)
def test_numbers_stay_numbers(words, tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("x,y\n" + "".join(f"{word},1\n" for word in words))
    (column,) = open_table([str(path)]).read(["x"])
    assert column.labels is None
    assert [column.values[i] + float(column.offset) for i in range(3)] == list(map(float, words))


def test_the_rows_of_a_file_whose_first_column_is_declared_are_counted(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("x,y\n007,1\n8,2\n")
    assert open_table([str(path)], ReadOptions(discrete=("x",))).n_rows == 2


def test_parts_of_which_one_has_zeros_in_front_are_refused_with_a_remedy(tmp_path):
    one, two = tmp_path / "1.csv", tmp_path / "2.csv"
    one.write_text("zip\n10001\n10002\n")
    two.write_text("zip\n02116\n02117\n")
    with (
        pytest.raises(MitoolError, match="agree; --discrete zip takes it as labels in all"),
        pytest.warns(MitoolWarning),
    ):
        open_table([str(one), str(two)]).read(["zip"])
    (column,) = open_table([str(one), str(two)], ReadOptions(discrete=("zip",))).read(["zip"])
    assert column.labels == ("02116", "02117", "10001", "10002")


def test_zeros_in_front_are_numbers_by_the_users_word(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("x,y\n007,1\n8,2\n")
    (column,) = open_table([str(path)], ReadOptions(continuous=("x",))).read(["x"])
    assert column.values.tolist() == [7, 8]


def test_conditions_groups_and_targets_keep_zeros_in_front(tmp_path, mitool):
    rng = np.random.default_rng(5)
    g = rng.choice(["01", "1", "2"], 400).tolist()
    x = rng.choice(["p", "q"], 400).tolist()
    y = [a if b == "01" else "pq"[rng.integers(2)] for a, b in zip(x, g, strict=True)]
    path = tmp_path / "d.csv"
    lines = [",".join(row) for row in zip(g, x, y, strict=True)]
    path.write_text("g,x,y\n" + "\n".join(lines) + "\n")
    plugin = ["-e", "plugin", "-p", "correction=none"]
    _, out, _ = told(mitool("estimate", path, "-x", "x", "-y", "y", "-z", "g", *plugin, "--value"))
    within = 0.0
    for level in ("01", "1", "2"):
        rows = [i for i, word in enumerate(g) if word == level]
        within += len(rows) / 400 * counted_mi([x[i] for i in rows], [y[i] for i in rows])
    assert float(out) == pytest.approx(within, abs=1e-12)
    code, _, err = told(mitool("estimate", path, "-x", "x", "-y", "y", "--compare", "--by", "g"))
    assert code == 3
    assert "3" in err  # three groups are one too many
    _, out, _ = told(mitool("screen", path, "-t", "g", "--cols", "x,y", *plugin, "--format", "csv"))
    top = next(csv.DictReader(out.splitlines()))
    assert float(top["mi"]) == pytest.approx(max(counted_mi(x, g), counted_mi(y, g)), abs=1e-9)


def test_names_of_thousands_of_digits_are_labels(tmp_path):
    words = ["9" * 8000, "9" * 7999 + "8"]
    path = tmp_path / "d.csv"
    path.write_text("x,y\n" + "".join(f"{word},1\n" for word in words))
    with pytest.warns(MitoolWarning, match="holds digits") as caught:
        (column,) = open_table([str(path)]).read(["x"])
    assert column.labels == tuple(sorted(words))
    assert len(str(caught[0].message)) < 400


def test_a_mark_of_missing_values_is_a_label_where_the_user_says_so(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("x,y\nNA,1\nSE,2\nNA,3\n")
    options = ReadOptions(default_na=False, discrete=("x",))
    (column,) = open_table([str(path)], options).read(["x"])
    assert column.labels == ("NA", "SE")


def test_missing_values_among_declared_labels_are_those_of_numbers(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("x,y\n1,1\n.,2\n01,3\n-,1\n")
    (column,) = open_table([str(path)], ReadOptions(discrete=("x",))).read(["x"])
    assert column.labels == ("01", "1")
    assert np.isnan(column.values).tolist() == [False, True, False, True]


def test_json_lines_keep_numbers_as_they_are_written(tmp_path):
    path = tmp_path / "d.jsonl"
    lines = ['{"v":1.10,"k":10000000000000000001}', '{"v":1.1,"k":10000000000000000002}', '{"v":1}']
    path.write_text("\n".join(lines) + "\n")
    (column,) = open_table([str(path)], ReadOptions(discrete=("v",))).read(["v"])
    assert column.labels == ("1", "1.1", "1.10")
    with pytest.warns(MitoolWarning, match="'k' holds digits"):
        (key,) = open_table([str(path)]).read(["k"])
    assert key.labels == ("10000000000000000001", "10000000000000000002")
    assert np.isnan(key.values[2])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"a,b\n1,2\n", False),
        (b"a,b\n1,02\n", True),
        (b"a,b\n1, 02\n", True),
        (b'a,b\n1,"02"\n', True),
        (b"a\n02", True),
        (b"a,b\n2020-01-02 05:30:00,1e-05\n", False),
        (b"a,b\n0.25,10\n0,100\n", False),
        (b"a,b\n1.05,-05\n", False),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_zeros_in_front_are_found_across_blocks(text, expected, size):
    seeker = ZeroSeeker(",")
    for start in range(0, len(text), size):
        seeker.search(text[start : start + size])
    assert seeker.has_found is expected


# numbers beyond floats

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def arrow_files(tmp_path: Path, array, name: str = "t") -> list[Path]:
    import pyarrow as pa
    import pyarrow.feather
    import pyarrow.parquet

    table = pa.table({name: array})
    pa.parquet.write_table(table, tmp_path / "d.parquet", row_group_size=3)
    pa.feather.write_feather(table, tmp_path / "d.feather")
    return [tmp_path / "d.parquet", tmp_path / "d.feather"]


LARGE = [10**18 + step for step in (5, 0, 87, 3, 86, 4)]


def large_arrays():
    import pyarrow as pa

    return {
        "stamps": pa.array(LARGE, pa.timestamp("ns")),
        "durations": pa.array(LARGE, pa.duration("ns")),
        "integers": pa.array(LARGE, pa.int64()),
        "unsigned": pa.array(LARGE, pa.uint64()),
        "decimals": pa.array([Decimal(n) / 1000 for n in LARGE], pa.decimal128(30, 3)),
        "long decimals": pa.array([Decimal(n) / 1000 for n in LARGE], pa.decimal256(50, 3)),
    }


@pytest.mark.parametrize("kind", list(large_arrays()))
def test_large_numbers_stay_apart_in_order_and_distance(kind, tmp_path):
    import pyarrow as pa

    array = large_arrays()[kind]
    steps = np.subtract(LARGE, LARGE[0])
    scale = {"stamps": 1e9, "durations": 1e9, "decimals": 1e3, "long decimals": 1e3}.get(kind, 1)
    tables = [open_table([str(path)]) for path in arrow_files(tmp_path, array)]
    for table in [*tables, from_python(pa.table({"t": array}))]:
        (column,) = table.read(["t"])
        assert column.values.tolist() == (steps / scale).tolist()
        pieces = [piece for batch in table.batches(["t"]) for piece in batch()]
        streamed = np.concatenate([piece.values for piece in pieces])
        assert streamed.tolist() == column.values.tolist()


def test_large_numbers_of_numpy_and_pandas_stay_apart(tmp_path):
    import pandas as pd

    arrays = {
        "i": np.array(LARGE),
        "u": np.array(LARGE, np.uint64),
        "t": np.array(LARGE).astype("M8[ns]"),
        "d": np.array(LARGE).astype("m8[ns]"),
    }
    np.savez(tmp_path / "d.npz", **arrays)
    tables = [open_table([str(tmp_path / "d.npz")]), from_python(pd.DataFrame(arrays))]
    for table in tables:
        for column in table.read(table.names):
            per_unit = 1e9 if column.name in "td" else 1
            assert column.values.tolist() == (np.subtract(LARGE, LARGE[0]) / per_unit).tolist()


def test_large_numbers_of_several_files_are_counted_from_one(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet

    parts = [[None, None], LARGE[:3], LARGE[3:]]
    paths = []
    for number, part in enumerate(parts):
        paths.append(str(tmp_path / f"{number}.parquet"))
        pa.parquet.write_table(pa.table({"t": pa.array(part, pa.timestamp("ns"))}), paths[-1])
    table = open_table(paths)
    (column,) = table.read(["t"])
    expected = [np.nan, np.nan, *(np.subtract(LARGE, LARGE[0]) / 1e9)]
    assert np.allclose(column.values, expected, rtol=0, atol=1e-18, equal_nan=True)
    pieces = [piece for batch in table.batches(["t"]) for piece in batch()]
    streamed = np.concatenate([piece.values for piece in pieces])
    assert np.array_equal(streamed, column.values, equal_nan=True)


def test_dates_of_all_centuries_are_the_same_in_every_format(tmp_path):
    import pyarrow as pa

    days = [-400_000, 900_000, 0, 123_456, -1]
    dates = np.array(days, "M8[D]")
    np.savez(tmp_path / "d.npz", t=dates)
    files = [tmp_path / "d.npz", *arrow_files(tmp_path, pa.array(days, pa.date32()))]
    expected = [86400.0 * (day - days[0]) for day in days]
    for path in files:
        (column,) = open_table([str(path)]).read(["t"])
        assert column.values.tolist() == expected
    months = from_python({"t": np.array(["0001-01", "0001-02", "9999-12"], "M8[M]")}).read(["t"])
    calendar = [date(1, 1, 1), date(1, 2, 1), date(9999, 12, 1)]
    apart = [(day - calendar[0]) / timedelta(seconds=1) for day in calendar]
    assert months[0].values.tolist() == apart


def test_the_same_times_are_the_same_numbers_in_any_unit():
    moments = [EPOCH + timedelta(days=18_000, microseconds=step) for step in (0, 1500, 10**15, 7)]
    stamps = np.array([moment.replace(tzinfo=None) for moment in moments], "M8[us]")
    micro, nano = (
        from_python({"t": stamps.astype(f"M8[{u}]")}).read(["t"])[0] for u in ("us", "ns")
    )
    assert micro.values.tolist() == nano.values.tolist()
    apart = [(moment - moments[0]) / timedelta(seconds=1) for moment in moments]
    assert micro.values.tolist() == pytest.approx(apart, rel=1e-15)


def test_a_stamp_is_marked_as_missing_by_its_own_number(tmp_path):
    import pyarrow as pa

    path = arrow_files(tmp_path, pa.array(LARGE, pa.int64()))[0]
    (column,) = open_table([str(path)], ReadOptions(na=(str(LARGE[2]),))).read(["t"])
    assert np.isnan(column.values).tolist() == [n == LARGE[2] for n in LARGE]


def test_values_that_merge_all_the_same_are_said_and_labels_keep_them_apart():
    wide = {"t": np.array([1, 2**60, 2**60 + 1, 2**60 + 2] * 6)}
    (column,) = from_python(wide).read(["t"])
    number = gather([column], continuous=["t"])
    assert [note.code for note in number.notes] == ["rounded", "ties"]
    assert "of 4 different ones 2 are left" in number.notes[0].message
    label = gather([column], discrete=["t"])
    assert len(set(label.codes.tolist())) == 4
    assert not label.notes


def test_numbers_that_floats_hold_are_left_as_they_are():
    (column,) = from_python({"t": np.array([2**53, -(2**53), 17])}).read(["t"])
    assert column.values.tolist() == [2.0**53, -(2.0**53), 17.0]
    assert not column.offset


def test_a_group_of_nanoseconds_tells_labels_apart():
    rng = np.random.default_rng(0)
    b = rng.integers(0, 2, 300)
    t = np.datetime64("2020-01-01", "ns") + b * np.timedelta64(20, "ns")
    t = t + rng.integers(0, 8, 300).astype("m8[ns]")
    with pytest.warns(MitoolWarning):  # of values that repeat
        found = estimate(t, [f"g{value}" for value in b])
    assert found.mi == pytest.approx(log(2), abs=0.05)  # the ranges of t do not overlap


def test_the_report_keeps_the_note_of_names(tmp_path, mitool):
    x, y = depending(SAME_NUMBERS["zeros in front"])
    path = written(tmp_path / "d.csv", x, y, ",")
    _, out, _ = told(mitool("estimate", path, "-x", "x", "-y", "y", "--format", "json"))
    codes = [note["code"] for note in json.loads(out)["warnings"]]
    assert "digits_as_labels" in codes
