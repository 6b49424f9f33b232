"""Delimited text as people write it: what is found, and what each reads as."""

from __future__ import annotations

import csv
import re
import time
from itertools import product
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitool.errors import MitoolError, MitoolWarning
from mitool.tables import Column, ReadOptions, open_table
from mitool.tables.column import NUMBER
from mitool.tables.textparser import misfit_column
from mitool.tables.tidy import ADORNED, COMMA_NUMBER, THOUSANDS

NAN = np.nan


def columns_of(path: Path, text: str | bytes, **options: object) -> list[Column]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    table = open_table([str(path)], ReadOptions(**options))
    return table.read(table.names)


def told(column: Column) -> list[object]:
    """A column as its name and its values, labels by name."""
    if column.labels is None:
        return [column.name, *column.values.tolist()]
    missing = np.isnan(column.values)
    codes = np.where(missing, 0, column.values).astype(int)
    return [
        column.name,
        *(None if m else column.labels[c] for m, c in zip(missing, codes, strict=True)),
    ]


def assert_told(columns: list[Column], expected: list[list[object]]) -> None:
    assert [len(column) for column in columns] == [len(row) - 1 for row in expected]
    for column, row in zip(columns, expected, strict=True):
        assert column.name == row[0]
        for found, wanted in zip(told(column)[1:], row[1:], strict=True):
            assert found == wanted or (found != found and wanted is NAN)


CASES: dict[str, tuple[str | bytes, dict[str, object], list[list[object]]]] = {
    "comma": ("a,b\n1,x\n2,y\n", {}, [["a", 1, 2], ["b", "x", "y"]]),
    "semicolon": ("a;b\n1;2\n3;4\n", {}, [["a", 1, 3], ["b", 2, 4]]),
    "tab": ("a\tb\n1\tx, y\n2\tz, w\n", {}, [["a", 1, 2], ["b", "x, y", "z, w"]]),
    "pipe": ("a|b\n1|2\n", {}, [["a", 1], ["b", 2]]),
    "runs of blanks": ("  a    b\n 1.5   2\n  3  -4\n", {}, [["a", 1.5, 3], ["b", 2, -4]]),
    "blanks within fields": (
        "a,b\nJo Smith,1\nAl Lee,2\n",
        {},
        [["a", "Jo Smith", "Al Lee"], ["b", 1, 2]],
    ),
    "one column": ("x\n1.5\n2\n", {}, [["x", 1.5, 2]]),
    "one column with a blank line": ("x\n1\n\n2\n", {}, [["x", 1, NAN, 2]]),
    "given delimiter": ("a:b\n1:2\n", {"delimiter": ":"}, [["a", 1], ["b", 2]]),
    "named delimiter": ("a b;c\n1 2\n", {"delimiter": "space"}, [["a", 1], ["b;c", 2]]),
    "no header": ("1,2\n3,4\n", {"header": False}, [["c1", 1, 3], ["c2", 2, 4]]),
    "padding": (" a , b\n 1, x\n NA, y\n 3 ,?\n", {}, [["a", 1, NAN, 3], ["b", "x", "y", None]]),
    "column without a name": (",b\n1,2\n", {}, [["c1", 1], ["b", 2]]),
    "row names of R": (
        '"x" "y"\n"k" 1 2\n"l" 3 4\n',
        {},
        [["c1", "k", "l"], ["x", 1, 3], ["y", 2, 4]],
    ),
    "delimiters at the end of lines": (
        "a,b\n1,2,\n3,4,\n",
        {},
        [["a", 1, 3], ["b", 2, 4], ["c3", NAN, NAN]],
    ),
    "quotes": ('a,b\n"x, ""y""\nz",1\nw,2\n', {}, [["a", 'x, "y"\nz', "w"], ["b", 1, 2]]),
    "quotes after padding": (
        '"a", "b", "c"\n"x", "y", "1.5"\n"w", "NA", 2\n',
        {},
        [["a", "x", "w"], ["b", "y", None], ["c", 1.5, 2]],
    ),
    "crlf": ("a,b\r\n1,2\r\n", {}, [["a", 1], ["b", 2]]),
    "cr": ("a,b\r1,2\r", {}, [["a", 1], ["b", 2]]),
    "no last line end": ("a,b\n1,2", {}, [["a", 1], ["b", 2]]),
    "late float": ("a\n" + "1\n" * 300_000 + "1.5\n", {}, [["a", *[1] * 300_000, 1.5]]),
    "markers among numbers": ("a\n1\n-\n.\nnull\nN/A\n\n?\n", {}, [["a", 1, *[NAN] * 6]]),
    "markers among labels": (
        "a,b\n+,1\n-,2\nNA,3\n?,4\n",
        {},
        [["a", "+", "-", None, None], ["b", 1, 2, 3, 4]],
    ),
    "added markers": (
        "a,b\n-999,x\n-999.0,gone\n1,NA\n",
        {"na": ("-999", "gone")},
        [["a", NAN, NAN, 1], ["b", "x", None, None]],
    ),
    "only own markers": (
        "a,b\nx,NA\n1,y\n",
        {"na": ("x",), "default_na": False},
        [["a", NAN, 1], ["b", "NA", "y"]],
    ),
    "all missing": ("a,b\nNA,1\n,2\n", {}, [["a", NAN, NAN], ["b", 1, 2]]),
    "infinite": ("a\ninf\n-Infinity\n1\n", {}, [["a", np.inf, -np.inf, 1]]),
    "kinds of numbers": ("a\n+1.5\n1e3\n.5\n5.\n", {}, [["a", 1.5, 1000, 0.5, 5]]),
    "bool": ("a,b\nTrue,true\nFalse,false\n", {}, [["a", "true", "false"], ["b", "true", "false"]]),
    "decimal comma found": ("a;b\n1,5;2\n2,25;3\n", {}, [["a", 1.5, 2.25], ["b", 2, 3]]),
    "decimal comma given": (
        "a;b\n1,500;2\n2,250;3\n",
        {"decimal": ","},
        [["a", 1.5, 2.25], ["b", 2, 3]],
    ),
    "decimal comma with padding": ("a; b\n1,5; 2\n NA; 3\n", {}, [["a", 1.5, NAN], ["b", 2, 3]]),
    "bom": ("\ufeffa,b\n1,2\n", {}, [["a", 1], ["b", 2]]),
    "utf-16": ("a,b\n1,é\n".encode("utf-16"), {}, [["a", 1], ["b", "é"]]),
    "latin-1": ("a,b\n1,é\n".encode("latin-1"), {"encoding": "latin-1"}, [["a", 1], ["b", "é"]]),
    "lines before the header": (
        "Report\nby me, today\na,b\n1,2\n",
        {"skip_rows": 2},
        [["a", 1], ["b", 2]],
    ),
    "leading hash lines": ("# by me\n# today\na,b\n1,2\n", {}, [["a", 1], ["b", 2]]),
    "header of savetxt": ("# a b\n1.0 2.0\n3.0 4.0\n", {}, [["a", 1, 3], ["b", 2, 4]]),
    "header with a hash": ("#chrom\tstart\nchr1\t5\n", {}, [["chrom", "chr1"], ["start", 5]]),
    "comments anywhere": (
        "% hi\na,b\n1,2\n% x,y\n3,4\n",
        {"comment": "%"},
        [["a", 1, 3], ["b", 2, 4]],
    ),
    "trailing delimiter": ("a,b,\n1,2,\n", {}, [["a", 1], ["b", 2], ["c3", NAN]]),
}


@pytest.mark.parametrize("case", CASES)
def test_text_reads_as(case: str, tmp_path: Path) -> None:
    text, options, expected = CASES[case]
    assert_told(columns_of(tmp_path / "d.txt", text, **options), expected)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-02\n1969-12-31", [86400, -86400]),
        ("1970-01-01 00:00:10\n1970-01-01 00:01:00", [10, 60]),
        ("1970-01-01T00:00:00.5\n1970-01-01T00:00:01", [0.5, 1]),
        ("1970-01-01T00:00:00Z\n1970-01-01T01:00:00+01:00", [0, 0]),
        ("00:01\n01:00:01", [60, 3601]),
        ("1970-01-02\nNA", [86400, NAN]),
    ],
)
def test_dates_and_times_are_seconds(text: str, seconds: list[float], tmp_path: Path) -> None:
    (column,) = columns_of(tmp_path / "d.csv", f"t\n{text}\n")
    assert column.origin == "time"
    assert np.array_equal(column.values, seconds, equal_nan=True)


@pytest.mark.parametrize(
    ("text", "options", "code", "message"),
    [
        (
            "a\n1\n2\n3\nx\n",
            {},
            "text_among_numbers",
            "{path}: column 'a' is read as labels because of 'x' in row 4; "
            "if that means missing, use --na 'x'",
        ),
        (
            "a;b\n1,500;x\n2,250;y\n",
            {},
            "text_among_numbers",
            "{path}: column 'a' is read as labels because of '1,500' in row 1; "
            "if the comma is a decimal mark, use --decimal ,; if it groups "
            "thousands, write the numbers without it",
        ),
        (
            "a\n5%\n6%\n",
            {},
            "text_among_numbers",
            "{path}: column 'a' is read as labels because of '5%' in row 1; "
            "write its numbers without signs and separators",
        ),
        (
            "1,2\n3,4\n",
            {},
            "numeric_header",
            "{path}: the header holds only numbers (1, 2); without one use --no-header",
        ),
        (
            "id\n99999999999999999999\n99999999999999999998\n",
            {},
            "digits_as_labels",
            "column 'id' holds digits written as names are ('99999999999999999998': zeros "
            "in front, or more than 64 bits hold): taken as labels; --continuous id takes it as "
            "numbers",
        ),
        (
            "id\n-99999999999999999999\n-99999999999999999998\n",
            {},
            "rounded",
            "column 'id' has values of more digits than a float holds: of 2 different ones 1 are "
            "left; subtract a constant, or store them as text if they are names",
        ),
        (
            "d\n100000000000000000.01\n100000000000000000.02\n100000000000000000.03\n",
            {},
            "rounded",
            "column 'd' has values of more digits than a float holds: of 3 different ones 1 are "
            "left; subtract a constant, or store them as text if they are names",
        ),
    ],
)
def test_what_is_odd_is_said(
    text: str, options: dict[str, object], code: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "d.csv"
    with pytest.warns(MitoolWarning) as caught:
        columns_of(path, text, **options)
    (warning,) = caught
    assert isinstance(warning.message, MitoolWarning)
    assert warning.message.code == code
    assert str(warning.message) == message.format(path=path)


def test_large_numbers_that_stay_different_are_not_worth_a_word(tmp_path: Path) -> None:
    (column,) = columns_of(tmp_path / "d.csv", "a\n1e30\n18014398509481984\n99999999999999999999\n")
    assert len(set(column.values)) == 3


def test_the_first_text_of_a_column_is_known_with_its_row(tmp_path: Path) -> None:
    a, b = columns_of(tmp_path / "d.csv", "a,b\nNA,1\n,2\nx,3\ny,4\n")
    assert a.first_text() == (2, "x")
    assert b.first_text() is None


def test_a_table_whose_header_is_longer_than_the_head(tmp_path: Path) -> None:
    names = [f"{'a long name ' * 10}{i}" for i in range(3000)]
    rows = ["\t".join(names), *("\t".join(map(str, range(i, i + 3000))) for i in range(3))]
    columns = columns_of(tmp_path / "d.tsv", "\n".join(rows) + "\n")
    assert [column.name for column in columns] == names
    assert columns[-1].values.tolist() == [2999, 3000, 3001]


def test_a_thousand_rows_with_quotes_far_below_the_head(tmp_path: Path) -> None:
    rows = [f"{i},plain" for i in range(60_000)] + ['60000,"two\nlines, one field"']
    a, b = columns_of(tmp_path / "d.csv", "a,b\n" + "\n".join(rows) + "\n")
    assert np.array_equal(a.values, np.arange(60_001))
    assert b.labels == ("plain", "two\nlines, one field")


LABELS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8)
ROWS = st.lists(st.tuples(st.floats(), LABELS, st.integers(-(2**53), 2**53)), min_size=1)


@given(rows=ROWS, delimiter=st.sampled_from(",;\t|"), quoting=st.sampled_from([0, 1, 2]))
@settings(max_examples=60, deadline=None)
def test_what_was_written_is_read(
    rows: list[tuple[float, str, int]],
    delimiter: str,
    quoting: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("written") / "d.csv"
    rows = [(x, f"<{label}>", i) for x, label, i in rows]  # never a number or a missing marker
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator="\n")
        writer.writerows([("x", "label", "i"), *rows])
    columns = open_table([str(path)], ReadOptions(delimiter=delimiter)).read(["x", "label", "i"])
    x, label, i = (told(column)[1:] for column in columns)
    assert np.array_equal(x, [row[0] for row in rows], equal_nan=True)
    assert label == [row[1] for row in rows]
    assert i == [row[2] for row in rows]


def test_a_preamble_is_told_before_a_column_is_missed(mitool, tmp_path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("Exported by me\n\na,b\n" + "".join(f"{i},{i % 7}\n" for i in range(50)))
    done = mitool("estimate", path, "-x", "a", "-y", "b")
    assert done.code == 3
    assert "if the table starts at line 3, use --skip-rows 2" in done.err


@pytest.mark.parametrize("header", [",a,b", "a,b"], ids=["pandas", "R"])
def test_row_numbers_are_meant_only_where_they_are_named(mitool, tmp_path, rng, header) -> None:
    path = tmp_path / "indexed.csv"
    rows = (f"{i},{a},{b}" for i, (a, b) in enumerate(rng.normal(size=(60, 2))))
    path.write_text("\n".join([header, *rows]) + "\n")
    for more in ([], ["--stream"]):
        done = mitool("matrix", path, "-e", "gaussian", "--format", "csv", *more)
        assert [line.split(",")[:2] for line in done.out.splitlines()[1:]] == [["a", "b"]]
        assert "column 'c1' has no name, like row numbers" in done.err
    named = mitool("matrix", path, "--cols", "c1,a", "-e", "gaussian", "--format", "csv")
    assert (named.code, named.out.splitlines()[1][:4]) == (0, "c1,a")


@pytest.mark.parametrize("size", range(1, 6))
def test_a_number_is_what_python_reads_as_one(size: int) -> None:
    for signs in product("1.e+-", repeat=size):
        text = "".join(signs)
        try:
            float(text)
        except ValueError:
            assert not NUMBER.fullmatch(text), text
        else:
            assert NUMBER.fullmatch(text), text


@pytest.mark.parametrize(
    "form", [NUMBER, COMMA_NUMBER, THOUSANDS, ADORNED], ids=lambda f: f.pattern
)
@pytest.mark.parametrize("unit", ["9", "9.", "9,", "9,999", ".9", "9e", " 9"])
def test_a_long_field_is_told_from_a_number_at_once(form: re.Pattern[str], unit: str) -> None:
    """8000 digits took seconds: all ways to cut them in two were tried."""
    started = time.process_time()
    assert not form.fullmatch(unit * 30_000 + "x")
    assert time.process_time() - started < 1.0


@pytest.mark.parametrize("row", ["", "Row #7001: "])
def test_a_column_that_changes_its_type_is_found_in_what_arrow_says(row):
    """Arrow names the row where it reads with one thread, and not where with several."""
    error = MitoolError("cannot be read")
    error.__cause__ = pa.ArrowInvalid(
        f"In CSV column #3: {row}CSV conversion error to int64: invalid value '0.5'"
    )
    assert misfit_column(error) == "3"
