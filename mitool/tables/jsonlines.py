"""JSON Lines: one object a line, its keys the columns."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import IO, Any

import numpy as np

from mitool.errors import MitoolError
from mitool.result.codes import warn
from mitool.tables.arrowtypes import unusable
from mitool.tables.column import Column, coded
from mitool.tables.columnnames import ColumnNames
from mitool.tables.convert import from_arrow
from mitool.tables.digits import may_be_names, name_among
from mitool.tables.jsondepth import MOST_LEVELS, is_too_deep
from mitool.tables.piece import Batch
from mitool.tables.reader import Reason
from mitool.tables.readoptions import ReadOptions, declared
from mitool.tables.source import Source, damage, one_line


class JsonLinesReader:
    """One JSON Lines file; a key that a line lacks is missing there."""

    in_pieces = False

    def __init__(self, source: Source, options: ReadOptions) -> None:
        import pyarrow.json

        self.source, self._options = source, options
        if source.head.lstrip()[:1] == b"[":
            raise MitoolError(
                f"{source.name} is one JSON array, not a line for each row; convert it: "
                f"jq -c '.[]' {source.path}"
            )
        with damage(source), source.open() as stream:
            self._require_shallow(stream)
        try:
            with damage(source), source.open() as stream:
                self._table = pyarrow.json.read_json(stream)
                self.names = ColumnNames(self._table.column_names)
        except MitoolError:
            self._explain()
            raise
        self.aside: Mapping[str, Reason] = unusable(self.names, self._table.schema)
        self.n_rows = int(self._table.num_rows)
        self.groups: dict[str, tuple[str, ...]] = {}

    def read(self, names: Sequence[str]) -> list[Column]:
        """Convert the columns of these names; text that is all ISO 8601 times is times.

        Labels by the user's word stay as they are written, and so do numbers that are names.
        """
        labels, numbers = declared(self._options.discrete, self._options.continuous, self.names)
        with damage(self.source):
            return [self._column(name, name in labels, name in numbers) for name in names]

    def _column(self, name: str, is_label: bool, is_number: bool) -> Column:
        values = self._table.column(name)
        if is_label and str(values.type) == "double":
            return self._as_written(name)
        column = from_arrow(name, values if is_label else times(values), self.source.name)
        if is_number or column.labels is not None or not may_be_names(column.values):
            return column
        written = self._as_written(name)
        example = name_among(written.labels or ())
        if example is None:
            return column
        warn("digits_as_labels", stacklevel=2, name=name, example=example)
        return written

    def _as_written(self, name: str) -> Column:
        """Read numbers again, as labels: 1.10 is not 1.1."""
        words: list[str | None] = []
        with self.source.open() as stream:
            for line in filter(bytes.strip, stream):
                row = json.loads(line, parse_float=str, parse_int=str, parse_constant=str)
                words.append(row.get(name))
        places = {word: float(i) for i, word in enumerate(dict.fromkeys(words))}
        return coded(name, np.array([places[word] for word in words]), list(places), "text")

    def batches(self, names: Sequence[str], n_rows: int) -> Iterator[Batch]:
        """Refuse: whether text is times is known only from all of it."""
        raise MitoolError(
            f"{self.source.name} is JSON Lines, which is read whole; convert it to Parquet or CSV "
            "to stream it"
        )

    def _require_shallow(self, stream: IO[bytes]) -> None:
        """Refuse what the parser would overflow the stack with."""
        if is_too_deep(stream):
            raise MitoolError(
                f"{self.source.name} has lists or objects in one another {MOST_LEVELS} deep; each "
                'line is an object such as {"x": 1, "y": 2}'
            )

    def _explain(self) -> None:
        """Find the first line that is not an object, or whose values are of another kind."""
        kinds: dict[str, str] = {}
        with self.source.open() as stream:
            for number, line in enumerate(stream, 1):
                place = f"{self.source.name} line {number}"
                row = parsed(line, place) if line.strip() else {}
                if not isinstance(row, dict):
                    raise MitoolError(
                        f"{place} holds {type(row).__name__}; each line "
                        'is an object such as {"x": 1, "y": 2}'
                    )
                for name, value in row.items():
                    kind = kind_of(value)
                    if value is not None and kinds.setdefault(name, kind) != kind:
                        raise MitoolError(
                            f"{place} has {kind} in {name!r}, but lines "
                            f"above have {kinds[name]}; make all its values one kind"
                        )


def parsed(line: bytes, place: str) -> Any:
    """Parse a line, or say at which place what is wrong with it."""
    try:
        return json.loads(line, object_pairs_hook=once_each)
    except json.JSONDecodeError as error:
        raise MitoolError(f"{place} is not JSON: {one_line(error)}") from error
    except ValueError as error:  # bytes that are no text are one too
        raise MitoolError(f"{place} cannot be read: {one_line(error)}") from error


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its keys and values; refuse a key that stands in it twice."""
    [(key, count)] = Counter(key for key, _ in pairs).most_common(1) or [("", 0)]
    if count > 1:
        raise ValueError(f"the key {key!r} stands in it {count} times; give each its own name")
    return dict(pairs)


def kind_of(value: object) -> str:
    """Name the kind of a JSON value."""
    if isinstance(value, bool):
        return "true or false"
    kinds: dict[type, str] = {str: "text", dict: "an object", list: "a list"}
    return kinds.get(type(value), "a number")


def times(values: Any) -> Any:
    """Parse text that is all dates and times, which JSON cannot tell from other text."""
    import pyarrow

    if not pyarrow.types.is_string(values.type):
        return values
    for zone in (None, "UTC"):
        with suppress(pyarrow.ArrowInvalid):
            return values.cast(pyarrow.timestamp("ns", zone))
    return values
