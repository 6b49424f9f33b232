"""Samples as files: each column by its name, and the truth with them where a format has room."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import numpy as np

from mitool.errors import MitoolError, UsageError
from mitool.limits import free_memory
from mitool.report.atomic import atomic
from mitool.simulate import parse
from mitool.simulate.benchmark import columns_of, draw
from mitool.simulate.listing import quantity
from mitool.tables.column import Column

SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".feather": "feather",
    ".arrow": "feather",
    ".npy": "npy",
    ".npz": "npz",
}
BYTES_OF_ROW = 64  # of a pair of columns, while it is drawn and written
FORMATS = tuple(dict.fromkeys(SUFFIXES.values()))


def form_of(path: Path | None, name: str | None, *, on_terminal: bool = False) -> str:
    """Give the format asked for, or that of the suffix; CSV on standard output."""
    if name is not None and name not in FORMATS:
        raise UsageError(f"no format {name!r} for samples; there are: {', '.join(FORMATS)}")
    if path is None:
        if on_terminal and name not in (None, "csv", "tsv"):
            raise UsageError(f"{name} is binary; write it to a file with -o")
        return name or "csv"
    if name is None and path.suffix not in SUFFIXES:
        raise UsageError(
            f"no format goes by the suffix {path.suffix!r} of {path}; "
            f"use one of {', '.join(SUFFIXES)}"
        )
    return name or SUFFIXES[path.suffix]


def record_of(label: str, n_samples: int, seed: int) -> dict[str, Any]:
    """Say what a sample is of, and its truth."""
    distribution = parse(label)
    return {
        "distribution": label,
        "quantity": quantity(distribution),
        "truth": distribution.truth,
        "unit": "nats",
        "rows": n_samples,
        "seed": seed,
    }


def require_room(n_samples: int) -> None:
    """Refuse a sample that cannot be held, before the system ends the process for it."""
    n_bytes, free = n_samples * BYTES_OF_ROW, free_memory()
    if n_bytes > free:
        raise MitoolError(
            f"{n_samples} rows take about {n_bytes / 1e9:.0f} GB, but {free / 1e9:.0f} GB are "
            "free; draw fewer, or some with each of several seeds"
        )


def draw_to(path: Path | None, form: str, label: str, n_samples: int, seed: int) -> dict[str, Any]:
    """Draw a sample, write it to a file or to standard output, and give its record."""
    require_room(n_samples)
    record = record_of(label, n_samples, seed)
    columns = [column for side in columns_of(draw(label, n_samples, 0, seed)) for column in side]
    with ExitStack() as stack:
        file = stack.enter_context(atomic(path)) if path else sys.stdout.buffer
        export(columns, file, form, record)
        file.flush()
    return record


def write_record(record: Mapping[str, Any], path: Path) -> None:
    """Write the record of a sample as JSON."""
    with atomic(path) as file:
        file.write(f"{json.dumps(record, indent=2)}\n".encode())


def export(
    columns: Sequence[Column], file: IO[bytes], form: str, record: Mapping[str, Any]
) -> None:
    """Write columns; ``record`` goes into the metadata of Parquet and Feather.

    An NPY file is the matrix of all columns. Whole numbers (labels, counts) are written as such.
    """
    arrays = {column.name: narrowed(column.values) for column in columns}
    if form == "npy":
        np.save(file, np.column_stack([column.values for column in columns]))
    elif form == "npz":
        np.savez(file, **arrays)
    else:
        _export_table(arrays, file, form, record)


def narrowed(values: Any) -> Any:
    """Give whole numbers as integers, others as they are."""
    whole = values.astype(np.int64)
    return whole if np.array_equal(whole, values) else values


def _export_table(
    arrays: Mapping[str, Any],
    file: IO[bytes],
    form: str,
    record: Mapping[str, Any],
) -> None:
    import pyarrow as pa

    table = pa.table(dict(arrays)).replace_schema_metadata({"mitool.simulate": json.dumps(record)})
    if form == "parquet":
        from pyarrow import parquet

        parquet.write_table(table, file)
    elif form == "feather":
        from pyarrow import feather

        feather.write_feather(table, file)
    else:
        from pyarrow import csv

        mark = "\t" if form == "tsv" else ","
        options = csv.WriteOptions(include_header=False, delimiter=mark, quoting_style="none")
        file.write(f"{mark.join(arrays)}\n".encode())  # pyarrow would quote the names
        csv.write_csv(table, file, options)
