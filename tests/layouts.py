"""Tables of every type, with gaps, and the many ways in which a file may lay them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet

Rng = np.random.Generator

WORDS = np.array(["e", "c", "", "b", "d", "long word", "ü", "7"])
STATES = 5
"""Levels of what all columns of a table depend on."""


def _text(state: np.ndarray, rng: Rng) -> pa.Array:
    return pa.array(WORDS[np.where(rng.random(len(state)) < 0.3, rng.integers(0, 8), state)])


def _encoded(state: np.ndarray, rng: Rng) -> pa.Array:
    """Words numbered in no order, one of them twice, one of them never."""
    words = ["b", "never", "a", "c", "a", "d"]
    places = np.array([0, 2, 3, 4, 5])[state]
    return pa.DictionaryArray.from_arrays(pa.array(places, pa.int8()), words)


def _whole(state: np.ndarray, rng: Rng) -> pa.Array:
    kind = rng.choice(["int8", "uint8", "int16", "int32", "int64", "uint64", "float32"])
    spread = int(rng.choice([1, 20]))
    return pa.array((spread * state + rng.integers(0, 3, len(state))).astype(kind))


def _far_apart(state: np.ndarray, rng: Rng) -> pa.Array:
    return pa.array(10**9 * state - rng.integers(0, 5, len(state)))


def _smooth(state: np.ndarray, rng: Rng) -> pa.Array:
    scale, middle = 10.0 ** rng.integers(-160, 150), float(rng.choice([0.0, 1e4]))
    kind = np.float32 if rng.random() < 0.2 and scale > 1e-20 and scale < 1e20 else np.float64
    return pa.array(((middle + state + rng.normal(size=len(state))) * scale).astype(kind))


def _atom(state: np.ndarray, rng: Rng) -> pa.Array:
    """Numbers of which many are 0.0 or -0.0."""
    zero = np.where(rng.random(len(state)) < 0.5, 0.0, -0.0)
    return pa.array(np.where(state < 2, zero, state + rng.exponential(size=len(state))))


def _rounded(state: np.ndarray, rng: Rng) -> pa.Array:
    return pa.array(np.round(state + rng.normal(size=len(state)), 1))


def _flag(state: np.ndarray, rng: Rng) -> pa.Array:
    return pa.array(state < 2)


def _day(state: np.ndarray, rng: Rng) -> pa.Array:
    days = 30 * state + rng.integers(0, 60, len(state))
    return pa.array((days * 86400).astype("datetime64[s]"))


def _constant(state: np.ndarray, rng: Rng) -> pa.Array:
    return pa.array(np.full(len(state), 3.5))


UNSEEN = {"autocorrelation"}
"""Warnings that take a look at the order of all rows, which a stream does not have."""

COLUMNS: dict[str, Callable[[np.ndarray, Rng], pa.Array]] = {
    "text": _text,
    "encoded": _encoded,
    "whole": _whole,
    "far": _far_apart,
    "smooth": _smooth,
    "more": _smooth,
    "atom": _atom,
    "rounded": _rounded,
    "flag": _flag,
    "day": _day,
    "constant": _constant,
}


def _gaps(n: int, rng: Rng) -> np.ndarray:
    """Mark rows as missing: none, at random, one in so many, a stretch, or nearly all."""
    rows = np.arange(n)
    start, width = rng.integers(0, n), rng.integers(1, n + 1)
    patterns = (
        np.zeros(n, dtype=bool),
        rng.random(n) < 0.2,
        rows % int(rng.integers(2, 12)) == 0,
        (rows >= start) & (rows < start + width // 2),
        rows != start,
    )
    return patterns[rng.choice(5, p=[0.3, 0.3, 0.2, 0.17, 0.03])]


def _with_gaps(values: pa.Array, rng: Rng) -> pa.Array:
    """Put nulls where rows are missing, or, at times, NaN among floats."""
    gaps = _gaps(len(values), rng)
    if pa.types.is_floating(values.type) and rng.random() < 0.3:
        numbers = values.to_numpy().copy()
        numbers[gaps] = np.nan
        return pa.array(numbers)
    rows = pa.array(np.arange(len(values)), mask=gaps)
    return values.take(rows)


def made_table(rng: Rng, most_rows: int) -> pa.Table:
    """Make columns of all types that depend on each other."""
    n = int(rng.integers(2, 30)) if rng.random() < 0.1 else int(rng.integers(30, most_rows))
    state = rng.integers(0, STATES, n)
    return pa.table({name: _with_gaps(make(state, rng), rng) for name, make in COLUMNS.items()})


def _cut(table: pa.Table, n_parts: int, rng: Rng) -> list[pa.Table]:
    """Cut a table into parts of any size from one row on."""
    n_parts = min(n_parts, table.num_rows)
    inner = 1 + rng.choice(table.num_rows - 1, n_parts - 1, replace=False) if n_parts > 1 else []
    bounds = [0, *sorted(int(place) for place in inner), table.num_rows]
    return [table.slice(a, b - a) for a, b in pairwise(bounds)]


def _as_parquet(table: pa.Table, path: Path, rng: Rng) -> None:
    size = int(rng.choice([1, 7, 50, 1000, rng.integers(1, 1001)]))
    encoded = bool(rng.integers(0, 2))
    page = int(rng.choice([64, 1 << 20]))
    pa.parquet.write_table(
        table, path, row_group_size=size, use_dictionary=encoded, data_page_size=page
    )


def _as_arrow(table: pa.Table, path: Path, rng: Rng) -> None:
    size = int(rng.choice([1, 7, 50, 1000]))
    zipped = str(rng.choice(["zstd", "uncompressed"]))
    pa.feather.write_feather(table, path, chunksize=size, compression=zipped)


def _as_text(table: pa.Table, path: Path, rng: Rng) -> None:
    plain = table.set_column(1, "encoded", table.column("encoded").cast("string"))
    pa.csv.write_csv(plain, path)


WRITERS = {"parquet": _as_parquet, "arrow": _as_arrow, "csv": _as_text}


def written(table: pa.Table, folder: Path, rng: Rng, kinds: Sequence[str] = ()) -> list[str]:
    """Write a table as one to three files of one format, each laid out in its own way."""
    kind = str(rng.choice(list(kinds or WRITERS)))
    paths = []
    for number, part in enumerate(_cut(table, int(rng.integers(1, 4)), rng)):
        path = folder / f"part{number}.{kind}"
        WRITERS[kind](part, path, rng)
        paths.append(str(path))
    return paths


def seen(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give a row of a report without what only memory sees, or advises what does."""
    codes = set((row["warning_codes"] or "").split()) - UNSEEN
    return {**row, "warning_codes": codes, "message": (row["message"] or "").partition(";")[0]}
