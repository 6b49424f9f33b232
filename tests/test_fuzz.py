"""Hostile files and options at random: a clear line or a report, never anything else.

The files are of every format, sound and damaged, with names and values made to do harm; each seed
is a list of cases that never changes.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet
import pytest

from mitool.errors import ExitStatus

N_CASES = 120
MOST_SECONDS = 6.0  # of each seed: a busy machine does fewer cases
UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")

NAMES = [
    *("a", "b", "x", "y", "", " ", "a,b", "a..b", "*", "[red]", "=cmd()", "-x", "--na", "@", "%s"),
    *("\x1b[31m", "\u202eabc", "a\tb", "a\nb", "\u2028", "\x9b2J", "n" * 500, "名前", "{}", "\\"),
]
WORDS = [
    *("", "NA", "nan", "inf", "-inf", "1e309", "5e-324", "-0", "0x10", "1_000", "true", "1,5", "٣"),
    *(
        "2020-01-01",
        "99:99",
        "9" * 400,
        "\x1b[2J",
        "\u2066",
        "a\x85b",
        '"',
        "x" * 3000,
        "'",
        "=1+1",
    ),
]
NUMBERS = ["0", "1", "2", "-1", "7", "100", "x", "", "1e5", "nan", "9" * 30, "1:3", "0:", "٣"]


def column(r: random.Random, n_rows: int) -> list[str]:
    """Make the texts of a column: of numbers, labels, or anything."""
    kind = r.randrange(5)
    if kind == 0:
        return [repr(r.gauss(0, 1)) for _ in range(n_rows)]
    if kind == 1:
        return [r.choice("abc") for _ in range(n_rows)]
    if kind == 2:
        return [str(r.randrange(10 ** r.randrange(1, 25))) for _ in range(n_rows)]
    if kind == 3:
        return [r.choice(WORDS) for _ in range(n_rows)]
    return [repr(r.gauss(0, 1) * 10.0 ** r.randrange(-320, 308)) for _ in range(n_rows)]


def csv_text(r: random.Random, names: list[str], columns: list[list[str]]) -> bytes:
    mark = r.choice([",", ",", "\t", ";", " "])
    rows = [names, *map(list, zip(*columns, strict=True))]
    quoted = [[f'"{c}"' if r.random() < 0.1 else c for c in row] for row in rows]
    text = r.choice(["\n", "\r\n", "\r"]).join(mark.join(row) for row in quoted)
    return text.encode(r.choice(["utf-8", "utf-8", "utf-16", "utf-32"]), "surrogatepass")


def json_lines(r: random.Random, names: list[str], columns: list[list[str]]) -> bytes:
    values = [[r.choice([v, 1.5, None, [v], {"u": v}, r.random()]) for v in c] for c in columns]
    rows = [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]
    deep = b'{"a":' * r.choice([1, 150, 300, 30_000]) if r.random() < 0.1 else b""
    return deep + "\n".join(json.dumps(row) for row in rows).encode()


def arrow_table(r: random.Random, names: list[str], columns: list[list[str]]) -> pa.Table:
    arrays = []
    for texts in columns:
        numbers = pa.array([r.choice([r.gauss(0, 1), None]) for _ in texts], pa.float64())
        kinds = [
            pa.array(texts),
            pa.array(texts).dictionary_encode(),
            numbers,
            pa.nulls(len(texts)),
        ]
        arrays.append(r.choice(kinds))
    return pa.table(arrays, names=names)


def arrow_stream(table: pa.Table, file: io.BytesIO) -> None:
    with pa.ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table)


BINARY: dict[str, Callable[[pa.Table, io.BytesIO], object]] = {
    ".parquet": parquet.write_table,
    ".feather": lambda table, file: feather.write_feather(table, file, compression="uncompressed"),
    ".arrow": arrow_stream,
}


def numpy_file(r: random.Random, n_rows: int, suffix: str) -> bytes:
    file, values = io.BytesIO(), np.array([[r.gauss(0, 1)] * 2 for _ in range(n_rows)])
    array = values.astype(r.choice(["f8", "f4", "i8", "U3", "c16", "M8[s]", "?", "V4"]))
    (np.save if suffix == ".npy" else np.savez)(file, array)
    return file.getvalue()


def damaged(r: random.Random, data: bytes) -> bytes:
    """Change, drop, repeat or insert some bytes."""
    changed = bytearray(data)
    for _ in range(r.choice([1, 1, 3, 10])):
        at = r.randrange(len(changed) + 1)
        what = r.randrange(5)
        if what == 0:
            changed[at : at + 1] = bytes([r.randrange(256)])
        elif what == 1:
            del changed[at : at + r.choice([1, 8, 100])]
        elif what == 2:
            changed[at:at] = changed[: r.choice([1, 8, 100])]
        elif what == 3:
            changed[at : at + 4] = r.choice([b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"\0" * 4])
        else:
            changed[at:at] = r.choice([b"\0", b"\n", b'"', b"\x1b", b"\xe2\x80\xa8", b"\x1a"])
    return bytes(changed)


def hostile_file(r: random.Random, folder: Path) -> tuple[Path, list[str]]:
    """Write a file; give it, and the names of its columns."""
    n_rows, n_columns = r.choice([0, 1, 2, 7, 30, 50]), r.choice([1, 2, 2, 3])
    some = r.random() < 0.6
    names = r.sample(["a", "b", "c"], n_columns) if some else r.choices(NAMES, k=n_columns)
    columns = [column(r, n_rows) for _ in names]
    suffix = r.choice([".csv", ".csv", ".jsonl", *BINARY, ".npy", ".npz"])
    if suffix == ".csv":
        data = csv_text(r, names, columns)
    elif suffix == ".jsonl":
        data = json_lines(r, names, columns)
    elif suffix in BINARY:
        file = io.BytesIO()
        BINARY[suffix](arrow_table(r, names, columns), file)
        data = file.getvalue()
    else:
        data, names = numpy_file(r, n_rows, suffix), ["c1", "c2"]
    if r.random() < 0.4:
        data = damaged(r, data)
    if r.random() < 0.2:
        data = r.choice([gzip.compress, bz2.compress, lzma.compress])(data)
        data = damaged(r, data) if r.random() < 0.5 else data
    path = folder / f"f{r.choice([suffix, suffix, '.csv', '', '.gz'])}"
    path.write_bytes(data)
    return path, names


def options(r: random.Random, names: list[str], command: str) -> list[str]:
    """Draw options, most of them sensible."""

    def one() -> str:
        return r.choice([*names, *names, *names, r.choice(NAMES), r.choice(WORDS), "*", ".."])

    sides = {
        "estimate": ["-x", one(), "-y", one()],
        "diagnose": ["-x", one(), "-y", one()],
        "screen": ["-t", one()],
        "matrix": [],
        "entropy": ["--cols", one()],
    }
    more = [
        ["--discrete", one()],
        ["--na", r.choice(WORDS)],
        ["--encoding", r.choice(["utf-8", "latin-1", "rot13", "idna", "x", "utf-16"])],
        ["--delimiter", r.choice([",", ";", "tab", "", "ab"])],
        ["--rows", r.choice(NUMBERS)],
        ["--sample", r.choice(NUMBERS)],
        ["--skip-rows", r.choice(NUMBERS)],
        ["--format", r.choice(["json", "csv", "table", "jsonl"])],
        ["-p", f"n_neighbors={r.choice(NUMBERS)}"],
        ["-s", r.choice(NUMBERS)],
        ["-v"],
    ]
    if command == "estimate":
        more += [["--lag", r.choice(NUMBERS)], ["--stream"], ["-z", one()], ["--ci", "0.9"]]
    estimator = [] if command == "diagnose" else ["-e", r.choice(["gaussian", "plugin", "gcmi"])]
    return [*sides[command], *estimator, *(w for ws in r.sample(more, r.randrange(4)) for w in ws)]


def faults(code: int, out: str, err: str, words: list[str]) -> list[str]:
    """Give what is wrong with how a run ended."""
    lines = err.splitlines()
    errors = [line for line in lines if line.startswith("mitool: error: ")]
    checks = {
        "a status that nobody knows": code in set(ExitStatus),
        "a fault of ours": code != ExitStatus.BROKEN,
        "foreign words on standard error": all(line.startswith("mitool: ") for line in lines),
        "a terminal steered": not UNSEEN.search(err),
        "a long line": all(len(line) <= 400 or " --na " in line for line in errors),
        "success and an error": not (errors and code in (ExitStatus.OK, ExitStatus.PARTLY_FAILED)),
        "a failure without a word": bool(errors) or code != ExitStatus.USAGE,
        "output beside an error": not (errors and out),
    }
    if "table" in words:
        checks["a terminal steered by a table"] = not UNSEEN.search(out)
    return [what for what, holds in checks.items() if not holds]


@pytest.mark.parametrize("seed", [11, 12])
def test_hostile_files_and_options(seed, mitool, tmp_path):
    end = time.monotonic() + MOST_SECONDS
    n_done = 0
    for case in range(N_CASES):
        r = random.Random(f"{seed}/{case}")
        path, names = hostile_file(r, tmp_path)
        command = r.choice(["estimate", "estimate", "matrix", "screen", "entropy", "diagnose"])
        words = [command, str(path), *options(r, names, command)]
        outcome = mitool(*words)
        wrong = faults(outcome.code, outcome.out, outcome.err, words)
        assert not wrong, f"case {case} {words}: {wrong}\n{outcome.err[-2000:]}"
        path.unlink()
        n_done += 1
        if time.monotonic() > end:
            break
    assert n_done > N_CASES // 20
