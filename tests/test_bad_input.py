"""Input that cannot be read: one clear line that names the file, the place and what to do."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import zstandard

from mitool.errors import MitoolError, UsageError
from mitool.tables import ReadOptions, from_python, open_table, parse_rows

LONG = ("a,b\n" + "".join(f"{i},{i * i % 97}\n" for i in range(100_000))).encode()
OBJECTS = (
    "holds Python objects, which are never unpickled; save numbers or text: "
    "numpy.save('x.npy', a.astype(float))"
)
AGAIN = "copy or make it again"


def message_of(paths: list[Path], columns: list[str] | None = None, **options: object) -> str:
    with pytest.raises(MitoolError) as error:
        table = open_table([str(path) for path in paths], ReadOptions(**options))
        table.read(columns or table.names)
    assert error.value.exit_status == 3
    assert "\n" not in str(error.value)
    return str(error.value)


TEXTS: dict[str, tuple[str, str | bytes, dict[str, object], str]] = {
    "empty": ("d.csv", "", {}, "{path} is empty"),
    "blank lines": (
        "d.csv",
        "\n\n",
        {},
        "{path} holds no table, only blank lines or comments",
    ),
    "all skipped": (
        "d.csv",
        "a,b\n1,2\n",
        {"skip_rows": 5},
        "{path} holds no table after the first 5 lines, only blank lines or comments",
    ),
    "header only": (
        "d.csv",
        "a,b\n",
        {},
        "{path} has a header but no rows (columns: a, b); if its first line is data, "
        "use --no-header",
    ),
    "header and a blank line": (
        "d.tsv",
        "a\tb\n\n",
        {},
        "{path} has a header but no rows (columns: a, b); if its first line is data, "
        "use --no-header",
    ),
    "a quote that takes all rows": (
        "d.txt",
        '"d", "c", "x"b", "y", #"a"\n\n", "b", "y", "a"\n\n',
        {},
        "{path} has no row after its header; where a quote is left open it takes the lines after "
        "it: close it",
    ),
    "junk": (
        "d.csv",
        b"a,b\n\x01\x02\x00,1\n",
        {},
        "{path} is not a text file: line 2 has a NUL byte",
    ),
    "not utf-8": (
        "d.csv",
        b"a,b\n1,caf\xe9\n",
        {},
        "{path} line 2 is not utf-8 text; if it is text, name its encoding, "
        "such as --encoding latin-1",
    ),
    "not utf-8 far below": (
        "d.csv",
        b"a,b\n" + b"1,x\n" * 200_000 + b"1,caf\xe9\n",
        {},
        "{path}: column 'b' in row 200001 is not utf-8 text; name its encoding, "
        "such as --encoding latin-1",
    ),
    "unknown encoding": (
        "d.csv",
        "a,b\n1,2\n",
        {"encoding": "klingon"},
        "unknown encoding 'klingon'; such as utf-8 or latin-1",
    ),
    "long row": (
        "d.csv",
        "a,b\n1,2\n3,4,5\n6,7\n",
        {},
        "{path} line 3 has 3 fields, but the header has 2 (a, b; the delimiter is ','); "
        "mend that line, or mark it with --comment",
    ),
    "short row below comments": (
        "d.csv",
        "a,b\n% so\n1,2\n3\n6,7\n",
        {"comment": "%"},
        "{path} line 4 has 1 field, but the header has 2 (a, b; the delimiter is ','); "
        "mend that line, or mark it with --comment",
    ),
    "ragged far below": (
        "d.csv",
        LONG + b"1,2,3\n",
        {},
        "{path} line 100002 has 3 fields, but the header has 2 (a, b; the delimiter is ','); "
        "mend that line, or mark it with --comment",
    ),
    "lines before the header": (
        "d.csv",
        "Made by me\n\na,b,c\n1,2,3\n4,5,6\n",
        {},
        "{path} line 3 has 3 fields, but the header has 1 (Made by me; the delimiter is ','); "
        "if the table starts at line 3, use --skip-rows 2",
    ),
    "open quote": (
        "d.csv",
        'a,b\n"x,1\ny,2\n',
        {},
        "{path} line 3 has 1 field, but the header has 2 (a, b; the delimiter is ','); "
        "mend that line, or mark it with --comment",
    ),
    "named parquet": (
        "d.parquet",
        "a,b\n1,2\n",
        {},
        "{path} is not in parquet format, although it is named so; say what it is by "
        "--input-format",
    ),
    "said to be npy": (
        "d.csv",
        "a,b\n1,2\n",
        {"format": "npy"},
        "{path} is not in npy format",
    ),
    "json array": (
        "d.json",
        '[{"a": 1}]',
        {},
        "{path} is one JSON array, not a line for each row; convert it: jq -c '.[]' {path}",
    ),
    "json cut short": (
        "d.jsonl",
        '{"a": 1}\n{"a":\n',
        {},
        "{path} line 2 is not JSON: expecting value: line 2 column 1 (char 6)",
    ),
    "json without keys": (
        "d.jsonl",
        '{"a": 1}\n[1]\n',
        {},
        '{path} line 2 holds list; each line is an object such as {{"x": 1, "y": 2}}',
    ),
    "json of two kinds": (
        "d.jsonl",
        '{"a": 1}\n{"a": "x"}\n',
        {},
        "{path} line 2 has text in 'a', but lines above have a number; "
        "make all its values one kind",
    ),
    "json lists": (
        "d.jsonl",
        '{"a": [1, 2]}\n',
        {},
        "{path}: column 'a' holds list<item: int64>, which is neither numbers, labels nor times; "
        "spread it into one column for each number",
    ),
    "rows beyond the end": (
        "d.csv",
        "a,b\n1,2\n",
        {"rows": (7, None)},
        "{path} has 1 rows, none of them in the range 7:",
    ),
    "cut gzip": (
        "d.csv.gz",
        gzip.compress(LONG)[:-1000],
        {},
        "{path} is cut short or damaged (compressed file ended before the end-of-stream marker "
        "was reached); " + AGAIN,
    ),
    "gzip cut by its last bytes": (
        "d.csv.gz",
        gzip.compress(LONG)[:-4],
        {},
        "{path} is cut short or damaged (compressed file ended before the end-of-stream marker "
        "was reached); " + AGAIN,
    ),
    "cut xz": (
        "d.csv.xz",
        lzma.compress(LONG)[:5000],
        {},
        "{path} is cut short or damaged (compressed file ended before the end-of-stream marker "
        "was reached); " + AGAIN,
    ),
    "cut bzip2": (
        "d.csv.bz2",
        bz2.compress(LONG)[:5000],
        {},
        "{path} is cut short or damaged (compressed file ended before the end-of-stream marker "
        "was reached); " + AGAIN,
    ),
    "cut zstd": (
        "d.csv.zst",
        zstandard.compress(LONG)[:5000],
        {},
        "{path} is cut short or damaged (truncated compressed stream); " + AGAIN,
    ),
}


@pytest.mark.parametrize("case", TEXTS)
def test_text_that_cannot_be_read(case: str, tmp_path: Path) -> None:
    name, content, options, message = TEXTS[case]
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert message_of([path], **options) == message.format(path=path)


def cut(path: Path, n_bytes: int) -> None:
    path.write_bytes(path.read_bytes()[:-n_bytes])


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")


def cut_parquet(path: Path) -> None:
    pd.DataFrame({"a": range(1000)}).to_parquet(path)
    cut(path, 50)


def cut_array(path: Path) -> None:
    np.save(path, np.arange(10))
    cut(path, 4)


def cut_archive(path: Path) -> None:
    np.savez(path, a=np.arange(10))
    cut(path, 30)


FILES: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "cut parquet": (
        "d.parquet",
        cut_parquet,
        "{path} is cut short or damaged (parquet magic bytes not found in footer); " + AGAIN,
    ),
    "parquet without rows": (
        "d.parquet",
        lambda path: pd.DataFrame({"a": []}).to_parquet(path),
        "{path} has columns but no rows",
    ),
    "cut array": (
        "d.npy",
        cut_array,
        "{path} is cut short or damaged (mmap length is greater than file size); " + AGAIN,
    ),
    "cut archive": (
        "d.npz",
        cut_archive,
        "{path} is cut short or damaged (file is not a zip file); " + AGAIN,
    ),
    "objects": (
        "d.npy",
        lambda path: np.save(path, np.array([1, "a"], object), allow_pickle=True),
        "{path} " + OBJECTS,
    ),
    "objects in an archive": (
        "d.npz",
        lambda path: np.savez(path, a=np.array([1, "a"], object)),
        "{path} " + OBJECTS,
    ),
    "three dimensions": (
        "d.npy",
        lambda path: np.save(path, np.ones((2, 3, 4))),
        "{path} has 3 dimensions, shape (2, 3, 4); a table has 1 or 2, rows first: reshape it, "
        "such as a.reshape(len(a), -1)",
    ),
    "three dimensions in an archive": (
        "d.npz",
        lambda path: np.savez(path, a=np.ones((2, 3, 4))),
        "{path}: array 'a' has 3 dimensions, shape (2, 3, 4); a table has 1 or 2, rows first: "
        "reshape it, such as a.reshape(len(a), -1)",
    ),
    "one number": (
        "d.npy",
        lambda path: np.save(path, np.ones(())),
        "{path} has 0 dimensions, shape (); a table has 1 or 2, rows first: reshape it, "
        "such as a.reshape(len(a), -1)",
    ),
    "array without rows": (
        "d.npy",
        lambda path: np.save(path, np.ones((0, 2))),
        "{path} has no rows",
    ),
    "array without columns": (
        "d.npy",
        lambda path: np.save(path, np.ones((2, 0))),
        "{path} has no columns",
    ),
    "complex": (
        "d.npy",
        lambda path: np.save(path, np.ones(3) * 1j),
        "{path}: 'c1' is an array of complex128; numbers, text, bool and times can be used; "
        "give real and imaginary part one array each",
    ),
    "arrays of different lengths": (
        "d.npz",
        lambda path: np.savez(path, a=np.ones(3), b=np.ones(4)),
        "{path}: its arrays have different numbers of rows (a 3, b 4)",
    ),
    "workbook": (
        "d.xlsx",
        lambda path: path.write_bytes(b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml"),
        "{path} is an Excel workbook; convert it: python -c "
        "\"import pandas; pandas.read_excel('d.xlsx').to_csv('d.csv', index=False)\"",
    ),
    "matlab": (
        "d.mat",
        lambda path: path.write_bytes(b"MATLAB 5.0 MAT-file, Platform"),
        "{path} is a MATLAB file; in MATLAB: writematrix(x, 'x.csv'), or in Python: "
        "numpy.savez('d.npz', **scipy.io.loadmat('d.mat'))",
    ),
    "hdf5 by another name": (
        "d.dat",
        lambda path: path.write_bytes(b"\x89HDF\r\n\x1a\n"),
        "{path} is an HDF5 file; save one of its data sets as an array: "
        "python -c \"import h5py, numpy; numpy.save('d.npy', h5py.File('d.dat')['NAME'])\"",
    ),
    "spss": (
        "d.sav",
        lambda path: path.write_bytes(b"$FL2@(#) SPSS DATA FILE"),
        "{path} is an SPSS file; convert it: python -c "
        "\"import pandas; pandas.read_spss('d.sav').to_csv('d.csv', index=False)\"",
    ),
    "zip": ("d.csv.zip", zipped, "{path} is a zip archive; unpack it first: unzip 'd.csv.zip'"),
    "directory": (
        "d",
        lambda path: path.mkdir(),
        "{path} is a directory; name its files, such as {path}/*.csv",
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_files_that_cannot_be_read(case: str, tmp_path: Path) -> None:
    name, make, message = FILES[case]
    make(tmp_path / name)
    assert message_of([tmp_path / name]) == message.format(path=tmp_path / name)


def test_a_missing_file_suggests_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "penguins.csv").write_text("a,b\n1,2\n")
    path = tmp_path / "penguin.csv"
    near = str(tmp_path / "penguins.csv")
    assert message_of([path]) == f"no file '{path}'; did you mean '{near}'?"
    assert message_of([tmp_path / "x.csv"]) == f"no file '{tmp_path / 'x.csv'}'"
    gone = tmp_path / "gone" / "x.csv"
    assert message_of([gone]) == f"no file '{gone}'; there is no folder '{tmp_path / 'gone'}'"


def test_an_unknown_column_suggests_the_near_name(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("height,weight,sex\n1,2,m\n")
    assert message_of([path], ["heigth"]) == (
        f"{path} has no column 'heigth'; did you mean 'height'? (columns: height, weight, sex)"
    )


def test_a_name_of_two_columns_is_ambiguous_and_the_others_are_not(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("a,b,a\n1,2,3\n")
    assert message_of([path], ["a"]) == (
        f"{path} has 2 columns named 'a' (numbers 1 and 3); rename them, or say which: "
        "'a:1' or 'a:2'"
    )
    (column,) = open_table([str(path)]).read(["b"])
    assert column.values.tolist() == [2]


def test_a_wrong_delimiter_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("a;b\n1;2\n")
    assert message_of([path], ["a"], delimiter=",") == (
        f"{path} has no column 'a'; it has one column, 'a;b': try --delimiter ';'"
    )


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("a,b\n1,2\n", "a,c\n1,2\n", "lacks 'b' and has 'c' besides"),
        ("a,b\n1,2\n", "a,b,c\n1,2,3\n", "has 'c' besides"),
        ("a,b\n1,2\n", "b,a\n1,2\n", "has the same columns in another order"),
    ],
)
def test_parts_with_other_columns_are_refused(
    first: str, second: str, message: str, tmp_path: Path
) -> None:
    one, two = tmp_path / "1.csv", tmp_path / "2.csv"
    one.write_text(first)
    two.write_text(second)
    expected = f"{two} is not a part of the same table as {one}: it {message}"
    assert message_of([one, two]) == expected


def test_parts_that_disagree_on_the_kind_of_a_column_are_refused(tmp_path: Path) -> None:
    one, two = tmp_path / "1.csv", tmp_path / "2.csv"
    one.write_text("a\n1\n")
    two.write_text("a\nx\n")
    assert message_of([one, two]) == (
        f"column 'a' holds number values in {one} but text values in {two}; "
        "the parts of one table must agree"
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "data has no rows"),
        (np.ones((2, 3, 4)), "data has 3 dimensions, shape (2, 3, 4); a table has 1 or 2"),
        ({"a": [1, 2], "b": [1]}, "data has columns of different lengths (a 2, b 1)"),
        ([1, "x", None], "data: column 'c1' mixes kinds of values"),
        (pd.DataFrame({"a": [[1], [2]]}), "data: column 'a' holds list<item: int64>"),
        (pd.DataFrame({"a": []}), "data has no rows"),
        (3.5, "data has 0 dimensions"),
    ],
)
def test_data_in_memory_that_cannot_be_used(data: object, message: str) -> None:
    with pytest.raises(MitoolError) as error:
        table = from_python(data)
        table.read(table.names)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"format": "csvv"}, "unknown input format 'csvv'; it is one of csv, tsv, parquet"),
        ({"delimiter": "ab"}, "delimiter 'ab' must be one character or one of comma, tab"),
        ({"decimal": ";"}, "the decimal mark is . or , but not ';'"),
        ({"decimal": ",", "delimiter": ","}, "delimiter and decimal mark cannot both be a comma"),
        ({"comment": ""}, "the comment mark must not be empty"),
        ({"skip_rows": -1}, "skip_rows must be at least 0, got -1"),
        ({"sample": 0}, "sample must be at least 1 row, got 0"),
    ],
)
def test_options_that_cannot_be_meant(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as error:
        ReadOptions(**options)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize("text", ["5", "a:b", "-3:", "5:5", "5:2", ""])
def test_rows_that_are_no_range(text: str) -> None:
    with pytest.raises(UsageError, match="rows"):
        parse_rows(text)


def test_standard_input_is_read_once() -> None:
    with pytest.raises(UsageError, match="can be read only once"):
        open_table(["-", "-"])


@pytest.mark.parametrize("command", ["estimate -x z -y y", "entropy --cols z --joint"])
def test_an_array_without_columns_is_named(mitool, tmp_path, command):
    path = tmp_path / "d.npz"
    np.savez(path, z=np.empty((9, 0)), y=np.arange(9.0))
    name, *words = command.split()
    outcome = mitool(name, path, *words)
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err == f"mitool: error: 'z' of {path} has no columns; name another array\n"
