"""Reports that were written before, read again: JSON, or JSON Lines and CSV with their record."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mitool.errors import MitoolError, UsageError
from mitool.report import ESTIMATE_FIELDS, Field
from mitool.report.run import SCHEMA

KNOWN = {field.name: field for field in ESTIMATE_FIELDS}
RECORD = ("schema", "tool", "input", "settings", "warnings")
"""What a JSON report, and the file of ``--meta``, say of the run."""


@dataclass(frozen=True)
class Written:
    """The rows of a report, their fields, and the record of its run."""

    rows: Sequence[Mapping[str, Any]]
    fields: Sequence[Field]
    record: Mapping[str, Any]


def read_report(path: Path, meta: Path | None = None) -> Written:
    """Read a report by the suffix of its file.

    Raises
    ------
    MitoolError
        Where it is none, is damaged, or lacks the record of its run.
    """
    if path.suffix == ".json":
        if meta is not None:
            raise UsageError(f"{path} holds the record of its run; leave out --meta")
        record = _document(path)
        rows = record.get("results")
        if not isinstance(rows, list):
            raise MitoolError(f"{path} has no results; give a report that mitool wrote")
    elif path.suffix in (".jsonl", ".ndjson", ".csv", ".tsv"):
        if meta is None:
            raise UsageError(
                f"{path} does not say how it was made; name the file that --meta wrote by --meta"
            )
        record = _document(meta)
        rows = _lines(path) if "json" in path.suffix else _cells(path)
    else:
        raise UsageError(f"cannot read {path} as a report; it must be .json, .jsonl, .csv or .tsv")
    if not all(isinstance(row, dict) for row in rows):
        raise MitoolError(f"{path} has results that are no rows; give a report that mitool wrote")
    return Written(rows, _fields(rows), record)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise MitoolError(f"no file {str(path)!r}") from None
    except UnicodeDecodeError:
        raise MitoolError(f"{path} is no report: it is not text in UTF-8") from None


def _document(path: Path) -> dict[str, Any]:
    """Read a JSON report, or the record that ``--meta`` wrote."""
    try:
        document = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise MitoolError(f"{path} is no report: {_short(error)}") from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise MitoolError(f"{path} is no report of mitool: its schema is not {SCHEMA}")
    lacking = [name for name in RECORD if name not in document]
    if lacking or not {"command", "argv", "version"} <= document["tool"].keys():
        raise MitoolError(f"{path} is incomplete: it lacks {', '.join(lacking) or 'its command'}")
    return document


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:100] or type(error).__name__


def _lines(path: Path) -> list[Any]:
    rows = []
    for number, line in enumerate(_text(path).splitlines(), 1):
        try:
            rows.append(json.loads(line))
        except (ValueError, RecursionError) as error:
            raise MitoolError(f"{path}, line {number}: {_short(error)}") from None
    return rows


def _cells(path: Path) -> list[dict[str, Any]]:
    delimiter = "\t" if path.suffix == ".tsv" else ","
    head, *lines = csv.reader(_text(path).splitlines(keepends=True), delimiter=delimiter) or [[]]
    rows = []
    for number, cells in enumerate(lines, 2):
        if len(cells) != len(head):
            raise MitoolError(f"{path}, row {number}: {len(cells)} cells under {len(head)} names")
        row = zip(head, cells, strict=True)
        rows.append({name: _value(path, name, cell) for name, cell in row})
    return rows


def _value(path: Path, name: str, cell: str) -> Any:
    """Give what a cell of CSV stands for: null, a number, an object, or text."""
    kind = KNOWN[name].type if name in KNOWN else None
    if cell == "" or kind == "text":
        return cell or None
    try:
        return json.loads(cell)
    except ValueError:
        if kind is None:
            return cell
        raise MitoolError(f"{path}: {name} holds {cell[:40]!r}, which is no {kind}") from None


def _fields(rows: Sequence[Mapping[str, Any]]) -> Sequence[Field]:
    """Give the fields of the first row, typed by their names, else by what they hold."""
    if not rows:
        return ESTIMATE_FIELDS
    return [KNOWN.get(name) or Field(name, _type(row[name] for row in rows)) for name in rows[0]]


def _type(values: Any) -> Any:
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, (int, float)) for value in known):
        return "integer" if all(isinstance(value, int) for value in known) else "number"
    return "json" if any(isinstance(value, dict) for value in known) else "text"
